import { ByteReader } from "../../bytes/byte-reader.ts";
import { ByteWriter } from "../../bytes/byte-writer.ts";
import { compactColumns, writeCompactTable } from "./compact-table.ts";
import { readData } from "./data.ts";
import { dataTag } from "./data-type.ts";
import { deltaTag, deltaWidth, difference, type IntegerType, integerTypeOf, integerWidth } from "./integer-cells.ts";
import { writeLength } from "./length.ts";
import { copyOctets, layOut, type SourceColumn, type WireColumn, writeRows } from "./rows-writer.ts";
import { impliedTimes, timesOf } from "./times.ts";

/**
 * How the rows of a profile go over the wire. Null-compressed leaves out times that follow from the one before, and
 * values equal to the one before; delta sends, besides, integers as what they changed by. A compact-array has no tags
 * in its rows, and a null-compressed one leaves out times.
 */
export type TableEncoding = "plain" | "null-compressed" | "delta" | "compact-array" | "null-compressed-compact-array";

/** A table to be written. */
export interface TableSource {
  readonly rowCount: number;
  readonly columnCount: number;
  /** Appends one tagged value, which is not of a delta type. */
  readonly writeCell: (row: number, column: number, writer: ByteWriter) => void;
}

/** What the encodings other than plain have to know of a table. */
export interface TableOptions {
  readonly encoding: TableEncoding;
  /** Columns that are captures of the clock. */
  readonly clockColumns: readonly number[];
  /** Milliseconds between rows, as the reader knows it; 0 leaves out no time. */
  readonly capturePeriod: number;
}

/**
 * Writes a table in an encoding that gives the same values back. Where it would not, what cannot be compressed is written
 * as it is:
 *
 * - Null-data stands for repetition only beside a time that was left out, which tells the reader that it does, and only
 *   in a table none of whose values is genuinely null behind another one.
 * - A compact-array has one type in each column, and only times of type octet-string can be empty in it. A table that does
 *   not fit becomes an array of structures, in full.
 */
export function writeTable(writer: ByteWriter, source: TableSource, options: TableOptions): void {
  const { rowCount, columnCount } = source;
  if (options.encoding === "plain") {
    writeArrayHead(writer, rowCount);
    for (let row = 0; row < rowCount; row++) {
      writeRowHead(writer, columnCount);
      for (let column = 0; column < columnCount; column++) source.writeCell(row, column, writer);
    }
    return;
  }
  const columns = Array.from({ length: columnCount }, (_, column) => readColumn(source, column));
  switch (options.encoding) {
    case "null-compressed":
    case "delta":
      writeArray(writer, rowCount, compress(columns, options));
      return;
    case "compact-array":
    case "null-compressed-compact-array": {
      const timesLeftOut = options.encoding === "compact-array" ? [] : impliedTimesOf(columns, options);
      const compact = compactColumns(columns, timesLeftOut);
      if (compact === undefined || !writeCompactTable(writer, rowCount, compact)) {
        writeArray(
          writer,
          rowCount,
          columns.map((column) => wireColumn(column, column.tags)),
        );
      }
    }
  }
}

/** Octets of most values with their tag: what a column begins with before it grows. */
const likelyCellLength = 8;

/** The cells of a column, written out one behind the other. */
function readColumn({ rowCount, writeCell }: TableSource, column: number): SourceColumn {
  const writer = new ByteWriter(rowCount * likelyCellLength);
  const bodies = new Int32Array(rowCount);
  const lengths = new Int32Array(rowCount);
  for (let row = 0; row < rowCount; row++) {
    const body = writer.length + 1;
    writeCell(row, column, writer);
    bodies[row] = body;
    lengths[row] = writer.length - body;
  }
  const bytes = writer.view();
  const tags = new Uint8Array(rowCount);
  for (let row = 0; row < rowCount; row++) tags[row] = bytes[(bodies[row] as number) - 1] as number;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { bytes, view, tags, bodies, lengths, read: (row) => readData(new ByteReader(bytes, (bodies[row] as number) - 1)) };
}

/** By column, where it is a clock: 1 for each row whose time may be left out. */
type TimesLeftOut = readonly (Uint8Array | undefined)[];

function impliedTimesOf(columns: readonly SourceColumn[], { clockColumns, capturePeriod }: TableOptions): TimesLeftOut {
  return columns.map((column, index) => {
    const times = capturePeriod > 0 && clockColumns.includes(index) ? timesOf(column) : undefined;
    return times?.every((time) => time >= 0) ? impliedTimes(column.view, times, capturePeriod) : undefined;
  });
}

const nullTag = dataTag["null-data"];

/** The columns as they go over the wire: cells in full, left out, or as deltas. */
function compress(columns: readonly SourceColumn[], options: TableOptions): readonly WireColumn[] {
  const timesLeftOut = impliedTimesOf(columns, options);
  const nulls = timesLeftOut.some((times) => times?.includes(1)) && !columns.some(hasNullBehindValue);
  return columns.map((column, index) => {
    const tags = column.tags.slice();
    if (options.clockColumns.includes(index)) {
      if (nulls) leaveOutTimes(tags, timesLeftOut[index]);
      return wireColumn(column, tags);
    }
    if (nulls) leaveOutRepetitions(tags, column);
    return wireColumn(column, tags, options.encoding === "delta" ? chooseDeltas(tags, column) : undefined);
  });
}

/** True where a reader would take a genuine null for a repetition. */
function hasNullBehindValue({ tags }: SourceColumn): boolean {
  const first = tags.findIndex((tag) => tag !== nullTag);
  return first >= 0 && tags.includes(nullTag, first);
}

function leaveOutTimes(tags: Uint8Array, timesLeftOut: Uint8Array | undefined): void {
  for (let row = 0; row < tags.length; row++) if (timesLeftOut?.[row] === 1) tags[row] = nullTag;
}

function leaveOutRepetitions(tags: Uint8Array, { bytes, tags: own, bodies, lengths }: SourceColumn): void {
  for (let row = 1; row < tags.length; row++) {
    const length = lengths[row] as number;
    if (length === 0 || length !== lengths[row - 1] || own[row] !== own[row - 1]) continue;
    if (sameOctets(bytes, bodies[row - 1] as number, bodies[row] as number, length)) tags[row] = nullTag;
  }
}

/** Looks at the last octets first, where numbers that grow differ. */
function sameOctets(bytes: Uint8Array, a: number, b: number, length: number): boolean {
  for (let index = length - 1; index >= 0; index--) if (bytes[a + index] !== bytes[b + index]) return false;
  return true;
}

/** Gives a delta's tag to each integer that one saves octets for. @returns the deltas, by row */
function chooseDeltas(tags: Uint8Array, { view, bodies, tags: own }: SourceColumn): Float64Array {
  const differences = new Float64Array(tags.length);
  let typeTag: number = nullTag;
  let type: IntegerType | undefined;
  let octets = 0;
  for (let row = 1; row < tags.length; row++) {
    const tag = own[row] as number;
    if (tag !== typeTag) {
      typeTag = tag;
      type = integerTypeOf(tag);
      octets = type === undefined ? 0 : integerWidth(type);
    }
    if (type === undefined || tag !== own[row - 1] || tags[row] === nullTag) continue;
    const by = difference(view, type, bodies[row - 1] as number, bodies[row] as number);
    differences[row] = by;
    tags[row] = deltaTag(by, octets) ?? tag;
  }
  return differences;
}

/** @param tags by row, the cell's own for the cell in full, null-data, or that of a delta */
function wireColumn({ bytes, bodies, tags: own, lengths: bodyLengths }: SourceColumn, tags: Uint8Array, deltas?: Float64Array): WireColumn {
  const lengths = new Int32Array(tags.length);
  for (let row = 0; row < tags.length; row++) {
    const tag = tags[row] as number;
    lengths[row] = 1 + (tag === own[row] ? (bodyLengths[row] as number) : deltaWidth(tag));
  }
  return {
    lengths,
    fill(target, offsets) {
      for (let row = 0; row < tags.length; row++) {
        const at = offsets[row] as number;
        const length = lengths[row] as number;
        const tag = tags[row] as number;
        const body = bodies[row] as number;
        if (tag === own[row]) {
          copyOctets(target, at, bytes, body - 1, body - 1 + length);
        } else {
          target[at] = tag;
          if (deltas !== undefined) writeDelta(target, at + 1, at + length, deltas[row] as number);
        }
        offsets[row] = at + length;
      }
    },
  };
}

function writeDelta(target: Uint8Array, from: number, to: number, delta: number): void {
  // A number beyond its octets is cut to them, which gives negative ones their two's complement.
  for (let at = to - 1, rest = delta; at >= from; at--, rest >>= 8) target[at] = rest;
}

function writeArray(writer: ByteWriter, rowCount: number, columns: readonly WireColumn[]): void {
  const head = new ByteWriter();
  writeRowHead(head, columns.length);
  writeArrayHead(writer, rowCount);
  writeRows(writer, layOut(rowCount, head.finish(), columns));
}

function writeArrayHead(writer: ByteWriter, rowCount: number): void {
  writer.u8(dataTag.array);
  writeLength(writer, rowCount);
}

function writeRowHead(writer: ByteWriter, columnCount: number): void {
  writer.u8(dataTag.structure);
  writeLength(writer, columnCount);
}
