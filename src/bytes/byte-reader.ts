import { DecodeError } from "../errors.ts";

/**
 * Bounds-checked big-endian cursor over a view of bytes. Nothing is copied: {@link bytes} returns views, whoever keeps
 * one beyond the life of the source copies it with `.slice()`.
 *
 * Every method throws `DecodeError` `truncated` when fewer octets are left than it needs, and then has not moved.
 */
export class ByteReader {
  readonly #bytes: Uint8Array;
  /** Made for the rare values that need it: most readers live for a few octets only. */
  #view: DataView | undefined;
  readonly #end: number;
  #offset: number;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#offset = start;
    this.#end = end;
  }

  /** Position within the source; errors report it, so children of {@link sub} keep counting from the same origin. */
  get offset(): number {
    return this.#offset;
  }

  get remaining(): number {
    return this.#end - this.#offset;
  }

  /** The next octet without consuming it, or undefined at the end. */
  peek(): number | undefined {
    return this.#offset < this.#end ? this.#bytes[this.#offset] : undefined;
  }

  u8(what = "octet"): number {
    return this.#bytes[this.#take(1, what)] as number;
  }

  i8(what = "octet"): number {
    return ((this.#bytes[this.#take(1, what)] as number) << 24) >> 24;
  }

  u16(what = "unsigned16"): number {
    const at = this.#take(2, what);
    const bytes = this.#bytes;
    return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
  }

  i16(what = "integer16"): number {
    return (this.u16(what) << 16) >> 16;
  }

  u32(what = "unsigned32"): number {
    return this.i32(what) >>> 0;
  }

  i32(what = "integer32"): number {
    const at = this.#take(4, what);
    const bytes = this.#bytes;
    return ((bytes[at] as number) << 24) | ((bytes[at + 1] as number) << 16) | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number);
  }

  u64(what = "unsigned64"): bigint {
    const at = this.#take(8, what);
    return this.#dataView().getBigUint64(at);
  }

  i64(what = "integer64"): bigint {
    const at = this.#take(8, what);
    return this.#dataView().getBigInt64(at);
  }

  f32(what = "float32"): number {
    const at = this.#take(4, what);
    return this.#dataView().getFloat32(at);
  }

  f64(what = "float64"): number {
    const at = this.#take(8, what);
    return this.#dataView().getFloat64(at);
  }

  /** A view of the next `length` octets. */
  bytes(length: number, what = "octets"): Uint8Array {
    const start = this.#take(length, what);
    return this.#bytes.subarray(start, start + length);
  }

  /** A view of everything that is left. */
  rest(): Uint8Array {
    return this.bytes(this.remaining);
  }

  /** A view of octets already consumed (or about to be): `start` and `end` are offsets of the source. */
  slice(start: number, end: number): Uint8Array {
    return this.#bytes.subarray(start, end);
  }

  skip(length: number, what = "octets"): void {
    this.#take(length, what);
  }

  /** A child that cannot read past the next `length` octets; this reader moves behind them. */
  sub(length: number, what = "octets"): ByteReader {
    const start = this.#take(length, what);
    return new ByteReader(this.#bytes, start, start + length);
  }

  /** @throws DecodeError `trailing-data` when octets are left. */
  expectEnd(what: string): void {
    if (this.#offset !== this.#end) {
      throw new DecodeError(
        "trailing-data",
        what,
        this.#offset,
        `${what}: ${this.remaining} unexpected octets after the end, at offset ${this.#offset}`,
      );
    }
  }

  /** A `DecodeError` at the present position. */
  error(code: "bad-tag" | "bad-length" | "out-of-range" | "limit", what: string, message?: string, offset = this.#offset): DecodeError {
    return new DecodeError(code, what, offset, message === undefined ? undefined : `${what}: ${message}, at offset ${offset}`);
  }

  #dataView(): DataView {
    this.#view ??= new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.byteLength);
    return this.#view;
  }

  #take(length: number, what: string): number {
    const start = this.#offset;
    if (length > this.#end - start) {
      throw new DecodeError("truncated", what, start, `${what}: needs ${length} octets, ${this.#end - start} left, at offset ${start}`);
    }
    this.#offset = start + length;
    return start;
  }
}
