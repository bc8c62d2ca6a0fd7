import { ByteWriter } from "../bytes/byte-writer.ts";
import { LocalProtocolError } from "../errors.ts";
import type { WrapperDiscardedEvent, WrapperFailedEvent } from "./events.ts";
import { encodeWpdu, maxWpduPayload } from "./header.ts";
import { WpduDecoder } from "./wpdu-decoder.ts";

/** Which ports to talk between. */
export interface WrapperConnectionOptions {
  readonly clientSap: number;
  readonly serverSap: number;
  /** Longest APDU taken, in octets. Default 65535. */
  readonly maxApduLength?: number;
}

/** What a connection tells its user. `bytes` are views, valid until the next call into the connection. */
export type WrapperEvent =
  | { readonly type: "apdu"; readonly bytes: Uint8Array; readonly confirmed: true }
  | WrapperDiscardedEvent
  | WrapperFailedEvent;

/**
 * The client's end of a byte stream that carries wrapper PDUs (IEC 62056-47). There is no link to open: whoever has the
 * stream is connected, until `disconnect` or a fault of the stream.
 */
export class WrapperConnection {
  readonly #options: WrapperConnectionOptions;
  readonly #decoder: WpduDecoder;
  readonly #output = new ByteWriter();
  #connected = true;

  /** The wrapper waits for nothing. */
  readonly nextTimeout: undefined = undefined;

  constructor(options: WrapperConnectionOptions) {
    this.#options = options;
    this.#decoder = new WpduDecoder(options.maxApduLength ?? maxWpduPayload);
  }

  /** Connected until `disconnect`, or until the stream fails. */
  get state(): "connected" | "disconnected" {
    return this.#connected ? "connected" : "disconnected";
  }

  /** Nothing is exchanged; undoes `disconnect`, unless the stream has failed. */
  connect(_now: number): void {
    this.#connected = this.#decoder.fault === undefined;
  }

  /**
   * Sends an APDU.
   * @throws LocalProtocolError when disconnected, or when the APDU does not fit.
   */
  send(apdu: Uint8Array, _now: number): void {
    if (!this.#connected) throw new LocalProtocolError("send on a wrapper connection that is disconnected", { layer: "wrapper" });
    const { clientSap, serverSap } = this.#options;
    this.#output.bytes(encodeWpdu({ sourceWPort: clientSap, destinationWPort: serverSap, apdu }));
  }

  /** Nothing is exchanged: closing the stream is what the server notices. */
  disconnect(_now: number): void {
    this.#connected = false;
  }

  /** Takes octets of the line, cut anywhere. */
  receiveBytes(chunk: Uint8Array, _now: number): WrapperEvent[] {
    if (!this.#connected) return [];
    const { clientSap, serverSap } = this.#options;
    const events = this.#decoder.receive(chunk).map(({ sourceWPort, destinationWPort, apdu }): WrapperEvent => {
      const expected = sourceWPort === serverSap && destinationWPort === clientSap;
      return expected ? { type: "apdu", bytes: apdu, confirmed: true } : { type: "discarded", reason: "address", bytes: apdu };
    });
    const { fault } = this.#decoder;
    if (fault !== undefined) {
      this.#connected = false;
      events.push({ type: "failed", error: fault });
    }
    return events;
  }

  /** Nothing ever is due. */
  handleTimeout(_now: number): WrapperEvent[] {
    return [];
  }

  /** A stream may pause anywhere. */
  handleSilence(_now: number): WrapperEvent[] {
    return [];
  }

  /** What to put on the line, once; undefined when there is nothing. */
  dataToSend(): Uint8Array | undefined {
    return this.#output.length === 0 ? undefined : this.#output.finish();
  }
}
