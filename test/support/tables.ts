import type fc from "fast-check";
import { ByteWriter } from "../../src/bytes/byte-writer.ts";
import { fromHex } from "../../src/bytes/hex.ts";
import { type Column, type ColumnOptions, decodeColumns, type NumberType } from "../../src/dlms/axdr/columns.ts";
import { encodeData, writeData } from "../../src/dlms/axdr/data.ts";
import { instantToDateTime, writeDateTime } from "../../src/dlms/axdr/date-time.ts";
import type { DlmsData, ElementDescription } from "../../src/dlms/axdr/dlms-data.ts";
import type { ScalarType } from "../../src/dlms/axdr/scalar.ts";
import { type TableEncoding, type TableOptions, writeTable } from "../../src/dlms/axdr/table-writer.ts";
import { scalars } from "./arbitraries.ts";
import { plain } from "./vectors.ts";

/*
 * Profile buffers for tests of columns: building them from cells, and comparing what is read back.
 */

/** ms between the rows of these tables. */
export const capturePeriod = 900_000;
/** Minutes, for times that do not say. */
export const assumedDeviation = -60;
/** Stands for a cell without value in {@link valuesOf}. */
export const none = "none";

/** The values of a column in a form that does not depend on its kind. */
export function valuesOf(column: Column): unknown[] {
  switch (column.kind) {
    case "numbers":
    case "bigints":
      return Array.from<number | bigint, unknown>(column.values as Float64Array, comparable);
    case "instants":
      return Array.from(column.instants, comparable);
    case "octets":
    case "texts":
      return (column.values as readonly unknown[]).map(comparable);
    case "mixed":
      return column.values.map(({ value }) => comparable(value));
  }
}

/** A cell as {@link valuesOf} gives it. */
export function comparable(value: unknown): unknown {
  if (value === null || (typeof value === "number" && Number.isNaN(value))) return none;
  if (typeof value === "boolean") return value ? 1 : 0;
  return plain(value);
}

/** Every column of the octets. */
export function allColumns(bytes: Uint8Array, options?: ColumnOptions): Column[] {
  const table = decodeColumns(bytes, options);
  return Array.from({ length: table.columnCount }, (_, index) => table.column(index));
}

/** {@link valuesOf} of every column of the octets. */
export function valuesOfAll(bytes: Uint8Array, options?: ColumnOptions): unknown[][] {
  return allColumns(bytes, options).map(valuesOf);
}

function structures(rows: readonly (readonly DlmsData[])[]): DlmsData[] {
  return rows.map((value) => ({ type: "structure", value }));
}

/** The buffer as an array of structures. */
export function arrayOf(rows: readonly (readonly DlmsData[])[]): Uint8Array {
  return encodeData({ type: "array", value: structures(rows) });
}

/** The buffer as a compact-array of structures of these types. */
export function compactArrayOf(types: readonly ElementDescription[], rows: readonly (readonly DlmsData[])[]): Uint8Array {
  return encodeData({ type: "compact-array", value: { element: { type: "structure", elements: types }, rows: structures(rows) } });
}

/** Any cell of this type. */
export function scalarOf(type: ScalarType): fc.Arbitrary<DlmsData> {
  return (scalars[type] as fc.Arbitrary<unknown>).map((value) => ({ type, value }) as DlmsData);
}

/** The date-time of an instant; local by the assumed deviation where it does not say. */
export function clockOctets(time: number, deviation: number | undefined): Uint8Array {
  const writer = new ByteWriter();
  writeDateTime(writer, { ...instantToDateTime(time, deviation ?? assumedDeviation), deviation });
  return writer.finish();
}

/** {@link clockOctets} as a cell. */
export function clockCell(time: number, deviation: number | undefined = 0): DlmsData {
  return { type: "octet-string", value: clockOctets(time, deviation) };
}

/** A cell of this type. */
export function number(type: NumberType, value: number): DlmsData {
  return { type, value } as DlmsData;
}

/** A cell left out. */
export const nullData: DlmsData = { type: "null-data", value: null };
/** A time left out of a compact-array. */
export const noTime: DlmsData = { type: "octet-string", value: new Uint8Array(0) };
/** A time of which nothing is specified. */
export const wildcardTime: DlmsData = { type: "octet-string", value: fromHex("FFFF FF FF FF FF FF FF FF 8000 FF") };

/** Every way a table can go over the wire. */
export const encodings: readonly TableEncoding[] = ["plain", "null-compressed", "delta", "compact-array", "null-compressed-compact-array"];

/** What is written of a table of these rows. */
export function writtenTable(rows: readonly (readonly DlmsData[])[], columnCount: number, options: TableOptions): Uint8Array {
  const writer = new ByteWriter();
  const writeCell = (row: number, column: number, target: ByteWriter) => writeData(target, rows[row]?.[column] as DlmsData);
  writeTable(writer, { rowCount: rows.length, columnCount, writeCell }, options);
  return writer.finish();
}
