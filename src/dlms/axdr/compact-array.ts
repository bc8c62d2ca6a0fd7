import type { ByteReader } from "../../bytes/byte-reader.ts";
import type { ByteWriter } from "../../bytes/byte-writer.ts";
import { DecodeError } from "../../errors.ts";
import { dataTag, dataTypeOf } from "./data-type.ts";
import { type CompactArray, type DlmsData, type ElementDescription, maxDataDepth } from "./dlms-data.ts";
import { readCount, readLength, writeLength } from "./length.ts";
import { type ScalarCodec, scalarCodecs } from "./scalar.ts";

/*
 * compact-array (Green Book 9.5): the type of the elements once, then their contents without tags. Elements fill the
 * contents exactly, so their number is nowhere written.
 */

/**
 * Values that rows may hold: so many for each octet of contents, and a few besides. Elements without width cost no
 * octets, so the octets alone do not bound them: a description of a few octets could ask for millions.
 */
const valuesPerOctet = 8;
const spareValues = 1024;

/** Elements of an array inside, whose count takes two octets. */
const maxArrayCount = 0xffff;

/** What the description of an element says of its contents. */
interface Extent {
  /** Octets that the contents take at least. */
  readonly width: number;
  /** Whether they always take just these. */
  readonly fixed: boolean;
  /** Nodes of the tree it is read into. */
  readonly values: number;
}

/** A compact-array whose rows are still to be read. */
export interface OpenCompactArray {
  readonly element: ElementDescription;
  /** Reads the rows, and no further. */
  readonly contents: ByteReader;
  /** Octets of a row, where all rows take the same; the contents are a multiple of it. */
  readonly rowWidth: number | undefined;
  /** Rows of differing widths beyond this number are to be refused with {@link tooManyRows}. */
  readonly rowLimit: number;
}

/**
 * Reads the description and the length; the reader moves behind the contents.
 * @throws DecodeError `limit` for nesting beyond reason, `out-of-range` for rows without width, and where all rows
 *   have the same width `truncated` for an incomplete one and `limit` for too many
 */
export function openCompactArray(reader: ByteReader, depth: number): OpenCompactArray {
  const start = reader.offset;
  const element = readDescription(reader, depth + 1);
  const contents = reader.sub(readLength(reader, "compact-array"), "compact-array");
  const { width, fixed, values } = extentOf(element);
  if (contents.remaining > 0 && width === 0) throw reader.error("out-of-range", "compact-array", "rows without width", start);
  if (fixed && contents.remaining % width > 0) {
    const message = `${contents.remaining} octets are no multiple of the ${width} that a row takes`;
    throw new DecodeError("truncated", "compact-array", start, `compact-array: ${message}, at offset ${start}`);
  }
  const rowLimit = rowLimitOf(values, contents.remaining);
  if (fixed && contents.remaining > rowLimit * width) throw tooManyRows(contents);
  return { element, contents, rowWidth: fixed ? width : undefined, rowLimit };
}

/** Rows of so many values each that contents of so many octets may hold. */
function rowLimitOf(values: number, octets: number): number {
  return Math.floor((octets * valuesPerOctet + spareValues) / values);
}

/** True where a reader can tell the rows of these contents from each other, and is not asked for more than it takes. */
export function holdsRows(element: ElementDescription, octets: number, rowCount: number): boolean {
  const { width, values } = extentOf(element);
  return width > 0 && rowCount <= rowLimitOf(values, octets);
}

/** The error for more rows than `rowLimit`. */
export function tooManyRows(contents: ByteReader): DecodeError {
  return contents.error("limit", "compact-array", "more values than its octets warrant");
}

/** @throws DecodeError as {@link openCompactArray}, and `limit` for a number of values beyond reason */
export function readCompactArray(reader: ByteReader, depth: number): CompactArray {
  const { element, contents, rowLimit } = openCompactArray(reader, depth);
  const rows: DlmsData[] = [];
  while (contents.remaining > 0) {
    if (rows.length >= rowLimit) throw tooManyRows(contents);
    rows.push(readContents(contents, element));
  }
  return { element, rows };
}

/** Steps over a compact-array without building its rows. @throws DecodeError as {@link readCompactArray} */
export function skipCompactArray(reader: ByteReader, depth: number): void {
  const { element, contents, rowWidth, rowLimit } = openCompactArray(reader, depth);
  if (rowWidth !== undefined) return;
  for (let row = 0; contents.remaining > 0; row++) {
    if (row >= rowLimit) throw tooManyRows(contents);
    skipContents(contents, element);
  }
}

export function writeCompactArray(writer: ByteWriter, { element, rows }: CompactArray): void {
  writeDescription(writer, element);
  const start = writer.length;
  for (const row of rows) writeContents(writer, element, row);
  insertLength(writer, start);
}

/** Contents of one element; the caller bounds how often, since elements may have no width. */
export function readContents(reader: ByteReader, description: ElementDescription): DlmsData {
  switch (description.type) {
    case "array": {
      const value: DlmsData[] = [];
      for (let index = 0; index < description.count; index++) value.push(readContents(reader, description.element));
      return { type: "array", value };
    }
    case "structure":
      return { type: "structure", value: description.elements.map((element) => readContents(reader, element)) };
    default:
      return { type: description.type, value: scalarCodecs[description.type].read(reader) } as DlmsData;
  }
}

/** Steps over the contents of one element, on the terms of {@link readContents}. */
export function skipContents(reader: ByteReader, description: ElementDescription): void {
  switch (description.type) {
    case "array":
      for (let index = 0; index < description.count; index++) skipContents(reader, description.element);
      return;
    case "structure":
      for (const element of description.elements) skipContents(reader, element);
      return;
    default: {
      const codec = scalarCodecs[description.type];
      if (codec.size === undefined) codec.read(reader);
      else reader.skip(codec.size, description.type);
    }
  }
}

/**
 * The description that all values of a list share, or undefined where they differ or hold what no description can: a
 * compact-array, or more elements than 16 bits count. Elements of empty arrays are described as null-data.
 */
export function commonDescription(values: readonly DlmsData[]): ElementDescription | undefined {
  const [first] = values;
  if (first === undefined) return { type: "null-data" };
  const description = describeOne(first);
  return description !== undefined && values.every((value) => conforms(value, description)) ? description : undefined;
}

function describeOne({ type, value }: DlmsData): ElementDescription | undefined {
  switch (type) {
    case "compact-array":
      return undefined;
    case "array": {
      const element = value.length <= maxArrayCount ? commonDescription(value) : undefined;
      return element && { type, count: value.length, element };
    }
    case "structure": {
      const elements: ElementDescription[] = [];
      for (const data of value) {
        const element = describeOne(data);
        if (element === undefined) return undefined;
        elements.push(element);
      }
      return { type, elements };
    }
    default:
      return { type };
  }
}

function conforms({ type, value }: DlmsData, description: ElementDescription): boolean {
  if (type !== description.type) return false;
  switch (description.type) {
    case "array": {
      const elements = value as readonly DlmsData[];
      return elements.length === description.count && elements.every((element) => conforms(element, description.element));
    }
    case "structure": {
      const elements = value as readonly DlmsData[];
      return (
        elements.length === description.elements.length &&
        elements.every((element, index) => conforms(element, description.elements[index] as ElementDescription))
      );
    }
    default:
      return true;
  }
}

function readDescription(reader: ByteReader, depth: number): ElementDescription {
  const start = reader.offset;
  const type = dataTypeOf(reader.u8("type description"));
  if (type === undefined || type === "compact-array") throw reader.error("bad-tag", "type description", "no type of an element", start);
  if (type !== "array" && type !== "structure") return { type };
  if (depth >= maxDataDepth) throw reader.error("limit", "type description", `nested deeper than ${maxDataDepth}`, start);
  if (type === "array") {
    const count = reader.u16("type description");
    return { type, count, element: readDescription(reader, depth + 1) };
  }
  const elements: ElementDescription[] = [];
  const count = readCount(reader, "type description");
  for (let index = 0; index < count; index++) elements.push(readDescription(reader, depth + 1));
  return { type, elements };
}

/** Writes the TypeDescription of an element. */
export function writeDescription(writer: ByteWriter, description: ElementDescription): void {
  writer.u8(dataTag[description.type]);
  switch (description.type) {
    case "array":
      writer.u16(description.count);
      writeDescription(writer, description.element);
      return;
    case "structure":
      writeLength(writer, description.elements.length);
      for (const element of description.elements) writeDescription(writer, element);
  }
}

function extentOf(description: ElementDescription): Extent {
  switch (description.type) {
    case "array": {
      const { width, fixed, values } = extentOf(description.element);
      return { width: description.count * width, fixed: fixed || description.count === 0, values: 1 + description.count * values };
    }
    case "structure":
      return description.elements.map(extentOf).reduce(
        (sum, { width, fixed, values }) => ({
          width: sum.width + width,
          fixed: sum.fixed && fixed,
          values: sum.values + values,
        }),
        { width: 0, fixed: true, values: 1 },
      );
    default: {
      // What carries its own length takes one octet for that.
      const { size } = scalarCodecs[description.type];
      return { width: size ?? 1, fixed: size !== undefined, values: 1 };
    }
  }
}

/** Writes one element without tags; it must be of this description. */
export function writeContents(writer: ByteWriter, description: ElementDescription, data: DlmsData): void {
  switch (description.type) {
    case "array":
      for (const element of data.value as readonly DlmsData[]) writeContents(writer, description.element, element);
      return;
    case "structure":
      description.elements.forEach((element, index) => {
        writeContents(writer, element, (data.value as readonly DlmsData[])[index] as DlmsData);
      });
      return;
    default:
      (scalarCodecs[description.type] as ScalarCodec<unknown>).write(writer, data.value);
  }
}

/** Puts the length of everything behind `start` before it. */
function insertLength(writer: ByteWriter, start: number): void {
  const contents = writer.view().slice(start);
  writer.truncate(start);
  writeLength(writer, contents.length);
  writer.bytes(contents);
}
