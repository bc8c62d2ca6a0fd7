import type { DecodeError } from "../errors.ts";

/** An APDU that had no effect: `address` between other ports, `limit` on one channel too many. `bytes` is a view. */
export interface WrapperDiscardedEvent {
  readonly type: "discarded";
  readonly reason: "address" | "limit";
  readonly bytes: Uint8Array;
}

/** The stream cannot be made sense of again; the transport has to be closed. */
export interface WrapperFailedEvent {
  readonly type: "failed";
  readonly error: DecodeError;
}
