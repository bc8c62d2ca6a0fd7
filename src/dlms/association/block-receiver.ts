/** Outcome of one block: more to come, all there, the last one again, or why the transfer ends. */
export type BlockOutcome = "more" | "complete" | "repeated" | "wrong-number" | "too-long";

/** Most answers come whole: room is made when the first block comes. */
const nothing = new Uint8Array(0);
const firstCapacity = 4096;

/**
 * Joins the raw data of numbered blocks (Green Book 9.4.6.12). The payload is never larger than `limit` octets,
 * whatever the peer sends, and never comes in more blocks than that: empty ones would go on for ever.
 */
export class BlockReceiver {
  readonly #limit: number;
  #bytes: Uint8Array = nothing;
  #length = 0;
  #lastNumber = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Number of the last block taken, 0 before the first. */
  get blockNumber(): number {
    return this.#lastNumber;
  }

  /** Octets received so far. */
  get length(): number {
    return this.#length;
  }

  accept(blockNumber: number, last: boolean, raw: Uint8Array): BlockOutcome {
    if (blockNumber === this.#lastNumber && blockNumber > 0) return "repeated";
    if (blockNumber !== this.#lastNumber + 1) return "wrong-number";
    if (this.#length + raw.length > this.#limit || blockNumber > this.#limit) return "too-long";
    this.#lastNumber = blockNumber;
    this.#append(raw);
    return last ? "complete" : "more";
  }

  /** Everything received; a view that lives as long as this receiver. */
  payload(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #append(raw: Uint8Array): void {
    const end = this.#length + raw.length;
    if (end > this.#bytes.length) {
      const bytes = new Uint8Array(Math.min(Math.max(end, this.#bytes.length * 2, firstCapacity), Math.max(end, this.#limit)));
      bytes.set(this.payload());
      this.#bytes = bytes;
    }
    this.#bytes.set(raw, this.#length);
    this.#length = end;
  }
}
