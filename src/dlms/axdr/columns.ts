import { ByteReader } from "../../bytes/byte-reader.ts";
import { InvariantError } from "../../errors.ts";
import { type Cells, type ColumnCells, scanCells } from "./cells.ts";
import { type DataType, dataTag, dataTypeOf } from "./data-type.ts";
import type { DlmsData } from "./dlms-data.ts";
import { deltaAt, deltaError, inRange, integerTypeOf, isDelta, numberAt } from "./integer-cells.ts";
import { scalarCodecs } from "./scalar.ts";
import { type InstantColumn, instantColumn, leavesOutTimes, octetsAt, type TimeOptions, timesOf } from "./times.ts";

export type { InstantColumn } from "./times.ts";

/*
 * A profile buffer by columns: scanned once, then each column decoded when it is first asked for, into a typed array
 * wherever its cells allow. The loops over rows allocate nothing per cell unless the value itself is an object.
 */

const numberTypes = [
  "boolean",
  "double-long",
  "double-long-unsigned",
  "floating-point",
  "bcd",
  "integer",
  "long",
  "unsigned",
  "long-unsigned",
  "enum",
  "float32",
  "float64",
] as const satisfies readonly DataType[];

/** Types that fit a double exactly. */
export type NumberType = (typeof numberTypes)[number];

/** The cells of a column, as simple as their types allow; `mixed` where types differ, a cell is null, or cells are composed. */
export type Column =
  /** A boolean is 0 or 1. */
  | { readonly kind: "numbers"; readonly type: NumberType; readonly values: Float64Array }
  | { readonly kind: "bigints"; readonly type: "long64" | "long64-unsigned"; readonly values: BigInt64Array | BigUint64Array }
  | InstantColumn
  /** Views of the source. */
  | { readonly kind: "octets"; readonly values: readonly Uint8Array[] }
  | { readonly kind: "texts"; readonly type: "visible-string" | "utf8-string"; readonly values: readonly string[] }
  | { readonly kind: "mixed"; readonly values: readonly DlmsData[] };

export interface ColumnOptions {
  /**
   * Columns that are captures of the clock: their octet-strings are times, and a time may be left out. Without it a column
   * that begins with a date-time is taken for one.
   */
  readonly clockColumns?: readonly number[];
  /** Milliseconds between rows. Without it, or with 0, a time left out stays without value. */
  readonly capturePeriod?: number;
  /**
   * Whether what the meter compressed is restored (Blue Book 4.3.6). A time left out stands for the one before it plus
   * {@link capturePeriod}, a delta for a sum, and a null-data behind a value for that value; but a value may also be
   * genuinely null. Without this option nulls are repeated where the meter certainly compresses, which a time that it left
   * out proves. True repeats them in any case, false restores nothing.
   */
  readonly expand?: boolean;
  /** Minutes to add to local time to get UTC, where a time does not say; 0 unless said otherwise. */
  readonly assumedDeviation?: number;
}

/** A table of which columns are decoded on first use. */
export interface ColumnTable {
  readonly rowCount: number;
  /** 0 for an array without rows, which does not tell. */
  readonly columnCount: number;
  /**
   * The column at `index`, counted from 0. In a table without rows every column is there and empty.
   * @throws DecodeError for a delta that no integer stands before or that leaves its range, and for text that is not UTF-8
   */
  column(index: number): Column;
  /** One cell as it is on the wire, nothing expanded. @throws DecodeError for text that is not UTF-8 */
  cell(row: number, column: number): DlmsData;
}

/**
 * The columns of an array of structures, or of a compact-array of them. Views in the result live as long as `bytes`.
 * @throws DecodeError, also where rows differ in their number of cells
 */
export function decodeColumns(bytes: Uint8Array, options: ColumnOptions = {}): ColumnTable {
  const cells = scanCells(bytes);
  const { rowCount, columnCount } = cells;
  const { clockColumns, capturePeriod = 0, expand, assumedDeviation = 0 } = options;
  const columns: Column[] = [];
  let compressed = expand;
  const restore: Restore = {
    times: { capturePeriod: expand === false ? 0 : capturePeriod, assumedDeviation },
    deltas: expand !== false,
    nulls: () => (compressed ??= capturePeriod > 0 && (clockColumns ?? []).some((index) => compresses(cells, index))),
  };
  return {
    rowCount,
    columnCount,
    column(index) {
      if (rowCount === 0) return { kind: "mixed", values: [] };
      checkIndex("column", index, columnCount);
      return (columns[index] ??= decodeColumn(cells.column(index), clockColumns?.includes(index), restore));
    },
    cell(row, column) {
      checkIndex("row", row, rowCount);
      checkIndex("column", column, columnCount);
      return cells.read(row, column);
    },
  };
}

function checkIndex(what: string, index: number, count: number): void {
  if (!Number.isInteger(index) || index < 0 || index >= count) throw new InvariantError(`${what} ${index} of a table of ${count}`);
}

/** What is to be restored. */
interface Restore {
  readonly times: TimeOptions;
  readonly deltas: boolean;
  /** Asked for only where there are nulls, since the answer may take a look at another column. */
  readonly nulls: () => boolean;
}

/** True where a clock column proves that the meter compresses: no clock is ever without a time. */
function compresses(cells: Cells, clockColumn: number): boolean {
  const times = clockColumn < cells.columnCount ? timesOf(cells.column(clockColumn)) : undefined;
  return times !== undefined && leavesOutTimes(times);
}

function decodeColumn(cells: ColumnCells, declaredClock: boolean | undefined, restore: Restore): Column {
  if (declaredClock ?? cells.tags[0] === dateTimeTag) {
    const times = timesOf(cells);
    if (times !== undefined) return instantColumn(cells.view, times, restore.times);
    // Where not all are times, nobody knows what a null stands for.
    restore = { ...restore, deltas: false, nulls: () => false };
  }
  const type = commonType(cells, restore);
  switch (type) {
    case "long64":
    case "long64-unsigned":
      return { kind: "bigints", type, values: bigints(cells, type) };
    case "octet-string":
      return { kind: "octets", values: repeated(cells, type, (at) => octetsAt(cells.bytes, at)) };
    case "visible-string":
    case "utf8-string": {
      const { read } = scalarCodecs[type];
      return { kind: "texts", type, values: repeated(cells, type, (at) => read(new ByteReader(cells.bytes, at))) };
    }
    default:
      return isNumberType(type)
        ? { kind: "numbers", type, values: numbers(cells, type) }
        : { kind: "mixed", values: trees(cells, restore) };
  }
}

const nullTag = dataTag["null-data"];
const dateTimeTag = dataTag["date-time"];
const nullData: DlmsData = { type: "null-data", value: null };

/** The type of all values of a column, those that are restored included; undefined where they differ. */
function commonType({ tags }: ColumnCells, restore: Restore): DataType | undefined {
  const first = tags[0] as number;
  const type = dataTypeOf(first);
  const deltas = restore.deltas && integerTypeOf(first) !== undefined;
  for (let row = 1; row < tags.length; row++) {
    const tag = tags[row] as number;
    if (tag !== first && !(tag === nullTag ? restore.nulls() : deltas && isDelta(tag))) return undefined;
  }
  return type;
}

function isNumberType(type: DataType | undefined): type is NumberType {
  return (numberTypes as readonly (DataType | undefined)[]).includes(type);
}

/** Nulls and deltas restored; the first cell is of the column's type. */
function numbers({ view, tags, bodies }: ColumnCells, type: NumberType): Float64Array {
  const typeTag = dataTag[type];
  const values = new Float64Array(tags.length);
  let value = 0;
  for (let row = 0; row < tags.length; row++) {
    const tag = tags[row] as number;
    const at = bodies[row] as number;
    if (tag === typeTag) value = numberAt(view, type, at);
    else if (tag !== nullTag) value = inRange(value + deltaAt(view, tag, at), type, at);
    values[row] = value;
  }
  return values;
}

/** As {@link numbers}. */
function bigints({ view, tags, bodies }: ColumnCells, type: "long64" | "long64-unsigned"): BigInt64Array | BigUint64Array {
  const signed = type === "long64";
  const typeTag = dataTag[type];
  const values = signed ? new BigInt64Array(tags.length) : new BigUint64Array(tags.length);
  let value = 0n;
  for (let row = 0; row < tags.length; row++) {
    const tag = tags[row] as number;
    const at = bodies[row] as number;
    if (tag === typeTag) value = signed ? view.getBigInt64(at) : view.getBigUint64(at);
    else if (tag !== nullTag) value = inRange(value + BigInt(deltaAt(view, tag, at)), type, at);
    values[row] = value;
  }
  return values;
}

/** Values that are objects, nulls restored; the first cell is of the column's type. */
function repeated<T>({ tags, bodies }: ColumnCells, type: DataType, read: (at: number) => T): readonly T[] {
  const typeTag = dataTag[type];
  const values: T[] = [];
  for (let row = 0; row < tags.length; row++) {
    values.push(tags[row] === typeTag ? read(bodies[row] as number) : (values[row - 1] as T));
  }
  return values;
}

function trees(cells: ColumnCells, restore: Restore): readonly DlmsData[] {
  const values: DlmsData[] = [];
  let base = nullData;
  for (let row = 0; row < cells.tags.length; row++) {
    let value = cells.read(row);
    if (restore.deltas && isDelta(cells.tags[row] as number)) value = sum(base, value.value as number, cells.bodies[row] as number);
    else if (value.type === "null-data" && base !== nullData && restore.nulls()) value = base;
    if (value.type !== "null-data") base = value;
    values.push(value);
  }
  return values;
}

function sum({ type, value }: DlmsData, delta: number, at: number): DlmsData {
  if (typeof value === "number") return { type, value: inRange(value + delta, type, at) } as DlmsData;
  if (typeof value === "bigint") return { type, value: inRange(value + BigInt(delta), type, at) } as DlmsData;
  throw deltaError(at, "no integer before it");
}
