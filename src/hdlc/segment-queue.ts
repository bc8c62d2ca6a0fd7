/** A piece of an SDU that fits one information field. */
export interface Segment {
  readonly information: Uint8Array;
  /** More pieces of the same SDU follow. */
  readonly segmented: boolean;
}

/** SDUs waiting to be sent, cut into segments as they leave. Segments are views: nothing is copied. */
export class SegmentQueue {
  readonly #maxLength: number;
  #waiting: Uint8Array[] = [];
  /** Octets of the first SDU that have left. */
  #offset = 0;

  constructor(maxInformationFieldLength: number) {
    this.#maxLength = maxInformationFieldLength;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Queues an SDU, which must not change any more. */
  push(sdu: Uint8Array): void {
    this.#waiting.push(sdu);
  }

  /** The next segment; undefined when everything has left. */
  shift(): Segment | undefined {
    const sdu = this.#waiting[0];
    if (sdu === undefined) return undefined;
    const end = Math.min(this.#offset + this.#maxLength, sdu.length);
    const information = sdu.subarray(this.#offset, end);
    const segmented = end < sdu.length;
    if (segmented) {
      this.#offset = end;
    } else {
      this.#waiting.shift();
      this.#offset = 0;
    }
    return { information, segmented };
  }
}
