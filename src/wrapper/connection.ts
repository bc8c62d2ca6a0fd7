import { LocalProtocolError } from "../errors.ts";
import { DatagramDecoder } from "./datagram-decoder.ts";
import type { WrapperDiscardedEvent, WrapperFailedEvent } from "./events.ts";
import { maxWpduPayload } from "./header.ts";
import { WpduDecoder } from "./wpdu-decoder.ts";
import { WpduWriter } from "./wpdu-writer.ts";

/** Which ports to talk between. */
export interface WrapperConnectionOptions {
  readonly clientSap: number;
  readonly serverSap: number;
  /** Longest APDU taken, in octets. Default 65535. */
  readonly maxApduLength?: number;
  /** Each chunk is a datagram that holds one PDU, rather than a piece of a stream. Default false. */
  readonly datagrams?: boolean;
}

/** What a connection tells its user. `bytes` are views, valid until the next call into the connection. */
export type WrapperEvent =
  | { readonly type: "apdu"; readonly bytes: Uint8Array; readonly confirmed: true }
  | WrapperDiscardedEvent
  | WrapperFailedEvent;

/**
 * The client's end of a byte stream or of datagrams that carry wrapper PDUs (IEC 62056-47). There is no link to open:
 * whoever has the line is connected, until `disconnect` or a fault of the stream. A bad datagram is dropped by itself.
 */
export class WrapperConnection {
  readonly #options: WrapperConnectionOptions;
  readonly #decoder: WpduDecoder | DatagramDecoder;
  readonly #output: WpduWriter;
  #connected = true;

  /** The wrapper waits for nothing. */
  readonly nextTimeout: undefined = undefined;

  constructor(options: WrapperConnectionOptions) {
    this.#options = options;
    const { datagrams = false, maxApduLength = maxWpduPayload } = options;
    this.#decoder = datagrams ? new DatagramDecoder(maxApduLength) : new WpduDecoder(maxApduLength);
    this.#output = new WpduWriter(datagrams);
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
    this.#output.write({ sourceWPort: clientSap, destinationWPort: serverSap, apdu });
  }

  /**
   * The wrapper knows no difference: the APDU says itself that it wants no answer.
   * @throws LocalProtocolError when disconnected, or when the APDU does not fit.
   */
  sendUnconfirmed(apdu: Uint8Array, now: number): void {
    this.send(apdu, now);
  }

  /** Nobody waits for a turn here. */
  poll(_now: number): void {}

  /** Nothing is exchanged: closing the stream is what the server notices. */
  disconnect(_now: number): void {
    this.#connected = false;
  }

  /** Takes octets of the line: a stream cut anywhere, or one datagram. */
  receiveBytes(chunk: Uint8Array, _now: number): WrapperEvent[] {
    if (!this.#connected) return [];
    const { clientSap, serverSap } = this.#options;
    const wpdus = this.#decoder.receive(chunk);
    if (this.#options.datagrams === true && wpdus.length === 0) return [{ type: "discarded", reason: "malformed", bytes: chunk }];
    const events = wpdus.map(({ sourceWPort, destinationWPort, apdu }): WrapperEvent => {
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
    return this.#output.take();
  }
}
