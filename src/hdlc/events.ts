import type { HdlcAddress } from "./address.ts";
import type { DecoderDiscardReason } from "./frame-decoder.ts";
import type { HdlcParameters } from "./parameters.ts";
import type { HdlcDisconnectReason } from "./transitions.ts";

/**
 * Why octets were dropped. Besides what the decoder finds: `address`: not for us. `control`: a frame the other end has
 * no business sending. `sequence`: not expected in this state. `echo`: our own frame. `limit`: longer than we take.
 */
export type HdlcDiscardReason = DecoderDiscardReason | "address" | "control" | "sequence" | "echo" | "limit";

/** Octets that had no effect; `bytes` come without flags and are a view, valid until the next call. */
export interface HdlcDiscardedEvent {
  readonly type: "discarded";
  readonly reason: HdlcDiscardReason;
  readonly bytes: Uint8Array;
}

/** What a connection tells its user. */
export type HdlcEvent =
  | { readonly type: "connected"; readonly parameters: HdlcParameters }
  /** `bytes` is a view, valid until the next call into the connection; `confirmed` is false for UI frames. */
  | { readonly type: "apdu"; readonly bytes: Uint8Array; readonly confirmed: boolean; readonly source: HdlcAddress }
  | { readonly type: "disconnected"; readonly reason: HdlcDisconnectReason }
  | HdlcDiscardedEvent;
