import type { AssociationRejectedError, DlmsError } from "../../errors.ts";
import type { ApduOf } from "../xdlms/apdu.ts";
import type { NegotiatedContext } from "./negotiation.ts";
import type { ProtectionLevel } from "./protection.ts";
import type { ServiceRequest, ServiceResult } from "./services.ts";

/**
 * Names one request until its answer, at the end that counts it. On the wire a client sends the low 4 bits, of ACCESS the
 * low 24 (Green Book 9.3.5); short names have none.
 */
export type InvokeId = number;

/** What a server sends without being asked. */
export type Notification = ApduOf<"data-notification" | "event-notification-request" | "information-report-request">;

/** What a client learns. Octets in results are the receiver's to keep. */
export type ClientEvent =
  | { readonly type: "associated"; readonly context: NegotiatedContext }
  | { readonly type: "rejected"; readonly error: AssociationRejectedError }
  /** A block of a long answer arrived. */
  | { readonly type: "progress"; readonly invokeId: InvokeId; readonly receivedBytes: number }
  | { readonly type: "response"; readonly invokeId: InvokeId; readonly result: ServiceResult }
  /** The request has no answer: refused as a whole, or malformed, or too late. The association goes on. */
  | { readonly type: "failed"; readonly invokeId: InvokeId; readonly error: DlmsError }
  /** An unconfirmed request is out; nothing answers it. */
  | { readonly type: "sent"; readonly invokeId: InvokeId }
  | { readonly type: "notification"; readonly notification: Notification }
  /** Like `aborted`, by our own wish. */
  | { readonly type: "released" }
  /** The association is gone, and the requests under way with it: none of them has an event of its own. */
  | { readonly type: "aborted"; readonly error: DlmsError };

/** What a server learns. */
export type ServerEvent =
  | { readonly type: "associated"; readonly context: NegotiatedContext }
  /** A service to carry out; answered by `respond`, at once or later. */
  | {
      readonly type: "indication";
      readonly invokeId: InvokeId;
      readonly request: ServiceRequest;
      /** How the request was protected; undefined in clear. */
      readonly protection: ProtectionLevel | undefined;
    }
  /** The client has confirmed a notification, named by its long invoke id. */
  | { readonly type: "notification-confirmed"; readonly longInvokeId: number }
  /** The association ended, by the peer's release or replaced by a new one. */
  | { readonly type: "released" };
