import { ByteQueue } from "../bytes/byte-queue.ts";
import { DecodeError } from "../errors.ts";

const newline = 0x0a;
const carriageReturn = 0x0d;

/** Cuts a byte stream into lines of bounded length. */
export class LineSplitter {
  readonly #limit: number;
  readonly #bytes = new ByteQueue();
  /** Octets at the front that were looked at and hold no end of a line. */
  #scanned = 0;

  /** `limit`: most octets of a line, without its end. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  append(chunk: Uint8Array): void {
    this.#bytes.append(chunk);
  }

  /** Octets that no line was made of yet. */
  get buffered(): number {
    return this.#bytes.length;
  }

  /** Whether a line is whole, or longer than it may be. */
  get ready(): boolean {
    const { length } = this.#bytes;
    while (this.#scanned < length && this.#bytes.at(this.#scanned) !== newline) this.#scanned++;
    return this.#scanned < length || length > this.#limit;
  }

  /**
   * The next line without its end, good until the next append; undefined until it is whole.
   * @throws DecodeError `limit`; what follows cannot be told from the rest of that line, so the stream is of no more use
   */
  next(): Uint8Array | undefined {
    if (!this.ready) return undefined;
    const end = this.#scanned;
    if (end > this.#limit) throw new DecodeError("limit", "line", end, `a line has more than ${this.#limit} octets`, { layer: "meter" });
    const line = this.#bytes.view(0, end > 0 && this.#bytes.at(end - 1) === carriageReturn ? end - 1 : end);
    this.#bytes.consume(end + 1);
    this.#scanned = 0;
    return line;
  }
}
