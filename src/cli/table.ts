/** A column of a table; numbers read best when aligned to the right. */
export interface Column {
  readonly title: string;
  readonly align?: "left" | "right";
}

export interface TableOptions {
  /** Columns of the screen; the table is made to fit. Absent: as wide as it takes. */
  readonly width?: number | undefined;
}

const gap = "  ";
const narrowestCell = 6;
const ellipsis = "…";

/**
 * Rows under aligned titles, without a line end after the last. Line ends and other controls in cells become spaces. On a
 * narrow screen text is shortened, but numbers never are: half a number is a wrong one. Where that is not enough, each row
 * becomes a block with a line for each cell.
 */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[], options: TableOptions = {}): string {
  const titles = columns.map(({ title }) => clean(title));
  const cells = rows.map((row) => columns.map((_, index) => clean(row[index] ?? "")));
  const widths = fitWidths(columns, titles, cells, options.width ?? Number.POSITIVE_INFINITY);
  if (widths === undefined) return stack(columns, titles, cells, options.width ?? 0);
  const layOut = (row: readonly string[]) =>
    columns.map(({ align }, index) => pad(shorten(row[index] ?? "", widths[index] ?? 0), widths[index] ?? 0, align ?? "left")).join(gap);
  return [titles, ...cells].map((row) => layOut(row).trimEnd()).join("\n");
}

/** Takes from the widest column that can give, one place at a time, until the table fits; undefined where it cannot. */
function fitWidths(
  columns: readonly Column[],
  titles: readonly string[],
  cells: readonly (readonly string[])[],
  width: number,
): readonly number[] | undefined {
  const widest = (texts: readonly string[]) => texts.reduce((most, text) => Math.max(most, displayWidth(text)), 0);
  const contents = columns.map((_, index) => widest(cells.map((row) => row[index] ?? "")));
  const widths = titles.map((title, index) => Math.max(contents[index] ?? 0, displayWidth(title)));
  const least = columns.map(({ align }, index) =>
    Math.min(widths[index] ?? 0, align === "right" ? Math.max(contents[index] ?? 0, narrowestCell) : narrowestCell),
  );
  let excess = sum(widths) + gap.length * (widths.length - 1) - width;
  for (; excess > 0; excess--) {
    const giving = widths.map((one, index) => (one > (least[index] ?? 0) ? one : 0));
    const most = Math.max(...giving);
    if (most === 0) return undefined;
    widths[giving.lastIndexOf(most)] = most - 1;
  }
  return widths;
}

/** A block for each row, its titles in front of what cells are not empty, and an empty line between blocks. */
function stack(columns: readonly Column[], titles: readonly string[], cells: readonly (readonly string[])[], width: number): string {
  const titleWidth = Math.min(Math.max(...titles.map(displayWidth)), Math.max(narrowestCell, Math.floor(width / 2) - gap.length));
  const room = Math.max(narrowestCell, width - titleWidth - gap.length);
  const line = (title: string, text: string, { align }: Column) =>
    `${pad(shorten(title, titleWidth), titleWidth, "left")}${gap}${align === "right" ? text : shorten(text, room)}`.trimEnd();
  if (cells.length === 0) return titles.map((title) => shorten(title, Math.max(narrowestCell, width))).join("\n");
  const block = (row: readonly string[]) =>
    columns.flatMap((column, index) => (row[index] === "" ? [] : [line(titles[index] ?? "", row[index] ?? "", column)])).join("\n");
  return cells.map(block).join("\n\n");
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
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
