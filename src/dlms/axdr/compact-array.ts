import type { ByteReader } from "../../bytes/byte-reader.ts";
import type { ByteWriter } from "../../bytes/byte-writer.ts";
import { dataTag, dataTypeOf } from "./data-type.ts";
import { type CompactArray, type DlmsData, type ElementDescription, maxDataDepth } from "./dlms-data.ts";
import { readCount, readLength, writeLength } from "./length.ts";
import { type ScalarCodec, scalarCodecs } from "./scalar.ts";

/*
 * compact-array (Green Book 9.5): the type of the elements once, then their contents without tags. Elements fill the
 * contents exactly, so their number is nowhere written.
 */

/**
 * Values that one compact-array may hold beyond one per octet of contents. Elements without width cost no octets, so
 * the octets alone do not bound them: a description of a few octets could ask for millions.
 */
const spareValues = 1024;

/** @throws DecodeError `limit` for nesting or a number of values beyond reason, `out-of-range` for rows without width */
export function readCompactArray(reader: ByteReader, depth: number): CompactArray {
  const element = readDescription(reader, depth + 1);
  const contents = reader.sub(readLength(reader, "compact-array"), "compact-array");
  if (contents.remaining > 0 && minimumWidth(element) === 0) throw contents.error("out-of-range", "compact-array", "rows without width");
  const budget = { values: contents.remaining + spareValues };
  const rows: DlmsData[] = [];
  while (contents.remaining > 0) rows.push(readContents(contents, element, budget));
  return { element, rows };
}

export function writeCompactArray(writer: ByteWriter, { element, rows }: CompactArray): void {
  writeDescription(writer, element);
  const start = writer.length;
  for (const row of rows) writeContents(writer, element, row);
  insertLength(writer, start);
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
  if (count === 0) throw reader.error("out-of-range", "type description", "a structure of no elements", start);
  for (let index = 0; index < count; index++) elements.push(readDescription(reader, depth + 1));
  return { type, elements };
}

function writeDescription(writer: ByteWriter, description: ElementDescription): void {
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

/** Octets that contents of this type take at least. */
function minimumWidth(description: ElementDescription): number {
  switch (description.type) {
    case "array":
      return description.count * minimumWidth(description.element);
    case "structure":
      return description.elements.reduce((sum, element) => sum + minimumWidth(element), 0);
    default:
      return scalarCodecs[description.type].size ?? 1;
  }
}

function readContents(reader: ByteReader, description: ElementDescription, budget: { values: number }): DlmsData {
  budget.values -= 1;
  if (budget.values < 0) throw reader.error("limit", "compact-array", "more values than its octets warrant");
  switch (description.type) {
    case "array": {
      const value: DlmsData[] = [];
      for (let index = 0; index < description.count; index++) value.push(readContents(reader, description.element, budget));
      return { type: "array", value };
    }
    case "structure":
      return { type: "structure", value: description.elements.map((element) => readContents(reader, element, budget)) };
    default:
      return { type: description.type, value: scalarCodecs[description.type].read(reader) } as DlmsData;
  }
}

function writeContents(writer: ByteWriter, description: ElementDescription, data: DlmsData): void {
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
  const length = writer.length - start;
  const contents = writer.view().slice(start);
  writer.truncate(start);
  writeLength(writer, length);
  writer.bytes(contents);
}
