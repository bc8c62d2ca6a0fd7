import { CapacityError } from "../errors.ts";

const initialCapacity = 256;

/**
 * One growable big-endian buffer, meant to be kept and reused: `finish()` makes the only copy and starts over.
 *
 * Lengths that are known only afterwards are reserved and patched, so a nested value is written in one pass.
 *
 * Reserving may replace the buffer and its view, so every method reserves before it touches either.
 */
export class ByteWriter {
  #bytes: Uint8Array;
  #view: DataView;
  #length = 0;
  #limit = Number.POSITIVE_INFINITY;

  constructor(capacity = initialCapacity) {
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }

  get length(): number {
    return this.#length;
  }

  /** Octets it may hold; a write beyond throws `CapacityError` and changes nothing. */
  set limit(octets: number) {
    this.#limit = octets;
  }

  u8(value: number): void {
    const at = this.reserve(1);
    this.#view.setUint8(at, value);
  }

  i8(value: number): void {
    const at = this.reserve(1);
    this.#view.setInt8(at, value);
  }

  u16(value: number): void {
    const at = this.reserve(2);
    this.#view.setUint16(at, value);
  }

  i16(value: number): void {
    const at = this.reserve(2);
    this.#view.setInt16(at, value);
  }

  u32(value: number): void {
    const at = this.reserve(4);
    this.#view.setUint32(at, value);
  }

  i32(value: number): void {
    const at = this.reserve(4);
    this.#view.setInt32(at, value);
  }

  u64(value: bigint): void {
    const at = this.reserve(8);
    this.#view.setBigUint64(at, value);
  }

  i64(value: bigint): void {
    const at = this.reserve(8);
    this.#view.setBigInt64(at, value);
  }

  f32(value: number): void {
    const at = this.reserve(4);
    this.#view.setFloat32(at, value);
  }

  f64(value: number): void {
    const at = this.reserve(8);
    this.#view.setFloat64(at, value);
  }

  bytes(bytes: Uint8Array): void {
    const at = this.reserve(bytes.length);
    this.#bytes.set(bytes, at);
  }

  /** Makes room for `length` octets and returns their offset for {@link patchU8} and its kin. Contents are undefined. */
  reserve(length: number): number {
    const offset = this.#length;
    const end = offset + length;
    if (end > this.#limit) throw new CapacityError(`${end} octets where ${this.#limit} may be written`);
    if (end > this.#bytes.length) this.#grow(end);
    this.#length = end;
    return offset;
  }

  patchU8(offset: number, value: number): void {
    this.#view.setUint8(offset, value);
  }

  patchU16(offset: number, value: number): void {
    this.#view.setUint16(offset, value);
  }

  /** Opens a gap of `length` octets at `offset`, moving what stands behind it. */
  insert(offset: number, length: number): void {
    const end = this.#length;
    this.reserve(length);
    this.#bytes.copyWithin(offset + length, offset, end);
  }

  /** Forgets everything written behind `length`. */
  truncate(length: number): void {
    if (length < this.#length) this.#length = length;
  }

  /** A view of what was written so far; valid until the next write. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** An exact copy of what was written; the writer is empty afterwards and keeps its buffer. */
  finish(): Uint8Array {
    const result = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    return result;
  }

  #grow(needed: number): void {
    const bytes = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    bytes.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }
}
