import { ByteWriter } from "../bytes/byte-writer.ts";
import type { WrapperDiscardedEvent, WrapperFailedEvent } from "./events.ts";
import { encodeWpdu, maxWpduPayload } from "./header.ts";
import { WpduDecoder } from "./wpdu-decoder.ts";

/** Who talks to whom: the wrapper ports, numerically the SAPs. */
export interface WrapperChannel {
  readonly clientSap: number;
  readonly serverSap: number;
}

/** What a server is reached by over one stream. */
export interface WrapperStationOptions {
  /** Ports of the logical devices; APDUs for others are dropped. */
  readonly logicalDevices: readonly number[];
  /** Pairs of ports used over one stream. Default 16. */
  readonly maxChannels?: number;
  /** Longest APDU taken, in octets. Default 65535. */
  readonly maxApduLength?: number;
}

/** What a station tells its user. `bytes` are views, valid until the next call into the station. */
export type WrapperStationEvent =
  /** The first APDU between these ports; the channel lasts as long as the stream. */
  | { readonly type: "opened"; readonly channel: WrapperChannel }
  | { readonly type: "apdu"; readonly channel: WrapperChannel; readonly bytes: Uint8Array; readonly confirmed: true }
  | WrapperDiscardedEvent
  | WrapperFailedEvent;

/** The server's end of a byte stream that carries wrapper PDUs (IEC 62056-47); the ports tell the channels apart. */
export class WrapperStation {
  readonly #devices: ReadonlySet<number>;
  readonly #maxChannels: number;
  readonly #decoder: WpduDecoder;
  readonly #output = new ByteWriter();
  readonly #channels = new Map<string, WrapperChannel>();
  #failed = false;

  /** The wrapper waits for nothing. */
  readonly nextTimeout: undefined = undefined;

  constructor(options: WrapperStationOptions) {
    this.#devices = new Set(options.logicalDevices);
    this.#maxChannels = options.maxChannels ?? 16;
    this.#decoder = new WpduDecoder(options.maxApduLength ?? maxWpduPayload);
  }

  /** Takes octets of the line, cut anywhere. */
  receiveBytes(chunk: Uint8Array, _now: number): WrapperStationEvent[] {
    const events: WrapperStationEvent[] = [];
    if (this.#failed) return events;
    for (const { sourceWPort, destinationWPort, apdu } of this.#decoder.receive(chunk)) {
      this.#onApdu({ clientSap: sourceWPort, serverSap: destinationWPort }, apdu, events);
    }
    const { fault } = this.#decoder;
    if (fault !== undefined) {
      this.#failed = true;
      events.push({ type: "failed", error: fault });
    }
    return events;
  }

  /** Nothing ever is due. */
  handleTimeout(_now: number): WrapperStationEvent[] {
    return [];
  }

  /** A stream may pause anywhere. */
  handleSilence(_now: number): WrapperStationEvent[] {
    return [];
  }

  /**
   * Sends an APDU from the port that was addressed. After the stream has failed it is dropped: nobody is left to hear it.
   * @throws LocalProtocolError when the APDU does not fit.
   */
  send({ clientSap, serverSap }: WrapperChannel, apdu: Uint8Array, _now: number): void {
    if (!this.#failed) this.#output.bytes(encodeWpdu({ sourceWPort: serverSap, destinationWPort: clientSap, apdu }));
  }

  /** What to put on the line, once; undefined when there is nothing. */
  dataToSend(): Uint8Array | undefined {
    return this.#output.length === 0 ? undefined : this.#output.finish();
  }

  #onApdu(channel: WrapperChannel, bytes: Uint8Array, events: WrapperStationEvent[]): void {
    if (!this.#devices.has(channel.serverSap)) {
      events.push({ type: "discarded", reason: "address", bytes });
      return;
    }
    const key = `${channel.clientSap}>${channel.serverSap}`;
    let known = this.#channels.get(key);
    if (known === undefined) {
      if (this.#channels.size >= this.#maxChannels) {
        events.push({ type: "discarded", reason: "limit", bytes });
        return;
      }
      known = channel;
      this.#channels.set(key, known);
      events.push({ type: "opened", channel: known });
    }
    events.push({ type: "apdu", channel: known, bytes, confirmed: true });
  }
}
