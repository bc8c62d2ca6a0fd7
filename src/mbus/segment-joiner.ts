import { ByteWriter } from "../bytes/byte-writer.ts";
import { type MbusSegment, sequenceModulus } from "./segment.ts";

/**
 * What is wrong with the order of segments: the beginning of the APDU was not heard, one in the middle is missing, the
 * APDU before it had no end, or it is longer than is taken. The APDU in question is lost.
 */
export type SegmentFault = "no-beginning" | "gap" | "no-end" | "too-long";

/** What a segment led to; both can be, when it is a whole APDU and the one before it had no end. */
export interface JoinOutcome {
  readonly apdu?: Uint8Array;
  readonly fault?: SegmentFault;
}

export interface SegmentJoinerOptions {
  /** Octets of the longest APDU taken. */
  readonly maxApduLength?: number;
  /** APDUs begun at the same time; of more, the oldest is forgotten. */
  readonly maxPending?: number;
}

interface Pending {
  readonly joined: ByteWriter;
  next: number;
}

/** Far beyond what HAN ports push, which is some hundred octets. */
const defaultMaxApduLength = 16 * 1024;
const defaultMaxPending = 8;

/** Joins the segments of APDUs, for each address and pair of SAPs on its own. */
export class SegmentJoiner {
  readonly #maxApduLength: number;
  readonly #maxPending: number;
  readonly #pending = new Map<string, Pending>();

  constructor({ maxApduLength = defaultMaxApduLength, maxPending = defaultMaxPending }: SegmentJoinerOptions = {}) {
    this.#maxApduLength = maxApduLength;
    this.#maxPending = maxPending;
  }

  /** The APDUs whose end has not come, as "address: source SAP > destination SAP". */
  get unfinished(): readonly string[] {
    return [...this.#pending.keys()];
  }

  /** Takes the next segment; its octets are copied unless they are the whole APDU. */
  add(address: number, segment: MbusSegment): JoinOutcome {
    const key = `${address}: ${segment.sourceSap} > ${segment.destinationSap}`;
    const before = this.#pending.get(key);
    this.#pending.delete(key);
    if (segment.sequence === before?.next) return this.#continue(key, before, segment);
    if (segment.sequence !== 0) return { fault: before === undefined ? "no-beginning" : "gap" };
    const outcome = segment.final ? this.#whole(segment.octets) : this.#continue(key, { joined: new ByteWriter(), next: 0 }, segment);
    return before === undefined ? outcome : { fault: "no-end", ...outcome };
  }

  #whole(octets: Uint8Array): JoinOutcome {
    return octets.length > this.#maxApduLength ? { fault: "too-long" } : { apdu: octets };
  }

  #continue(key: string, pending: Pending, { final, octets, sequence }: MbusSegment): JoinOutcome {
    if (pending.joined.length + octets.length > this.#maxApduLength) return { fault: "too-long" };
    pending.joined.bytes(octets);
    if (final) return { apdu: pending.joined.finish() };
    pending.next = (sequence + 1) % sequenceModulus;
    this.#pending.set(key, pending);
    if (this.#pending.size > this.#maxPending) this.#pending.delete(this.#pending.keys().next().value as string);
    return {};
  }
}
