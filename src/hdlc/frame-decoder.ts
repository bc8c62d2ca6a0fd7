import { ByteQueue } from "../bytes/byte-queue.ts";
import {
  type FrameFault,
  type FrameHeader,
  flag,
  frameLengthAt,
  type HdlcFrame,
  isFormatType3,
  maxFrameLength,
  minFrameLength,
  readBody,
  readHeader,
} from "./frame.ts";

/** Why the decoder dropped octets: `noise` is anything outside frames, `silence` a frame that stopped half-way. */
export type DecoderDiscardReason = FrameFault | "noise" | "silence";

/** What a stream of octets turns into. `bytes` are the octets without flags, a view valid until the next `append`. */
export type FrameEvent =
  | { readonly type: "frame"; readonly frame: HdlcFrame; readonly bytes: Uint8Array }
  | { readonly type: "discarded"; readonly reason: DecoderDiscardReason; readonly bytes: Uint8Array };

const nothing = new Uint8Array(0);

/**
 * Finds frames in a stream cut anywhere. The length field delimits them, never a flag, which may occur inside; after
 * damage the search goes on at the next flag. One flag may close a frame and open the next.
 *
 * `append` a chunk, then call `next` until it returns undefined. Events depend on the octets only, not on the cuts.
 * Frames that lie wholly in a chunk are not copied; never more than a frame is held back between chunks.
 */
export class FrameDecoder {
  readonly #queue = new ByteQueue();
  /** What is left to look at starts at `#position`: in the chunk of the caller, or in the queue when `#queued`. */
  #bytes: Uint8Array = nothing;
  #position = 0;
  #queued = false;
  /** A flag stood before `#position`, so a frame may begin there. */
  #open = false;
  /** Header of the frame at `#position`, once it has arrived and proved sound. */
  #header: FrameHeader | undefined;
  /** Why the octets from `#position` to the next flag are not a frame. */
  #fault: DecoderDiscardReason = "noise";
  /** There is no flag between `#position` and here. */
  #searched = 0;
  #silent = false;
  #afterFrame = false;

  /** Octets of an unfinished frame, or of noise, are held. */
  get pending(): boolean {
    return this.#position < this.#bytes.length;
  }

  /** A frame is coming in whose header check was right: the peer is sending, slow as it may be. */
  get receivingFrame(): boolean {
    return this.#header !== undefined;
  }

  /** Takes the next chunk, which must stay unchanged until `next` has returned undefined. */
  append(chunk: Uint8Array): void {
    this.#keepRest();
    if (this.#queue.length === 0) {
      this.#bytes = chunk;
      this.#queued = false;
    } else {
      this.#queue.append(chunk);
      this.#bytes = this.#queue.view();
    }
  }

  /** The line went quiet: `next` gives up the unfinished frame, and looks for whole ones inside what it had claimed. */
  silence(): void {
    this.#silent = true;
  }

  /**
   * The frame just returned ended the peer's turn, so its closing flag does not open another one (ATS HDLC_FRAME_N1).
   */
  expectOpeningFlag(): void {
    if (this.#afterFrame) this.#open = false;
  }

  /** The next frame or stretch of rubbish; undefined when more octets are needed. */
  next(): FrameEvent | undefined {
    this.#afterFrame = false;
    for (;;) {
      if (!this.#open) {
        const rubbish = this.#takeUpToFlag();
        if (rubbish !== undefined) return rubbish;
        if (!this.#open) return this.#needMore();
      }
      while (this.#bytes[this.#position] === flag) this.#position++;
      const event = this.pending ? this.#readFrame() : "incomplete";
      if (typeof event === "object") return event;
      if (event === "incomplete" && !this.#silent) return this.#needMore();
      this.#fault = event === "incomplete" ? "silence" : event;
      this.#header = undefined;
      this.#open = false;
    }
  }

  #readFrame(): FrameEvent | FrameFault | "incomplete" {
    const bytes = this.#bytes;
    const start = this.#position;
    if (!isFormatType3(bytes[start] as number)) return "format";
    if (bytes.length - start < 2) return "incomplete";
    const length = frameLengthAt(bytes, start);
    if (length < minFrameLength) return "format";
    // The header is judged first and alone, so that a fault is the same fault however late the rest arrives.
    const header = this.#header ?? readHeader(bytes, start, bytes.length);
    if (header === undefined) return "incomplete";
    if (typeof header !== "object") return header;
    const end = start + length;
    if (end >= bytes.length) {
      this.#header = header;
      return "incomplete";
    }
    if (bytes[end] !== flag) return "format";
    const frame = readBody(bytes, start, length, header);
    if (frame === undefined) return "fcs";
    this.#header = undefined;
    this.#position = end + 1;
    this.#afterFrame = true;
    return { type: "frame", frame, bytes: bytes.subarray(start, end) };
  }

  /** Moves behind the next flag; what was passed over is returned. Long stretches come in pieces, to bound memory. */
  #takeUpToFlag(): FrameEvent | undefined {
    const bytes = this.#bytes;
    const start = this.#position;
    const found = bytes.indexOf(flag, Math.max(start, this.#searched));
    const limit = start + maxFrameLength;
    const end = Math.min(found < 0 ? bytes.length : found, limit);
    if (found < 0 && end < limit && !this.#silent) {
      this.#searched = end;
      return undefined;
    }
    this.#searched = 0;
    this.#open = end === found;
    this.#position = this.#open ? end + 1 : end;
    const reason = this.#fault;
    this.#fault = "noise";
    return end === start ? undefined : { type: "discarded", reason, bytes: bytes.subarray(start, end) };
  }

  #needMore(): undefined {
    if (this.#silent) {
      this.#silent = false;
      this.#open = false;
    }
    this.#keepRest();
  }

  /** Moves what is left into the queue, since the chunk goes back to the caller. */
  #keepRest(): void {
    if (this.#queued) this.#queue.consume(this.#position);
    else if (this.pending) this.#queue.append(this.#bytes.subarray(this.#position));
    this.#searched = Math.max(0, this.#searched - this.#position);
    this.#position = 0;
    this.#bytes = this.#queue.length === 0 ? nothing : this.#queue.view();
    this.#queued = this.#queue.length > 0;
  }
}
