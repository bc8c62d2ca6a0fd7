import { ByteQueue } from "../bytes/byte-queue.ts";
import {
  ackOctet,
  bodyLength,
  checkSum,
  longHeaderLength,
  longStart,
  longTrailerLength,
  type MbusFrame,
  maxFrameLength,
  shortFrameLength,
  shortStart,
  stopOctet,
} from "./frame.ts";

/**
 * Why octets were dropped: no frame starts there, a start is not followed by L, L and start, a frame does not end where
 * its length says, its check sum is wrong, or it stopped half-way.
 */
export type MbusFault = "noise" | "header" | "stop" | "check-sum" | "silence";

/** What a stream of octets turns into; `bytes` is a view that lasts until the next `append`. */
export type MbusFrameEvent =
  | { readonly type: "frame"; readonly frame: MbusFrame; readonly bytes: Uint8Array }
  | { readonly type: "discarded"; readonly reason: MbusFault; readonly bytes: Uint8Array };

type Outcome = MbusFrameEvent | Exclude<MbusFault, "silence"> | "incomplete";

/**
 * Finds frames in a stream cut anywhere. A frame that ends where it should and has a wrong check sum is dropped as a
 * whole; after any other fault the search goes on at the next octet, so that what a lost octet hid is found again.
 *
 * `append` a chunk, then call `next` until it returns undefined. Events depend on the octets only, not on the cuts; what
 * is held back between chunks is shorter than two frames.
 */
export class MbusFrameDecoder {
  readonly #queue = new ByteQueue();
  /** Octets at the front of the queue that belong to no frame; all of them are named after what was wrong with the first. */
  #dropped = 0;
  #reason: MbusFault = "noise";
  /** The octet ahead follows a frame; anywhere else E5 is more likely to be data. */
  #aligned = true;
  #silent = false;

  /** Octets of an unfinished frame, or of noise, are held. */
  get pending(): boolean {
    return this.#queue.length > 0;
  }

  /** Takes the next chunk, which is copied. */
  append(chunk: Uint8Array): void {
    this.#queue.append(chunk);
  }

  /** The line went quiet: `next` gives up the unfinished frame, and looks for whole ones inside what it had claimed. */
  silence(): void {
    this.#silent = true;
  }

  /** The next frame or stretch of rubbish; undefined when more octets are needed. */
  next(): MbusFrameEvent | undefined {
    for (;;) {
      if (this.#dropped >= maxFrameLength) return this.#discard();
      const outcome = this.#look();
      if (typeof outcome === "object") {
        if (this.#dropped > 0) return this.#discard();
        this.#queue.consume(outcome.bytes.length);
        this.#aligned = true;
        return outcome;
      }
      if (outcome === "incomplete") {
        if (!this.#silent) return undefined;
        if (this.#dropped < this.#queue.length) {
          if (this.#dropped > 0 && this.#reason !== "silence") return this.#discard();
          this.#drop("silence");
          continue;
        }
        this.#silent = false;
        return this.#dropped > 0 ? this.#discard() : undefined;
      }
      this.#drop(outcome);
    }
  }

  #look(): Outcome {
    const rest = this.#queue.view(this.#dropped);
    switch (rest[0]) {
      case undefined:
        return "incomplete";
      case ackOctet:
        return this.#aligned ? { type: "frame", frame: { type: "ack" }, bytes: rest.subarray(0, 1) } : "noise";
      case shortStart:
        return readShort(rest);
      case longStart:
        return readLong(rest);
      default:
        return "noise";
    }
  }

  #drop(reason: MbusFault): void {
    if (this.#dropped === 0) this.#reason = reason;
    this.#dropped++;
    this.#aligned = false;
  }

  #discard(): MbusFrameEvent {
    const bytes = this.#queue.view(0, this.#dropped);
    this.#queue.consume(this.#dropped);
    this.#dropped = 0;
    return { type: "discarded", reason: this.#reason, bytes };
  }
}

/** Damage is told from data that happens to hold the start octet by nothing, so a short frame is sound or noise. */
function readShort(rest: Uint8Array): Outcome {
  if (rest.length < shortFrameLength) return "incomplete";
  const [, control, address, sum, stop] = rest as unknown as readonly [number, number, number, number, number];
  if (stop !== stopOctet || sum !== ((control + address) & 0xff)) return "noise";
  return { type: "frame", frame: { type: "short", control, address }, bytes: rest.subarray(0, shortFrameLength) };
}

function readLong(rest: Uint8Array): Outcome {
  const [, length, repeated, start] = rest;
  // Each octet is judged as soon as it is there, so that a false start holds nothing up.
  if (repeated !== undefined && repeated !== length) return "header";
  if (start !== undefined && start !== longStart) return "header";
  if (rest.length < longHeaderLength) return "incomplete";
  const end = longHeaderLength + bodyLength(length as number);
  if (rest.length < end + longTrailerLength) return "incomplete";
  if (rest[end + 1] !== stopOctet) return "stop";
  const body = rest.subarray(longHeaderLength, end);
  const bytes = rest.subarray(0, end + longTrailerLength);
  if (rest[end] !== checkSum(body)) return { type: "discarded", reason: "check-sum", bytes };
  const [control, address, controlInformation] = body as unknown as readonly [number, number, number];
  return { type: "frame", frame: { type: "long", control, address, controlInformation, data: body.subarray(3) }, bytes };
}
