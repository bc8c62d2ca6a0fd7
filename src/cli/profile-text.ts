import type { PlainValue } from "../cosem-objects/plain-value.ts";
import type { ProfileColumn, ProfileTable } from "../cosem-objects/profile-table.ts";
import { toJson } from "./output.ts";
import { displayPlain } from "./readings.ts";
import { formatTable } from "./table.ts";

type ProfileHead = Pick<ProfileTable, "logicalName" | "capturePeriod" | "columns">;

/** How a profile is written row by row; each line ends with LF, the last one too. */
export interface RowFormat {
  /** What stands before the first row. */
  head(profile: ProfileHead): string;
  row(cells: readonly PlainValue[]): string;
}

/** The formats of `--resume`: CSV (RFC 4180) under its titles, and JSON lines behind a line that describes the columns. */
export const rowFormats = {
  csv: { head: ({ columns }) => csvLine(titlesOf(columns)), row: (cells) => csvLine(cells.map(csvCell)) },
  json: { head: (profile) => `${toJson(headJson(profile))}\n`, row: (cells) => `${toJson(cells)}\n` },
} as const satisfies Readonly<Record<string, RowFormat>>;

export type RowFormatName = keyof typeof rowFormats;

/** A profile as `dlms profile --json` shows it; the keys are an interface. */
export function profileJson(table: ProfileTable) {
  return { ...headJson(table), rows: rowsOf(table) };
}

/** The whole profile as CSV, without a line end after the last row. */
export function profileCsv(table: ProfileTable): string {
  const { head, row } = rowFormats.csv;
  return [head(table), ...rowsOf(table).map(row)].join("").slice(0, -1);
}

/** The whole profile for people. */
export function profileText(table: ProfileTable, width: number | undefined): string {
  const columns = titlesOf(table.columns).map((title, index) => ({ title, align: index === 0 ? ("left" as const) : ("right" as const) }));
  return formatTable(
    columns,
    rowsOf(table).map((row) => row.map(displayPlain)),
    { width },
  );
}

/** One line of CSV (RFC 4180): quotes around what holds a separator, and doubled within. */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map((text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)).join(",")}\n`;
}

/** A value as a cell of CSV, nothing for null. */
export function csvCell(value: PlainValue): string {
  return value === null ? "" : displayPlain(value);
}

/** Rows as they are shown. */
function rowsOf(table: ProfileTable): readonly (readonly PlainValue[])[] {
  return Array.from({ length: table.rowCount }, (_, row) => table.row(row));
}

function headJson({ logicalName, capturePeriod, columns }: ProfileHead) {
  return {
    logicalName,
    capturePeriod,
    columns: columns.map(({ logicalName, classId, attribute, name, unit }) => ({
      logicalName,
      classId,
      attribute,
      name,
      ...(unit === undefined ? {} : { unit }),
    })),
  };
}

function titlesOf(columns: readonly ProfileColumn[]): readonly string[] {
  return columns.map(({ name, unit }) => (unit === undefined ? name : `${name} [${unit}]`));
}
