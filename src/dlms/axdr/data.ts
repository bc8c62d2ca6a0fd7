import { ByteReader } from "../../bytes/byte-reader.ts";
import { ByteWriter } from "../../bytes/byte-writer.ts";
import { readCompactArray, skipCompactArray, writeCompactArray } from "./compact-array.ts";
import { dataTag, dataTypeOf } from "./data-type.ts";
import { type DlmsData, maxDataDepth } from "./dlms-data.ts";
import { readCount, readLength, writeLength } from "./length.ts";
import { type ScalarCodec, scalarCodecs } from "./scalar.ts";
import type { Schema } from "./schema.ts";

const nullData: DlmsData = { type: "null-data", value: null };

/**
 * Reads one tagged value.
 * @throws DecodeError `limit` beyond {@link maxDataDepth}, `bad-tag` for a tag that is not in use
 */
export function readData(reader: ByteReader, depth = 0): DlmsData {
  const start = reader.offset;
  const tag = reader.u8("data tag");
  const type = dataTypeOf(tag);
  switch (type) {
    case undefined:
      throw reader.error("bad-tag", "data", `unknown data type ${tag}`, start);
    case "null-data":
      return nullData;
    case "array":
    case "structure": {
      if (depth >= maxDataDepth) throw reader.error("limit", type, `nested deeper than ${maxDataDepth}`, start);
      const count = readCount(reader, type);
      const value: DlmsData[] = [];
      for (let index = 0; index < count; index++) value.push(readData(reader, depth + 1));
      return { type, value };
    }
    case "compact-array":
      return { type, value: readCompactArray(reader, depth) };
    default:
      return { type, value: scalarCodecs[type].read(reader) } as DlmsData;
  }
}

export function writeData(writer: ByteWriter, data: DlmsData): void {
  writer.u8(dataTag[data.type]);
  switch (data.type) {
    case "array":
    case "structure":
      writeLength(writer, data.value.length);
      for (const element of data.value) writeData(writer, element);
      return;
    case "compact-array":
      writeCompactArray(writer, data.value);
      return;
    default:
      (scalarCodecs[data.type] as ScalarCodec<unknown>).write(writer, data.value);
  }
}

/** By tag: octets of the body, or -1 where that takes a look at the body, or at the tag. */
const bodyWidths = Int8Array.from({ length: 256 }, (_, tag) => {
  const type = dataTypeOf(tag);
  if (type === undefined || type === "array" || type === "structure" || type === "compact-array") return -1;
  return scalarCodecs[type].size ?? -1;
});

/** Lengths from here on take octets of their own. */
const longForm = 0x80;

/** Values still to come at each level of nesting; shared by all calls, since none waits or calls another. */
const pending = new Int32Array(maxDataDepth + 1);

/**
 * Steps over one tagged value without building it. Every service does so once with all its data, so it is one loop over
 * the octets: a value of fixed width, nearly all of a profile, costs one look into a table.
 * @throws DecodeError as {@link readData}
 */
export function skipData(reader: ByteReader, depth = 0): void {
  const start = reader.offset;
  const end = start + reader.remaining;
  const bytes = reader.slice(0, end);
  let offset = start;
  let level = 0;
  pending[0] = 1;
  while (level >= 0) {
    if (pending[level] === 0) {
      level--;
      continue;
    }
    (pending[level] as number)--;
    const tag = bytes[offset] ?? 0;
    const width = bodyWidths[tag] as number;
    if (width >= 0 && offset + width < end) {
      offset += width + 1;
      continue;
    }
    const short = bytes[offset + 1] ?? longForm;
    if (short < longForm && offset + 2 + short <= end) {
      if (tag === dataTag["octet-string"]) {
        offset += 2 + short;
        continue;
      }
      if (tag === dataTag.structure && depth + level < maxDataDepth) {
        offset += 2;
        pending[++level] = short;
        continue;
      }
    }
    // Everything else is rarer and read as usual; the reader catches up to where the loop has come.
    reader.skip(offset - reader.offset);
    const count = skipIrregular(reader, depth + level);
    offset = reader.offset;
    if (count > 0) pending[++level] = count;
  }
  reader.skip(offset - reader.offset);
}

/**
 * Steps over a value that has its own length, or over the head of one that contains others.
 * @returns how many others
 */
function skipIrregular(reader: ByteReader, depth: number): number {
  const start = reader.offset;
  const tag = reader.u8("data tag");
  switch (tag) {
    case dataTag["octet-string"]:
    case dataTag["visible-string"]:
    case dataTag["utf8-string"]:
      reader.skip(readLength(reader, "string"), "string");
      return 0;
    case dataTag["bit-string"]:
      reader.skip(Math.ceil(readLength(reader, "bit-string") / 8), "bit-string");
      return 0;
    case dataTag.array:
    case dataTag.structure:
      if (depth >= maxDataDepth) throw reader.error("limit", "data", `nested deeper than ${maxDataDepth}`, start);
      return readCount(reader, "data");
    case dataTag["compact-array"]:
      skipCompactArray(reader, depth);
      return 0;
    default:
      // A value of fixed width comes here where the octets end too early.
      if ((bodyWidths[tag] as number) < 0) throw reader.error("bad-tag", "data", `unknown data type ${tag}`, start);
      reader.skip(bodyWidths[tag] as number, "data");
      return 0;
  }
}

/** One value and nothing behind it. @throws DecodeError */
export function decodeData(bytes: Uint8Array): DlmsData {
  const reader = new ByteReader(bytes);
  const data = readData(reader);
  reader.expectEnd("data");
  return data;
}

export function encodeData(data: DlmsData): Uint8Array {
  const writer = new ByteWriter();
  writeData(writer, data);
  return writer.finish();
}

/** Any value, as a tagged tree. */
export const anyData: Schema<DlmsData> = { type: { name: "any" }, read: (reader) => readData(reader), write: writeData };
