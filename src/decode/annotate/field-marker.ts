import { ByteReader } from "../../bytes/byte-reader.ts";
import type { Located } from "../located.ts";
import type { Annotator, Field } from "./annotator.ts";

/** Octets that somebody else explains: what a block or a gateway carries. */
export interface Hole {
  readonly start: number;
  readonly end: number;
}

/**
 * A reader whose octets are marked as they are read: every mark begins where the one before it ended, so none is left
 * out and none is marked twice.
 */
export class FieldMarker {
  readonly reader: ByteReader;
  readonly #source: Located;
  readonly #annotator: Annotator;
  readonly #hole: Hole | undefined;
  #marked = 0;

  constructor(source: Located, annotator: Annotator, hole?: Hole) {
    this.reader = new ByteReader(source.bytes);
    this.#source = source;
    this.#annotator = annotator;
    this.#hole = hole;
  }

  /** Marks what lies between the last mark and `until`, which is how far was read. */
  mark(depth: number, field: Field, until = this.reader.offset): void {
    const start = this.#marked;
    this.#marked = until;
    const end = this.#hole !== undefined && this.#hole.start >= start && this.#hole.end === this.#marked ? this.#hole.start : this.#marked;
    this.#annotator.mark(this.#source, start, end, depth, field);
  }

  /** Marks everything that is left. */
  markRest(depth: number, field: Field): void {
    this.reader.skip(this.reader.remaining);
    this.mark(depth, field);
  }
}
