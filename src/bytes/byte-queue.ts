/**
 * Receive buffer of a byte stream: append at the end, look at the front, consume from the front. Consumed octets cost
 * nothing until the next append needs their room, so a burst of messages is parsed without re-copying.
 */
export class ByteQueue {
  #bytes = new Uint8Array(512);
  #start = 0;
  #end = 0;

  get length(): number {
    return this.#end - this.#start;
  }

  append(chunk: Uint8Array): void {
    if (this.#end + chunk.length > this.#bytes.length) this.#makeRoom(chunk.length);
    this.#bytes.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  /** The octet at `index` from the front; the caller has checked `index < length`. */
  at(index: number): number {
    return this.#bytes[this.#start + index] as number;
  }

  /** A view of `end - start` octets counted from the front; valid until the next `append`. */
  view(start = 0, end = this.length): Uint8Array {
    return this.#bytes.subarray(this.#start + start, this.#start + end);
  }

  consume(count: number): void {
    this.#start += count;
    if (this.#start === this.#end) {
      this.#start = 0;
      this.#end = 0;
    }
  }

  clear(): void {
    this.#start = 0;
    this.#end = 0;
  }

  #makeRoom(extra: number): void {
    const length = this.length;
    if (length + extra <= this.#bytes.length) {
      this.#bytes.copyWithin(0, this.#start, this.#end);
    } else {
      const bytes = new Uint8Array(Math.max(length + extra, this.#bytes.length * 2));
      bytes.set(this.view());
      this.#bytes = bytes;
    }
    this.#start = 0;
    this.#end = length;
  }
}
