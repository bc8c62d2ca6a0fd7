/**
 * What the session needs of a link layer. `HdlcConnection`, `HdlcStation`, `WrapperConnection` and `WrapperStation`
 * fit structurally, so the link layers need not know this file, nor each other.
 *
 * All of them are sans-IO: bytes in, events out, bytes out; `now` is monotonic milliseconds and always an argument.
 */

/** Who talks to whom over a link: HDLC upper addresses or wrapper ports, both numerically the SAPs. */
export interface Channel {
  readonly clientSap: number;
  readonly serverSap: number;
}

export interface DiscardedEvent {
  readonly type: "discarded";
  readonly reason: string;
  readonly bytes: Uint8Array;
}

/** The stream cannot be made sense of again; the transport has to be closed. */
export interface LinkFailedEvent {
  readonly type: "failed";
  readonly error: Error;
}

export type LinkEvent =
  | { readonly type: "connected" }
  /** `bytes` is a view, valid until the next call into the link. `confirmed` is false for HDLC UI frames. */
  | { readonly type: "apdu"; readonly bytes: Uint8Array; readonly confirmed: boolean }
  | { readonly type: "disconnected"; readonly reason: "local" | "remote" | "rejected" | "timeout" }
  | DiscardedEvent
  | LinkFailedEvent;

/** The client's end: one server behind it. */
export interface DataLink {
  readonly state: "disconnected" | "connecting" | "connected" | "disconnecting";
  readonly nextTimeout: number | undefined;
  connect(now: number): void;
  send(apdu: Uint8Array, now: number): void;
  /** Without acknowledgement, where the link knows the difference. */
  sendUnconfirmed(apdu: Uint8Array, now: number): void;
  /** Gives the peer another turn to send, on a link that has turns. */
  poll(now: number): void;
  disconnect(now: number): void;
  receiveBytes(chunk: Uint8Array, now: number): LinkEvent[];
  handleTimeout(now: number): LinkEvent[];
  /** The line has been quiet for the inter-octet time-out: a partial frame is dropped. */
  handleSilence(now: number): LinkEvent[];
  dataToSend(): Uint8Array | undefined;
}

export type StationEvent =
  /** A channel starts afresh; whatever was associated on it is gone. */
  | { readonly type: "opened"; readonly channel: Channel }
  | { readonly type: "apdu"; readonly channel: Channel; readonly bytes: Uint8Array; readonly confirmed: boolean }
  | { readonly type: "closed"; readonly channel: Channel; readonly reason: "remote" | "timeout" | "replaced" }
  | DiscardedEvent
  | LinkFailedEvent;

/** The server's end: many clients and logical devices behind one line or socket. */
export interface StationLink {
  readonly nextTimeout: number | undefined;
  receiveBytes(chunk: Uint8Array, now: number): StationEvent[];
  handleTimeout(now: number): StationEvent[];
  handleSilence(now: number): StationEvent[];
  send(channel: Channel, apdu: Uint8Array, now: number): void;
  /** Without acknowledgement, where the link knows the difference. */
  sendUnconfirmed(channel: Channel, apdu: Uint8Array, now: number): void;
  dataToSend(): Uint8Array | undefined;
}
