/** Outcome of one block: more to come, all there, or why the transfer ends. */
export type BlockOutcome = "more" | "complete" | "wrong-number" | "too-long";

/**
 * Joins the raw data of numbered blocks (Green Book 9.4.6.12). The payload is never larger than `limit` octets,
 * whatever the peer sends, and never comes in more blocks than that: empty ones would go on for ever.
 */
export class BlockReceiver {
  readonly #limit: number;
  #bytes = new Uint8Array(1024);
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
      const bytes = new Uint8Array(Math.min(Math.max(end, this.#bytes.length * 2), Math.max(end, this.#limit)));
      bytes.set(this.payload());
      this.#bytes = bytes;
    }
    this.#bytes.set(raw, this.#length);
    this.#length = end;
  }
}
