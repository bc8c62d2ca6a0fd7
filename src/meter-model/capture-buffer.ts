import { InvariantError } from "../errors.ts";
import type { Instant } from "./units.ts";

/** One captured row. */
export interface CaptureRow {
  /** Clock time, UTC. */
  readonly stamp: Instant;
  /** Local time minus UTC at the stamp, daylight saving included. */
  readonly offsetMinutes: number;
  /** Bits of `RowStatus`. */
  readonly status: number;
  /** One value a column. */
  readonly values: readonly number[];
}

/** Whether stamps strictly increase, or rows stand as they arrived, whatever the clock said. */
export type RowOrder = "stamps" | "arrival";

/** Captured rows to read, oldest first, by index from 0. Reading allocates nothing. */
export interface CaptureRows {
  readonly order: RowOrder;
  readonly columns: readonly string[];
  readonly length: number;
  stampAt(index: number): Instant;
  offsetMinutesAt(index: number): number;
  statusAt(index: number): number;
  valueAt(index: number, column: number): number;
  /** Index of the first row stamped at or after `instant`; `length` when there is none. Needs the order of stamps. */
  indexFrom(instant: Instant): number;
}

/**
 * The newest rows of a profile: a ring of fixed capacity, column by column.
 *
 * Rows carry sequence numbers that never repeat, not even after `clear`, so that whoever stores the rows can tell new
 * ones from known ones.
 */
export class CaptureBuffer implements CaptureRows {
  readonly columns: readonly string[];
  readonly capacity: number;
  readonly order: RowOrder;
  readonly #stamps: Float64Array;
  readonly #offsets: Int16Array;
  readonly #status: Uint8Array;
  readonly #values: readonly Float64Array[];
  #firstSequence: number;
  #length = 0;

  constructor(columns: readonly string[], capacity: number, firstSequence = 0, order: RowOrder = "stamps") {
    if (!Number.isInteger(capacity) || capacity < 1) throw new InvariantError(`capacity ${capacity} of a capture buffer`);
    this.columns = columns;
    this.capacity = capacity;
    this.order = order;
    this.#stamps = new Float64Array(capacity);
    this.#offsets = new Int16Array(capacity);
    this.#status = new Uint8Array(capacity);
    this.#values = columns.map(() => new Float64Array(capacity));
    this.#firstSequence = firstSequence;
  }

  get length(): number {
    return this.#length;
  }

  /** Sequence number of the row at index 0. */
  get firstSequence(): number {
    return this.#firstSequence;
  }

  /** Sequence number the next row will have. */
  get nextSequence(): number {
    return this.#firstSequence + this.#length;
  }

  /** Stamp of the newest row; undefined when there is none. */
  get lastStamp(): Instant | undefined {
    return this.#length === 0 ? undefined : this.stampAt(this.#length - 1);
  }

  /** Adds the newest row, at the cost of the oldest when full. In the order of stamps it must be later than the last one. */
  append(row: CaptureRow): void {
    const last = this.lastStamp;
    if (this.order === "stamps" && last !== undefined && row.stamp <= last) throw new InvariantError("a row not later than the last one");
    if (row.values.length !== this.columns.length) throw new InvariantError("a row of another width");
    const slot = this.nextSequence % this.capacity;
    this.#stamps[slot] = row.stamp;
    this.#offsets[slot] = row.offsetMinutes;
    this.#status[slot] = row.status;
    for (let column = 0; column < this.#values.length; column++) this.#values[column]![slot] = row.values[column]!;
    if (this.#length < this.capacity) this.#length++;
    else this.#firstSequence++;
  }

  clear(): void {
    this.#firstSequence = this.nextSequence;
    this.#length = 0;
  }

  stampAt(index: number): Instant {
    return this.#stamps[this.#slot(index)]!;
  }

  offsetMinutesAt(index: number): number {
    return this.#offsets[this.#slot(index)]!;
  }

  statusAt(index: number): number {
    return this.#status[this.#slot(index)]!;
  }

  valueAt(index: number, column: number): number {
    const values = this.#values[column];
    if (values === undefined) throw new InvariantError(`no column ${column}`);
    return values[this.#slot(index)]!;
  }

  indexFrom(instant: Instant): number {
    let low = 0;
    let high = this.#length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.stampAt(middle) < instant) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  rowAt(index: number): CaptureRow {
    return {
      stamp: this.stampAt(index),
      offsetMinutes: this.offsetMinutesAt(index),
      status: this.statusAt(index),
      values: this.columns.map((_, column) => this.valueAt(index, column)),
    };
  }

  /** Copy of the rows from index `from` to before `to`, which later captures do not change. */
  snapshot(from = 0, to = this.#length): CaptureRows {
    if (from < 0 || to > this.#length || from > to) throw new InvariantError(`no rows ${from}..${to} of ${this.#length}`);
    return this.#copy(from, to, Math.max(1, to - from));
  }

  /** Copy with another capacity, of the newest rows that fit. */
  resized(capacity: number): CaptureBuffer {
    return this.#copy(Math.max(0, this.#length - capacity), this.#length, capacity);
  }

  #copy(from: number, to: number, capacity: number): CaptureBuffer {
    const copy = new CaptureBuffer(this.columns, capacity, this.#firstSequence + from, this.order);
    for (let sequence = this.#firstSequence + from; sequence < this.#firstSequence + to; sequence++) {
      const source = sequence % this.capacity;
      const target = sequence % capacity;
      copy.#stamps[target] = this.#stamps[source]!;
      copy.#offsets[target] = this.#offsets[source]!;
      copy.#status[target] = this.#status[source]!;
      for (let column = 0; column < this.#values.length; column++) copy.#values[column]![target] = this.#values[column]![source]!;
    }
    copy.#length = to - from;
    return copy;
  }

  #slot(index: number): number {
    if (!(index >= 0 && index < this.#length)) throw new InvariantError(`no row ${index} of ${this.#length}`);
    return (this.#firstSequence + index) % this.capacity;
  }
}
