import { ByteWriter } from "../bytes/byte-writer.ts";

const nothing = new Uint8Array(0);

/** Joins the segments of one SDU at a time; holds at most `limit` octets. */
export class Reassembler {
  readonly #limit: number;
  #joined: ByteWriter | undefined;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The first segment of an SDU has come, but not the last. */
  get partial(): boolean {
    return this.#joined !== undefined && this.#joined.length > 0;
  }

  /**
   * Takes the next segment. Returns the SDU when it is complete: a view of `information` when that is all of it.
   * Undefined while more is to come; "too-long" when the SDU outgrows the limit, and then it is forgotten.
   */
  add(information: Uint8Array, segmented: boolean): Uint8Array | "too-long" | undefined {
    const length = (this.#joined?.length ?? 0) + information.length;
    if (length > this.#limit) {
      this.clear();
      return "too-long";
    }
    if (!segmented && !this.partial) return information.length === 0 ? nothing : information;
    this.#joined ??= new ByteWriter();
    this.#joined.bytes(information);
    if (segmented) return undefined;
    return this.#joined.finish();
  }

  /** Forgets the segments, and the buffer, which may have become large. */
  clear(): void {
    this.#joined = undefined;
  }
}
