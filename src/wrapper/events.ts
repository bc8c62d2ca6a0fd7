import type { DecodeError } from "../errors.ts";

/**
 * Octets that had no effect: an APDU for another port (`address`) or on one channel too many (`limit`), or a datagram
 * that is not a wrapper PDU (`malformed`). `bytes` is a view.
 */
export interface WrapperDiscardedEvent {
  readonly type: "discarded";
  readonly reason: "address" | "limit" | "malformed";
  readonly bytes: Uint8Array;
}

/** The stream cannot be made sense of again; the transport has to be closed. */
export interface WrapperFailedEvent {
  readonly type: "failed";
  readonly error: DecodeError;
}
