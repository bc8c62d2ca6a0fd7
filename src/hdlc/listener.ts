import { ByteWriter } from "../bytes/byte-writer.ts";
import type { HdlcAddress } from "./address.ts";
import type { HdlcDiscardedEvent } from "./events.ts";
import { writeFrame } from "./frame.ts";
import { FrameDecoder } from "./frame-decoder.ts";
import { addLlc, llcCommand } from "./llc.ts";
import { UnconfirmedReceiver, writeUnconfirmed } from "./unconfirmed.ts";

export interface HdlcListenerOptions {
  /** Longest APDU taken, over all its segments. Default 65535. */
  readonly maxApduLength?: number;
}

/** Who sends by itself: the upper addresses, numerically the SAPs. */
export interface HdlcPushChannel {
  readonly clientSap: number;
  readonly serverSap: number;
}

/** What a listener tells its user. `bytes` are views, valid until the next call. */
export type HdlcListenerEvent =
  | { readonly type: "apdu"; readonly channel: HdlcPushChannel; readonly bytes: Uint8Array; readonly confirmed: false }
  | HdlcDiscardedEvent;

/** Addresses of a sender, to answer from and to. */
interface Sender {
  readonly client: HdlcAddress;
  readonly server: HdlcAddress;
}

/** Senders whose addresses are kept for an answer. */
const maxSenders = 64;

/** Any receiver takes as much (IEC 62056-46 6.4.4.4.3.2). */
const defaultInformationFieldLength = 128;

/**
 * The client's end of a line on which servers send by themselves: UI frames between any addresses, segmented or not,
 * without a connection (Green Book pitfalls 12, 13). All other frames are dropped.
 */
export class HdlcListener {
  readonly #decoder = new FrameDecoder();
  readonly #receiver: UnconfirmedReceiver;
  readonly #senders = new Map<string, Sender>();
  readonly #output = new ByteWriter();

  constructor({ maxApduLength = 0xffff }: HdlcListenerOptions = {}) {
    this.#receiver = new UnconfirmedReceiver(maxApduLength);
  }

  /** When an incomplete chain of segments is given up. */
  get nextTimeout(): number | undefined {
    return this.#receiver.nextTimeout;
  }

  receiveBytes(chunk: Uint8Array, now: number): HdlcListenerEvent[] {
    this.#decoder.append(chunk);
    return this.#drainDecoder(now);
  }

  handleTimeout(now: number): HdlcListenerEvent[] {
    this.#receiver.handleTimeout(now);
    return [];
  }

  /** The line has been quiet: a frame that stopped half-way is dropped. */
  handleSilence(now: number): HdlcListenerEvent[] {
    this.#decoder.silence();
    return this.#drainDecoder(now);
  }

  /** There is no connection to confirm anything in. */
  send(channel: HdlcPushChannel, apdu: Uint8Array, now: number): void {
    this.sendUnconfirmed(channel, apdu, now);
  }

  /** Answers a sender, from the address it sent to. */
  sendUnconfirmed(channel: HdlcPushChannel, apdu: Uint8Array, _now: number): void {
    const sender = this.#senders.get(keyOf(channel));
    if (sender === undefined) return;
    writeUnconfirmed([addLlc(llcCommand, apdu)], defaultInformationFieldLength, false, (control, information, segmented) =>
      writeFrame(this.#output, { destination: sender.server, source: sender.client, control, information, segmented }),
    );
  }

  dataToSend(): Uint8Array | undefined {
    return this.#output.length === 0 ? undefined : this.#output.finish();
  }

  #drainDecoder(now: number): HdlcListenerEvent[] {
    const events: HdlcListenerEvent[] = [];
    for (let event = this.#decoder.next(); event !== undefined; event = this.#decoder.next()) {
      if (event.type === "discarded") {
        events.push(event);
        continue;
      }
      const { source, destination, control } = event.frame;
      if (control.kind !== "ui") {
        events.push({ type: "discarded", reason: "control", bytes: event.bytes });
        continue;
      }
      const apdu = this.#receiver.receive(event.frame, now);
      if (apdu === "too-long") events.push({ type: "discarded", reason: "limit", bytes: event.bytes });
      else if (apdu !== undefined && apdu.length > 0) {
        const channel = { clientSap: destination.logical, serverSap: source.logical };
        this.#remember(channel, { client: destination, server: source });
        events.push({ type: "apdu", channel, bytes: apdu.slice(), confirmed: false });
      }
    }
    return events;
  }

  #remember(channel: HdlcPushChannel, sender: Sender): void {
    const key = keyOf(channel);
    this.#senders.delete(key);
    this.#senders.set(key, sender);
    if (this.#senders.size <= maxSenders) return;
    const [oldest] = this.#senders.keys();
    this.#senders.delete(oldest as string);
  }
}

function keyOf({ clientSap, serverSap }: HdlcPushChannel): string {
  return `${clientSap}/${serverSap}`;
}
