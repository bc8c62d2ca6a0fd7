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

/**
 * Steps over one tagged value without building it. Every service does so once with all its data.
 * @throws DecodeError as {@link readData}
 */
export function skipData(reader: ByteReader, depth = 0): void {
  skipElements(reader, 1, depth);
}

/** Steps over `count` values in a row; those of fixed width, nearly all of a profile, cost one look into a table. */
function skipElements(reader: ByteReader, count: number, depth: number): void {
  for (let left = reader.skipTagged(bodyWidths, count); left > 0; left = reader.skipTagged(bodyWidths, left - 1)) {
    const start = reader.offset;
    const tag = reader.u8("data tag");
    switch (tag) {
      case dataTag["octet-string"]:
      case dataTag["visible-string"]:
      case dataTag["utf8-string"]:
        reader.skip(readLength(reader, "string"), "string");
        break;
      case dataTag["bit-string"]:
        reader.skip(Math.ceil(readLength(reader, "bit-string") / 8), "bit-string");
        break;
      case dataTag.array:
      case dataTag.structure:
        if (depth >= maxDataDepth) throw reader.error("limit", "data", `nested deeper than ${maxDataDepth}`, start);
        skipElements(reader, readCount(reader, "data"), depth + 1);
        break;
      case dataTag["compact-array"]:
        skipCompactArray(reader, depth);
        break;
      default:
        throw reader.error("bad-tag", "data", `unknown data type ${tag}`, start);
    }
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
