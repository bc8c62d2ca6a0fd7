import { ByteReader } from "../../bytes/byte-reader.ts";
import { DecodeError, InvariantError } from "../../errors.ts";
import { type Cells, scanCells } from "./cells.ts";
import { dataTag, dataTypeOf } from "./data-type.ts";
import { dateTimeLength, instantAt, plausibleDateTime, unspecifiedDeviation } from "./date-time.ts";
import type { DlmsData } from "./dlms-data.ts";
import { readLength } from "./length.ts";
import { scalarCodecs } from "./scalar.ts";

/*
 * A profile buffer by columns: scanned once, then each column decoded when it is first asked for, into a typed array
 * wherever its cells allow. A row of five cells takes about as long as a call of a function that builds one object.
 */

/** Types that fit a double exactly. */
export type NumberType =
  | "boolean"
  | "double-long"
  | "double-long-unsigned"
  | "floating-point"
  | "bcd"
  | "integer"
  | "long"
  | "unsigned"
  | "long-unsigned"
  | "enum"
  | "float32"
  | "float64";

/** The cells of a column, as simple as their types allow; `mixed` where they differ or are composed. */
export type Column =
  /** NaN where there is no value. */
  | { readonly kind: "numbers"; readonly type: NumberType; readonly values: Float64Array }
  | { readonly kind: "bigints"; readonly type: "long64" | "long64-unsigned"; readonly values: BigInt64Array | BigUint64Array }
  | InstantColumn
  /** Views of the source. */
  | { readonly kind: "octets"; readonly values: readonly Uint8Array[] }
  | { readonly kind: "texts"; readonly type: "visible-string" | "utf8-string"; readonly values: readonly string[] }
  | { readonly kind: "mixed"; readonly values: readonly DlmsData[] };

/** Times: octet-string of 12 or date-time. */
export interface InstantColumn {
  readonly kind: "instants";
  /** UTC milliseconds since 1970; NaN where there is no value, or where it names no instant. */
  readonly instants: Float64Array;
  /** Minutes to add to local time to get UTC; the assumed ones where not specified. */
  readonly deviations: Int16Array;
  /** Clock status; 255 where not specified. */
  readonly statuses: Uint8Array;
}

export interface ColumnOptions {
  /**
   * Whether null-data behind a value stands for the value before it, as it does in buffers of meters that compress
   * them (Blue Book 4.3.6); true unless said otherwise. In a column of times it stands for the time before it plus
   * {@link capturePeriod}.
   */
  readonly expandNulls?: boolean;
  /** Milliseconds between rows. Without it, or with 0, a null-data in a column of times stays without value. */
  readonly capturePeriod?: number;
  /** Whether delta types are added to the value before them (conformance delta-value-encoding); true unless said otherwise. */
  readonly expandDeltas?: boolean;
  /** Columns whose octet-strings are times; without it those whose first value can be one. */
  readonly clockColumns?: readonly number[];
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
   * @throws DecodeError for a delta without base, or text that is not UTF-8
   */
  column(index: number): Column;
  /** One cell as it is on the wire, nothing expanded. @throws DecodeError */
  cell(row: number, column: number): DlmsData;
}

/**
 * The columns of an array of structures, or of a compact-array of them. Views in the result live as long as `bytes`.
 * @throws DecodeError
 */
export function decodeColumns(bytes: Uint8Array, options: ColumnOptions = {}): ColumnTable {
  const cells = scanCells(bytes);
  const { rowCount, columnCount } = cells;
  const columns: Column[] = [];
  return {
    rowCount,
    columnCount,
    column(index) {
      if (rowCount === 0) return { kind: "mixed", values: [] };
      if (!Number.isInteger(index) || index < 0 || index >= columnCount)
        throw new InvariantError(`column ${index} of a table of ${columnCount}`);
      return (columns[index] ??= decodeColumn(cells, index, options));
    },
    cell: (row, column) => cells.read(row, column),
  };
}

function decodeColumn(cells: Cells, column: number, options: ColumnOptions): Column {
  const { expandDeltas = true } = options;
  const { tag, deltas } = shapeOf(cells, column);
  if (tag === undefined || (deltas && !expandDeltas)) return dataColumn(cells, column, options);
  const type = dataTypeOf(tag);
  switch (type) {
    case "boolean":
    case "double-long":
    case "double-long-unsigned":
    case "floating-point":
    case "bcd":
    case "integer":
    case "long":
    case "unsigned":
    case "long-unsigned":
    case "enum":
    case "float32":
    case "float64":
      return { kind: "numbers", type, values: numbers(cells, column, tag, options) };
    case "long64":
    case "long64-unsigned": {
      const values = bigints(cells, column, tag, options);
      return values === undefined ? dataColumn(cells, column, options) : { kind: "bigints", type, values };
    }
    case "date-time":
      return deltas ? dataColumn(cells, column, options) : instants(cells, column, tag, options);
    case "octet-string": {
      if (deltas) return dataColumn(cells, column, options);
      if (isClock(cells, column, options)) return instants(cells, column, tag, options);
      const values = repeated(cells, column, tag, options, (at) => octetStringAt(cells.bytes, at));
      return values === undefined ? dataColumn(cells, column, options) : { kind: "octets", values };
    }
    case "visible-string":
    case "utf8-string": {
      const codec = scalarCodecs[type];
      const values = deltas ? undefined : repeated(cells, column, tag, options, (at) => codec.read(new ByteReader(cells.bytes, at)));
      return values === undefined ? dataColumn(cells, column, options) : { kind: "texts", type, values };
    }
    default:
      return dataColumn(cells, column, options);
  }
}

const nullTag = dataTag["null-data"];

function isDelta(tag: number): boolean {
  return tag >= dataTag["delta-integer"] && tag <= dataTag["delta-double-long-unsigned"];
}

/** The tag that all cells of a column have, apart from nulls and deltas; undefined where they differ or are nothing else. */
function shapeOf(cells: Cells, column: number): { readonly tag: number | undefined; readonly deltas: boolean } {
  const common = cells.columnTag(column);
  if (common !== undefined) return { tag: common === nullTag || isDelta(common) ? undefined : common, deltas: isDelta(common) };
  let found: number | undefined;
  let deltas = false;
  for (let row = 0; row < cells.rowCount; row++) {
    const tag = cells.tag(row, column);
    if (tag === found || tag === nullTag) continue;
    if (isDelta(tag)) deltas = true;
    else if (found === undefined) found = tag;
    else return { tag: undefined, deltas: false };
  }
  return { tag: found, deltas };
}

/** A number of any type with up to 32 bits, a float, or a delta. */
function numberAt(view: DataView, tag: number, at: number): number {
  switch (tag) {
    case dataTag["double-long-unsigned"]:
    case dataTag["delta-double-long-unsigned"]:
      return view.getUint32(at);
    case dataTag["long-unsigned"]:
    case dataTag["delta-long-unsigned"]:
      return view.getUint16(at);
    case dataTag["double-long"]:
    case dataTag["delta-double-long"]:
      return view.getInt32(at);
    case dataTag.long:
    case dataTag["delta-long"]:
      return view.getInt16(at);
    case dataTag.integer:
    case dataTag["delta-integer"]:
      return view.getInt8(at);
    case dataTag["floating-point"]:
    case dataTag.float32:
      return view.getFloat32(at);
    case dataTag.float64:
      return view.getFloat64(at);
    case dataTag.boolean:
      return view.getUint8(at) === 0 ? 0 : 1;
    default:
      return view.getUint8(at);
  }
}

function numbers(cells: Cells, column: number, type: number, { expandNulls = true }: ColumnOptions): Float64Array {
  const { view, rowCount } = cells;
  const values = new Float64Array(rowCount);
  if (cells.columnTag(column) !== undefined) {
    for (let row = 0; row < rowCount; row++) values[row] = numberAt(view, type, cells.at(row, column));
    return values;
  }
  let previous: number | undefined;
  for (let row = 0; row < rowCount; row++) {
    const tag = cells.tag(row, column);
    const at = cells.at(row, column);
    if (tag === type) previous = numberAt(view, tag, at);
    else if (tag !== nullTag) previous = base(previous, at) + numberAt(view, tag, at);
    values[row] = previous === undefined || (tag === nullTag && !expandNulls) ? Number.NaN : previous;
  }
  return values;
}

/** Undefined where a cell has no value, which these arrays cannot express. */
function bigints(
  cells: Cells,
  column: number,
  type: number,
  { expandNulls = true }: ColumnOptions,
): BigInt64Array | BigUint64Array | undefined {
  const { view, rowCount } = cells;
  const signed = type === dataTag.long64;
  const values = signed ? new BigInt64Array(rowCount) : new BigUint64Array(rowCount);
  let previous: bigint | undefined;
  for (let row = 0; row < rowCount; row++) {
    const tag = cells.tag(row, column);
    const at = cells.at(row, column);
    if (tag === type) previous = signed ? view.getBigInt64(at) : view.getBigUint64(at);
    else if (tag !== nullTag) previous = base(previous, at) + BigInt(numberAt(view, tag, at));
    if (previous === undefined || (tag === nullTag && !expandNulls)) return undefined;
    values[row] = previous;
  }
  return values;
}

/** The value before a delta. */
function base<T>(previous: T | undefined, at: number): T {
  if (previous === undefined) throw new DecodeError("out-of-range", "delta", at, `delta: no value before it, at offset ${at}`);
  return previous;
}

function octetStringAt(bytes: Uint8Array, at: number): Uint8Array {
  const length = bytes[at] as number;
  if (length < 0x80) return bytes.subarray(at + 1, at + 1 + length);
  const reader = new ByteReader(bytes, at);
  return reader.bytes(readLength(reader, "octet-string"), "octet-string");
}

/**
 * Offset of the twelve octets of a time; undefined for an octet-string that is none. An empty one is the null-data of a
 * compact-array, whose cells cannot change their type (notes on the Green Book, 4.3).
 */
function timeAt(cells: Cells, tag: number, at: number): number | undefined {
  if (tag === dataTag["date-time"]) return at;
  if (cells.bytes[at] === dateTimeLength) return at + 1;
  const octets = octetStringAt(cells.bytes, at);
  return octets.length === dateTimeLength ? octets.byteOffset - cells.bytes.byteOffset : undefined;
}

/** Whether all values of a column of octet-strings are times, or empty. */
function isClock(cells: Cells, column: number, { clockColumns }: ColumnOptions): boolean {
  if (clockColumns !== undefined && !clockColumns.includes(column)) return false;
  let found = false;
  const rows = cells.regular ? 1 : cells.rowCount;
  for (let row = 0; row < rows; row++) {
    const at = cells.at(row, column);
    if (cells.tag(row, column) === nullTag) continue;
    const time = timeAt(cells, dataTag["octet-string"], at);
    if (time === undefined) {
      if (octetStringAt(cells.bytes, at).length > 0) return false;
    } else if (!found) {
      if (clockColumns === undefined && !plausibleDateTime(cells.view, time)) return false;
      found = true;
    }
  }
  return found;
}

function instants(
  cells: Cells,
  column: number,
  type: number,
  { expandNulls = true, capturePeriod = 0, assumedDeviation = 0 }: ColumnOptions,
): InstantColumn {
  const { view, rowCount } = cells;
  const expand = expandNulls && capturePeriod > 0;
  const instants = new Float64Array(rowCount);
  const deviations = new Int16Array(rowCount);
  const statuses = new Uint8Array(rowCount);
  for (let row = 0; row < rowCount; row++) {
    const time = cells.tag(row, column) === type ? timeAt(cells, type, cells.at(row, column)) : undefined;
    if (time !== undefined) {
      const deviation = view.getInt16(time + 9);
      instants[row] = instantAt(view, time, assumedDeviation);
      deviations[row] = deviation === unspecifiedDeviation ? assumedDeviation : deviation;
      statuses[row] = view.getUint8(time + 11);
    } else {
      const repeat = expand && row > 0;
      instants[row] = repeat ? (instants[row - 1] as number) + capturePeriod : Number.NaN;
      deviations[row] = repeat ? (deviations[row - 1] as number) : assumedDeviation;
      statuses[row] = repeat ? (statuses[row - 1] as number) : 0xff;
    }
  }
  return { kind: "instants", instants, deviations, statuses };
}

/** Values of a type without NaN; undefined where a cell has no value. */
function repeated<T>(
  cells: Cells,
  column: number,
  type: number,
  { expandNulls = true }: ColumnOptions,
  read: (at: number) => T,
): readonly T[] | undefined {
  const values: T[] = [];
  let previous: T | undefined;
  for (let row = 0; row < cells.rowCount; row++) {
    const isNull = cells.tag(row, column) !== type;
    if (!isNull) previous = read(cells.at(row, column));
    if (previous === undefined || (isNull && !expandNulls)) return undefined;
    values.push(previous);
  }
  return values;
}

function dataColumn(cells: Cells, column: number, { expandNulls = true, expandDeltas = true }: ColumnOptions): Column {
  const values: DlmsData[] = [];
  let previous: DlmsData | undefined;
  for (let row = 0; row < cells.rowCount; row++) {
    let value = cells.read(row, column);
    if (value.type === "null-data") {
      if (expandNulls && previous !== undefined) value = previous;
    } else {
      if (expandDeltas && value.type.startsWith("delta-")) value = added(previous, value, cells.at(row, column));
      previous = value;
    }
    values.push(value);
  }
  return { kind: "mixed", values };
}

/** A delta added to the integer before it, which keeps its type. */
function added(previous: DlmsData | undefined, delta: DlmsData, at: number): DlmsData {
  const by = delta.value as number;
  const value = base(previous, at).value;
  if (typeof value === "bigint") return { type: previous?.type, value: value + BigInt(by) } as DlmsData;
  if (typeof value === "number") return { type: previous?.type, value: value + by } as DlmsData;
  throw new DecodeError("out-of-range", "delta", at, `delta: the value before it is no number, at offset ${at}`);
}
