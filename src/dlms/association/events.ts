import type { AssociationRejectedError, DlmsError } from "../../errors.ts";
import type { DataNotification } from "../xdlms/notification.ts";
import type { NegotiatedContext } from "./negotiation.ts";
import type { ServiceRequest, ServiceResult } from "./services.ts";

/**
 * Names one request until its answer. On the wire it is 0..15 (Green Book 9.3.5, Invoke-Id-And-Priority); a client
 * counts on beyond that, so that requests still queued are told apart, and sends the low four bits.
 */
export type InvokeId = number;

/** What a client learns. Octets in results are the receiver's to keep. */
export type ClientEvent =
  | { readonly type: "associated"; readonly context: NegotiatedContext }
  | { readonly type: "rejected"; readonly error: AssociationRejectedError }
  /** A block of a long answer arrived. */
  | { readonly type: "progress"; readonly invokeId: InvokeId; readonly receivedBytes: number }
  | { readonly type: "response"; readonly invokeId: InvokeId; readonly result: ServiceResult }
  /** The request has no answer: refused as a whole, or malformed, or too late. The association goes on. */
  | { readonly type: "failed"; readonly invokeId: InvokeId; readonly error: DlmsError }
  | { readonly type: "notification"; readonly notification: DataNotification }
  /** Like `aborted`, by our own wish. */
  | { readonly type: "released" }
  /** The association is gone, and the requests under way with it: none of them has an event of its own. */
  | { readonly type: "aborted"; readonly error: DlmsError };

/** What a server learns. */
export type ServerEvent =
  | { readonly type: "associated"; readonly context: NegotiatedContext }
  /** A service to carry out; answered by `respond`, at once or later. */
  | { readonly type: "indication"; readonly invokeId: InvokeId; readonly request: ServiceRequest }
  /** The association ended, by the peer's release or replaced by a new one. */
  | { readonly type: "released" };
