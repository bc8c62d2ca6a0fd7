import { DatagramDecoder } from "./datagram-decoder.ts";
import { maxDatagramPayload, maxWpduPayload } from "./header.ts";
import type { WrapperChannel, WrapperStationEvent } from "./station.ts";
import { WpduDecoder } from "./wpdu-decoder.ts";
import { WpduWriter } from "./wpdu-writer.ts";

/** What is taken of one stream, or of one peer that sends datagrams. */
export interface WrapperListenerOptions {
  /** Longest APDU taken, in octets. Default 65535. */
  readonly maxApduLength?: number;
  /** Each chunk is a datagram that holds one PDU, rather than a piece of a stream. Default false. */
  readonly datagrams?: boolean;
}

/**
 * The client's end of a stream or of datagrams that servers send by themselves (IEC 62056-47): APDUs between any ports,
 * of which the source is the server's.
 */
export class WrapperListener {
  readonly #decoder: WpduDecoder | DatagramDecoder;
  readonly #output: WpduWriter;
  readonly #datagrams: boolean;
  #failed = false;

  /** The wrapper waits for nothing. */
  readonly nextTimeout: undefined = undefined;

  constructor({ datagrams = false, maxApduLength = maxWpduPayload }: WrapperListenerOptions = {}) {
    this.#decoder = datagrams ? new DatagramDecoder(maxApduLength) : new WpduDecoder(maxApduLength);
    this.#output = new WpduWriter(datagrams);
    this.#datagrams = datagrams;
  }

  /** Takes octets of the line: a stream cut anywhere, or one datagram. */
  receiveBytes(chunk: Uint8Array, _now: number): WrapperStationEvent[] {
    const events: WrapperStationEvent[] = [];
    if (this.#failed) return events;
    const wpdus = this.#decoder.receive(chunk);
    if (this.#datagrams && wpdus.length === 0) events.push({ type: "discarded", reason: "malformed", bytes: chunk });
    for (const { sourceWPort, destinationWPort, apdu } of wpdus) {
      events.push({ type: "apdu", channel: { clientSap: destinationWPort, serverSap: sourceWPort }, bytes: apdu, confirmed: true });
    }
    const { fault } = this.#decoder;
    if (fault !== undefined) {
      this.#failed = true;
      events.push({ type: "failed", error: fault });
    }
    return events;
  }

  handleTimeout(_now: number): WrapperStationEvent[] {
    return [];
  }

  handleSilence(_now: number): WrapperStationEvent[] {
    return [];
  }

  /** Answers a server. What no datagram holds is dropped, as is all after the stream has failed. */
  send({ clientSap, serverSap }: WrapperChannel, apdu: Uint8Array, _now: number): void {
    const lost = this.#failed || (this.#datagrams && apdu.length > maxDatagramPayload);
    if (!lost) this.#output.write({ sourceWPort: clientSap, destinationWPort: serverSap, apdu });
  }

  sendUnconfirmed(channel: WrapperChannel, apdu: Uint8Array, now: number): void {
    this.send(channel, apdu, now);
  }

  dataToSend(): Uint8Array | undefined {
    return this.#output.take();
  }
}
