import { ByteReader } from "../../bytes/byte-reader.ts";
import { DecodeError } from "../../errors.ts";
import { openCompactArray, readContents, skipContents, tooManyRows } from "./compact-array.ts";
import { readData, skipData } from "./data.ts";
import { type DataType, dataTag, dataTypeOf } from "./data-type.ts";
import type { DlmsData, ElementDescription } from "./dlms-data.ts";
import { readCount } from "./length.ts";
import { scalarCodecs } from "./scalar.ts";

/** Where the cells are: at equal distances from row to row, or each at its own offset, row after row. */
type Layout = { readonly firstRow: Int32Array; readonly stride: number } | { readonly offsets: Int32Array };

interface Grid {
  readonly bytes: Uint8Array;
  readonly rowCount: number;
  readonly columnCount: number;
  readonly layout: Layout;
  /** Tag of each column, where all its cells have the same; undefined where the tag stands before each cell. */
  readonly columnTags: Uint8Array | undefined;
  /** Types of the columns of a compact-array. */
  readonly descriptions?: readonly ElementDescription[];
}

/** The cells of one column, by row. */
export interface ColumnCells {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly tags: Uint8Array;
  /** Offset of the body of each cell, behind its tag if it has one. */
  readonly bodies: Int32Array;
  /** A cell as a tree. @throws DecodeError for contents that skipping does not look at, such as UTF-8 */
  readonly read: (row: number) => DlmsData;
}

/**
 * The cells of a table of values: where each is and what type it has, nothing decoded. Made by {@link scanCells}, which
 * has checked that every cell lies within the octets.
 */
export class Cells {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly rowCount: number;
  readonly columnCount: number;
  readonly #offsets: Int32Array | undefined;
  readonly #firstRow: Int32Array;
  readonly #stride: number;
  readonly #columnTags: Uint8Array | undefined;
  readonly #descriptions: readonly ElementDescription[] | undefined;

  constructor(grid: Grid) {
    this.bytes = grid.bytes;
    this.view = new DataView(grid.bytes.buffer, grid.bytes.byteOffset, grid.bytes.byteLength);
    this.rowCount = grid.rowCount;
    this.columnCount = grid.columnCount;
    const { layout } = grid;
    this.#offsets = "offsets" in layout ? layout.offsets : undefined;
    this.#firstRow = "offsets" in layout ? layout.offsets.subarray(0, grid.columnCount) : layout.firstRow;
    this.#stride = "offsets" in layout ? 0 : layout.stride;
    this.#columnTags = grid.columnTags;
    this.#descriptions = grid.descriptions;
  }

  /** The cells of the column at `index`. */
  column(index: number): ColumnCells {
    const { bytes, view, rowCount } = this;
    const bodies = new Int32Array(rowCount);
    for (let row = 0; row < rowCount; row++) bodies[row] = this.#body(row, index);
    const tag = this.#columnTags?.[index];
    const tags = new Uint8Array(rowCount);
    if (tag !== undefined) tags.fill(tag);
    else for (let row = 0; row < rowCount; row++) tags[row] = bytes[(bodies[row] as number) - 1] as number;
    return { bytes, view, tags, bodies, read: (row) => this.read(row, index) };
  }

  /** A cell as a tree. @throws DecodeError for contents that skipping does not look at, such as UTF-8 */
  read(row: number, column: number): DlmsData {
    const body = this.#body(row, column);
    const description = this.#descriptions?.[column];
    return description === undefined
      ? readData(new ByteReader(this.bytes, body - 1))
      : readContents(new ByteReader(this.bytes, body), description);
  }

  #body(row: number, column: number): number {
    return this.#offsets === undefined
      ? (this.#firstRow[column] as number) + row * this.#stride
      : (this.#offsets[row * this.columnCount + column] as number);
  }
}

/**
 * Finds the cells of an array of structures, an array of simple values (one column), or a compact-array of either.
 * @throws DecodeError, also where rows differ in their number of cells
 */
export function scanCells(bytes: Uint8Array): Cells {
  const reader = new ByteReader(bytes);
  switch (reader.u8("table")) {
    case dataTag.array:
      return scanArray(bytes, reader);
    case dataTag["compact-array"]:
      return scanCompactArray(bytes, reader);
    default:
      throw reader.error("bad-tag", "table", "neither array nor compact-array", 0);
  }
}

/** The first row of an array, and what any row must repeat to have its cells in the same places. */
interface Pattern {
  readonly columnCount: number;
  readonly length: number;
  /** Body of each cell, counted from the start of the row. */
  readonly bodies: Int32Array;
  readonly tags: Uint8Array;
  /** Octets that decide the layout: the header, tags and lengths; counted from the start of the row. */
  readonly fixed: Int32Array;
  /** False where a cell is itself made of values: such rows are walked one by one. */
  readonly simple: boolean;
}

function scanArray(bytes: Uint8Array, reader: ByteReader): Cells {
  const rowCount = readCount(reader, "table");
  if (rowCount === 0) {
    reader.expectEnd("table");
    return noCells(bytes);
  }
  const start = reader.offset;
  const pattern = readPattern(reader, bytes);
  const { columnCount, length, bodies, tags } = pattern;
  const alike = pattern.simple ? countAlike(bytes, start, rowCount, pattern) : 1;
  if (alike === rowCount) {
    reader.skip(length * (rowCount - 1));
    reader.expectEnd("table");
    return new Cells({
      bytes,
      rowCount,
      columnCount,
      layout: { firstRow: bodies.map((body) => start + body), stride: length },
      columnTags: tags,
    });
  }
  reader.skip(length * (alike - 1));
  // Each cell takes an octet at least; this bounds what is allocated.
  if ((rowCount - alike) * columnCount > reader.remaining) {
    throw new DecodeError("truncated", "table", start, `table: ${rowCount} rows cannot fit into ${bytes.length} octets`);
  }
  const offsets = new Int32Array(rowCount * columnCount);
  for (let row = 0; row < alike; row++) {
    for (let column = 0; column < columnCount; column++) {
      offsets[row * columnCount + column] = start + row * length + (bodies[column] as number);
    }
  }
  for (let row = alike, index = alike * columnCount; row < rowCount; row++) {
    readHeader(reader, columnCount);
    for (let column = 0; column < columnCount; column++, index++) {
      offsets[index] = reader.offset + 1;
      skipData(reader);
    }
  }
  reader.expectEnd("table");
  return new Cells({ bytes, rowCount, columnCount, layout: { offsets }, columnTags: undefined });
}

/** Header of a row: the number of its cells. A row that is no structure is its own only cell and has no header. */
function readHeader(reader: ByteReader, expected?: number): number {
  const start = reader.offset;
  let count = 1;
  if (reader.peek() === dataTag.structure) {
    reader.skip(1);
    count = readCount(reader, "row");
  }
  if (expected !== undefined && count !== expected) throw reader.error("bad-length", "row", `${count} cells instead of ${expected}`, start);
  return count;
}

function readPattern(reader: ByteReader, bytes: Uint8Array): Pattern {
  const start = reader.offset;
  const columnCount = readHeader(reader);
  const fixed: number[] = [];
  for (let offset = start; offset < reader.offset; offset++) fixed.push(offset - start);
  const bodies = new Int32Array(columnCount);
  const tags = new Uint8Array(columnCount);
  let simple = true;
  for (let column = 0; column < columnCount; column++) {
    const at = reader.offset;
    const tag = bytes[at] as number;
    skipData(reader);
    const type = dataTypeOf(tag);
    bodies[column] = at + 1 - start;
    tags[column] = tag;
    fixed.push(at - start);
    if (type === "array" || type === "structure" || type === "compact-array") {
      simple = false;
    } else if (type !== undefined && scalarCodecs[type].size === undefined) {
      for (let offset = at + 1; offset < at + 1 + lengthOctets(bytes[at + 1] as number); offset++) fixed.push(offset - start);
    }
  }
  return { columnCount, length: reader.offset - start, bodies, tags, fixed: Int32Array.from(fixed), simple };
}

/** Octets that a length takes which begins with this one. */
function lengthOctets(first: number): number {
  return first < 0x80 ? 1 : 1 + (first & 0x7f);
}

/** Rows from the first on that have the layout of the first. */
function countAlike(bytes: Uint8Array, start: number, rowCount: number, { length, fixed }: Pattern): number {
  let alike = Math.min(rowCount, Math.floor((bytes.length - start) / length));
  for (const offset of fixed) {
    const expected = bytes[start + offset];
    for (let row = 1, at = start + offset + length; row < alike; row++, at += length) if (bytes[at] !== expected) alike = row;
  }
  return alike;
}

function scanCompactArray(bytes: Uint8Array, reader: ByteReader): Cells {
  const { element, contents, rowWidth, rowLimit } = openCompactArray(reader, 0);
  reader.expectEnd("table");
  const descriptions = element.type === "structure" ? element.elements : [element];
  const columnCount = descriptions.length;
  if (contents.remaining === 0) return noCells(bytes, columnCount);
  const columnTags = Uint8Array.from(descriptions, ({ type }) => dataTag[type]);
  const widths = Int32Array.from(descriptions, ({ type }) => cellWidth(type));
  const offsets: number[] = [];
  let end = contents.offset;
  const scanRow = () => {
    for (let column = 0; column < columnCount; column++) {
      offsets.push(end);
      const width = widths[column] as number;
      const first = bytes[end] as number;
      if (width >= 0) {
        end += width;
      } else if (width === counted && first < 0x80) {
        end += 1 + first;
      } else {
        const cell = new ByteReader(bytes, end);
        skipContents(cell, descriptions[column] as ElementDescription);
        end = cell.offset;
      }
    }
    if (end > bytes.length) throw new DecodeError("truncated", "row", bytes.length, `row: ends ${end - bytes.length} octets early`);
  };
  if (rowWidth !== undefined) {
    const rowCount = contents.remaining / rowWidth;
    scanRow();
    const layout = { firstRow: new Int32Array(offsets), stride: rowWidth };
    return new Cells({ bytes, rowCount, columnCount, layout, columnTags, descriptions });
  }
  let rowCount = 0;
  for (; end < bytes.length; rowCount++) {
    if (rowCount >= rowLimit) throw tooManyRows(contents);
    scanRow();
  }
  return new Cells({ bytes, rowCount, columnCount, layout: { offsets: new Int32Array(offsets) }, columnTags, descriptions });
}

/** Widths of cells that tell theirs: octets behind their number, and all else. */
const counted = -1;
const other = -2;

/** Octets that the contents of any cell of this type take. */
function cellWidth(type: DataType): number {
  switch (type) {
    case "octet-string":
    case "visible-string":
    case "utf8-string":
      return counted;
    case "array":
    case "structure":
    case "compact-array":
      return other;
    default:
      return scalarCodecs[type].size ?? other;
  }
}

function noCells(bytes: Uint8Array, columnCount = 0): Cells {
  return new Cells({ bytes, rowCount: 0, columnCount, layout: { offsets: new Int32Array(0) }, columnTags: undefined });
}
