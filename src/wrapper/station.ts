import { DatagramDecoder } from "./datagram-decoder.ts";
import type { WrapperDiscardedEvent, WrapperFailedEvent } from "./events.ts";
import { allStationWPort, maxDatagramPayload, maxWpduPayload } from "./header.ts";
import { WpduDecoder } from "./wpdu-decoder.ts";
import { WpduWriter } from "./wpdu-writer.ts";

/** Who talks to whom: the wrapper ports, numerically the SAPs. */
export interface WrapperChannel {
  readonly clientSap: number;
  readonly serverSap: number;
}

/** What a server is reached by over one stream, or from one peer that sends datagrams. */
export interface WrapperStationOptions {
  /** Ports of the logical devices; APDUs for others are dropped. */
  readonly logicalDevices: readonly number[];
  /** Pairs of ports used at the same time. Default 16. */
  readonly maxChannels?: number;
  /** Longest APDU taken, in octets. Default 65535. */
  readonly maxApduLength?: number;
  /** Each chunk is a datagram that holds one PDU, rather than a piece of a stream. Default false. */
  readonly datagrams?: boolean;
  /** Milliseconds without an APDU after which a channel is closed, as datagrams have no end of a stream; 0, the default, is never. */
  readonly inactivityTimeout?: number;
}

/** What a station tells its user. `bytes` are views, valid until the next call into the station. */
export type WrapperStationEvent =
  /** The first APDU between these ports; a channel of a stream lasts as long as the stream. */
  | { readonly type: "opened"; readonly channel: WrapperChannel }
  /** `confirmed` is false for what was sent to everybody. */
  | { readonly type: "apdu"; readonly channel: WrapperChannel; readonly bytes: Uint8Array; readonly confirmed: boolean }
  | { readonly type: "closed"; readonly channel: WrapperChannel; readonly reason: "timeout" }
  | WrapperDiscardedEvent
  | WrapperFailedEvent;

interface KnownChannel {
  readonly channel: WrapperChannel;
  lastHeard: number;
}

/** The server's end of a stream or of datagrams that carry wrapper PDUs (IEC 62056-47); the ports tell the channels apart. */
export class WrapperStation {
  readonly #devices: ReadonlySet<number>;
  readonly #maxChannels: number;
  readonly #inactivityTimeout: number;
  readonly #datagrams: boolean;
  readonly #decoder: WpduDecoder | DatagramDecoder;
  readonly #output: WpduWriter;
  /** The one heard least recently comes first. */
  readonly #channels = new Map<string, KnownChannel>();
  #failed = false;

  constructor(options: WrapperStationOptions) {
    const { datagrams = false, maxApduLength = maxWpduPayload } = options;
    this.#devices = new Set(options.logicalDevices);
    this.#maxChannels = options.maxChannels ?? 16;
    this.#inactivityTimeout = options.inactivityTimeout ?? 0;
    this.#datagrams = datagrams;
    this.#decoder = datagrams ? new DatagramDecoder(maxApduLength) : new WpduDecoder(maxApduLength);
    this.#output = new WpduWriter(datagrams);
  }

  /** When the next channel has been quiet for too long; undefined while none can be. */
  get nextTimeout(): number | undefined {
    if (this.#inactivityTimeout === 0) return undefined;
    const [oldest] = this.#channels.values();
    return oldest === undefined ? undefined : oldest.lastHeard + this.#inactivityTimeout;
  }

  /** Takes octets of the line: a stream cut anywhere, or one datagram. */
  receiveBytes(chunk: Uint8Array, now: number): WrapperStationEvent[] {
    const events: WrapperStationEvent[] = [];
    if (this.#failed) return events;
    const wpdus = this.#decoder.receive(chunk);
    if (this.#datagrams && wpdus.length === 0) events.push({ type: "discarded", reason: "malformed", bytes: chunk });
    for (const { sourceWPort, destinationWPort, apdu } of wpdus) {
      if (destinationWPort === allStationWPort) this.#onBroadcast(sourceWPort, apdu, events);
      else this.#onApdu({ clientSap: sourceWPort, serverSap: destinationWPort }, apdu, now, events);
    }
    const { fault } = this.#decoder;
    if (fault !== undefined) {
      this.#failed = true;
      this.#channels.clear();
      events.push({ type: "failed", error: fault });
    }
    return events;
  }

  /** Closes the channels that have been quiet for too long. */
  handleTimeout(now: number): WrapperStationEvent[] {
    const events: WrapperStationEvent[] = [];
    for (const [key, { channel, lastHeard }] of this.#channels) {
      if (this.#inactivityTimeout === 0 || lastHeard + this.#inactivityTimeout > now) break;
      this.#channels.delete(key);
      events.push({ type: "closed", channel, reason: "timeout" });
    }
    return events;
  }

  /** A stream may pause anywhere, and a datagram is never in pieces. */
  handleSilence(_now: number): WrapperStationEvent[] {
    return [];
  }

  /**
   * Sends an APDU from the port that was addressed. After the stream has failed it is dropped: nobody is left to hear it.
   * So is one that no datagram holds, as the length was the client's wish and no reason for the server to fail.
   * @throws LocalProtocolError when the APDU does not fit a stream.
   */
  send({ clientSap, serverSap }: WrapperChannel, apdu: Uint8Array, _now: number): void {
    const lost = this.#failed || (this.#datagrams && apdu.length > maxDatagramPayload);
    if (!lost) this.#output.write({ sourceWPort: serverSap, destinationWPort: clientSap, apdu });
  }

  /**
   * The wrapper knows no difference: the APDU says itself that it wants no answer.
   * @throws LocalProtocolError when the APDU does not fit a stream.
   */
  sendUnconfirmed(channel: WrapperChannel, apdu: Uint8Array, now: number): void {
    this.send(channel, apdu, now);
  }

  /** What to put on the line next, once; undefined when there is nothing. */
  dataToSend(): Uint8Array | undefined {
    return this.#output.take();
  }

  #onBroadcast(clientSap: number, bytes: Uint8Array, events: WrapperStationEvent[]): void {
    for (const serverSap of this.#devices) events.push({ type: "apdu", channel: { clientSap, serverSap }, bytes, confirmed: false });
  }

  #onApdu(channel: WrapperChannel, bytes: Uint8Array, now: number, events: WrapperStationEvent[]): void {
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
      known = { channel, lastHeard: now };
      events.push({ type: "opened", channel });
    }
    known.lastHeard = now;
    if (this.#inactivityTimeout > 0) this.#channels.delete(key);
    this.#channels.set(key, known);
    events.push({ type: "apdu", channel: known.channel, bytes, confirmed: true });
  }
}
