import { MbusFrameDecoder, type MbusFrameEvent } from "./frame-decoder.ts";
import { type MbusSegment, segmentOf } from "./segment.ts";
import { type JoinOutcome, SegmentJoiner, type SegmentJoinerOptions } from "./segment-joiner.ts";

/** A frame or discarded octets; with a frame, the segment it carries and what that led to. Views last until `append`. */
export type MbusEvent = MbusFrameEvent & JoinOutcome & { readonly segment?: MbusSegment };

/**
 * The receiving end of an M-Bus on which meters push DLMS: finds frames in a stream cut anywhere, and the APDUs in
 * their segments. `append` a chunk, then call `next` until it returns undefined.
 */
export class MbusApduDecoder {
  readonly #frames = new MbusFrameDecoder();
  readonly #joiner: SegmentJoiner;

  constructor(options: SegmentJoinerOptions = {}) {
    this.#joiner = new SegmentJoiner(options);
  }

  /** Octets of an unfinished frame, or of noise, are held. */
  get pending(): boolean {
    return this.#frames.pending;
  }

  /** The APDUs whose end has not come, as "address: source SAP > destination SAP". */
  get unfinished(): readonly string[] {
    return this.#joiner.unfinished;
  }

  /** Takes the next chunk, which is copied. */
  append(chunk: Uint8Array): void {
    this.#frames.append(chunk);
  }

  /** The line went quiet in the middle of a frame: `next` gives that up. Segments wait for what comes after the silence. */
  silence(): void {
    this.#frames.silence();
  }

  /** The next event; undefined when more octets are needed. */
  next(): MbusEvent | undefined {
    const event = this.#frames.next();
    if (event?.type !== "frame" || event.frame.type !== "long") return event;
    const segment = segmentOf(event.frame.controlInformation, event.frame.data);
    return segment === undefined ? event : { ...event, segment, ...this.#joiner.add(event.frame.address, segment) };
  }
}
