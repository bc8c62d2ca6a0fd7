import type { PageRows, PageValue } from "./contract.ts";

/** Rows as a file: CSV with a line of titles (RFC 4180), the meter's own stamps first. */
export function rowsCsv({ columns, stamps, cells }: PageRows): string {
  const titles = ["time", ...columns.map(({ name, unit }) => (unit === null ? name : `${name} [${unit}]`))];
  const rows = stamps.map((stamp, row) => [stamp, ...cells.map((column) => textOf(column[row] ?? null))]);
  return [titles, ...rows].map((line) => `${line.map(quoted).join(",")}\r\n`).join("");
}

function textOf(value: PageValue): string {
  if (value === null) return "";
  return Array.isArray(value) ? value.join(" ") : String(value);
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
