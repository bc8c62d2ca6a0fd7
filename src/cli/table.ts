/** A column of a table; numbers read best when aligned to the right. */
export interface Column {
  readonly title: string;
  readonly align?: "left" | "right";
}

export interface TableOptions {
  /** Columns of the screen; cells are shortened until the table fits. Absent: as wide as it takes. */
  readonly width?: number | undefined;
}

const gap = "  ";
const narrowestCell = 6;
const ellipsis = "…";

/** Rows under aligned titles, without a line end after the last. Line ends and other controls in cells become spaces. */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[], options: TableOptions = {}): string {
  const cells = [columns.map(({ title }) => title), ...rows].map((row) => columns.map((_, index) => clean(row[index] ?? "")));
  const widths = fitWidths(
    columns.map((_, index) => cells.reduce((widest, row) => Math.max(widest, displayWidth(row[index] ?? "")), 0)),
    options.width,
  );
  const layOut = (row: readonly string[]) =>
    columns.map(({ align }, index) => pad(shorten(row[index] ?? "", widths[index] ?? 0), widths[index] ?? 0, align ?? "left")).join(gap);
  return cells.map((row) => layOut(row).trimEnd()).join("\n");
}

/** Takes from the widest column, one place at a time, until the table fits or no column can give more. */
function fitWidths(natural: readonly number[], width: number | undefined): readonly number[] {
  const widths = [...natural];
  let excess = width === undefined ? 0 : widths.reduce((sum, one) => sum + one, 0) + gap.length * (widths.length - 1) - width;
  for (; excess > 0; excess--) {
    const widest = Math.max(...widths);
    if (widest <= narrowestCell) break;
    widths[widths.lastIndexOf(widest)] = widest - 1;
  }
  return widths;
}

function clean(text: string): string {
  return text.replace(/\p{Cc}+/gu, " ");
}

function pad(text: string, width: number, align: "left" | "right"): string {
  const space = " ".repeat(Math.max(0, width - displayWidth(text)));
  return align === "right" ? space + text : text + space;
}

function shorten(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let short = "";
  let used = 0;
  for (const character of text) {
    used += characterWidth(character);
    if (used > width - 1) break;
    short += character;
  }
  return short + ellipsis;
}

/** How many columns of a terminal the text takes: marks that combine take none, East Asian wide characters and emoji two. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

function characterWidth(character: string): number {
  if (/^[\p{Mn}\p{Me}\p{Cf}]$/u.test(character)) return 0;
  return /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]$|^[\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]$/u.test(
    character,
  )
    ? 2
    : 1;
}
