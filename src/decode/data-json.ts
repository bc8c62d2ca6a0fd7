import type { BitString } from "../bytes/bit-string.ts";
import { ByteReader } from "../bytes/byte-reader.ts";
import { ByteWriter } from "../bytes/byte-writer.ts";
import { fromHex, toHex } from "../bytes/hex.ts";
import { dataTag } from "../dlms/axdr/data-type.ts";
import { type DlmsData, maxDataDepth } from "../dlms/axdr/dlms-data.ts";
import { type ScalarCodec, type ScalarType, scalarCodecs } from "../dlms/axdr/scalar.ts";
import { DecodeError } from "../errors.ts";
import type { Json } from "./explanation.ts";

/*
 * Tagged data as JSON from which the same octets can be made again: { type, value }, octets as hex, 64-bit integers as
 * decimal text, and floats that JSON has no number for as { type, octets }.
 */

type JsonObject = Readonly<Record<string, Json>>;

const hexTypes: ReadonlySet<string> = new Set(["octet-string", "date-time", "date", "time"]);
const bigTypes: ReadonlySet<string> = new Set(["long64", "long64-unsigned"]);
const textTypes: ReadonlySet<string> = new Set(["visible-string", "utf8-string"]);
const floatTypes: ReadonlySet<string> = new Set(["floating-point", "float32", "float64"]);
const emptyTypes: ReadonlySet<string> = new Set(["null-data", "dont-care"]);

/** A tagged value as JSON, without loss. */
export function losslessData(data: DlmsData): Json {
  switch (data.type) {
    case "array":
    case "structure":
      return { type: data.type, value: data.value.map(losslessData) };
    case "compact-array":
      return { type: data.type, element: data.value.element as unknown as Json, value: data.value.rows.map(losslessData) };
    case "bit-string":
      return { type: data.type, length: data.value.length, value: toHex(data.value.bytes) };
    case "octet-string":
    case "date-time":
    case "date":
    case "time":
      return { type: data.type, value: toHex(data.value) };
    case "long64":
    case "long64-unsigned":
      return { type: data.type, value: String(data.value) };
    case "floating-point":
    case "float32":
    case "float64":
      return Number.isFinite(data.value) && !Object.is(data.value, -0)
        ? { type: data.type, value: data.value }
        : { type: data.type, octets: toHex(scalarOctets(scalarCodecs[data.type], data.value)) };
    default:
      return { type: data.type, value: data.value };
  }
}

/**
 * The value that {@link losslessData} made this of.
 * @throws DecodeError `bad-tag` for JSON that is no tagged value
 */
export function dataFromLossless(json: Json, depth = 0): DlmsData {
  const { type, value, ...rest } = objectOf(json);
  if (typeof type !== "string" || !Object.hasOwn(dataTag, type)) throw refused(`${JSON.stringify(type)} is no data type`);
  if (depth > maxDataDepth) throw refused(`nested deeper than ${maxDataDepth}`);
  if (type === "array" || type === "structure") return { type, value: listOf(value).map((item) => dataFromLossless(item, depth + 1)) };
  return { type, value: scalarFromJson(type, value, rest, depth) } as DlmsData;
}

function scalarFromJson(type: string, value: Json | undefined, rest: JsonObject, depth: number): unknown {
  if (type === "compact-array") {
    return { element: objectOf(rest["element"]), rows: listOf(value).map((row) => dataFromLossless(row, depth + 1)) };
  }
  if (type === "bit-string") return bitsOf(rest["length"], octetsOf(value));
  if (hexTypes.has(type)) return octetsOf(value);
  if (bigTypes.has(type)) return inRange(type, bigOf(value));
  if (emptyTypes.has(type)) return null;
  if (floatTypes.has(type) && value === undefined) {
    return scalarCodecs[type as "float32"].read(new ByteReader(octetsOf(rest["octets"])));
  }
  const expected = type === "boolean" ? "boolean" : textTypes.has(type) ? "string" : "number";
  if (typeof value !== expected) throw refused(`${JSON.stringify(value)} is no ${type}`);
  return expected === "number" && !floatTypes.has(type) ? inRange(type, value) : value;
}

/** Numbers that the type cannot hold would be cut by the encoder. */
function inRange(type: string, value: unknown): unknown {
  const codec = scalarCodecs[type as ScalarType] as ScalarCodec<unknown>;
  if (codec.read(new ByteReader(scalarOctets(codec, value))) !== value) throw refused(`${String(value)} is no ${type}`);
  return value;
}

function bitsOf(length: Json | undefined, bytes: Uint8Array): BitString {
  if (typeof length !== "number" || Math.ceil(length / 8) !== bytes.length)
    throw refused(`${bytes.length} octets are not ${String(length)} bits`);
  return { length, bytes };
}

function scalarOctets<T>(codec: ScalarCodec<T>, value: T): Uint8Array {
  const writer = new ByteWriter(8);
  codec.write(writer, value);
  return writer.finish();
}

function bigOf(value: Json | undefined): bigint {
  if (typeof value === "number" && Number.isSafeInteger(value)) return BigInt(value);
  if (typeof value === "string" && /^-?\d{1,20}$/.test(value)) return BigInt(value);
  throw refused(`${JSON.stringify(value)} is no integer`);
}

/** @throws DecodeError for anything but hex digits in a string */
export function octetsOf(value: Json | undefined): Uint8Array {
  if (typeof value !== "string") throw refused(`${JSON.stringify(value)} is no hex`);
  return fromHex(value);
}

/** @throws DecodeError for anything but an object */
export function objectOf(value: Json | undefined): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw refused(`${JSON.stringify(value)} is no object`);
  return value as JsonObject;
}

/** @throws DecodeError for anything but an array */
export function listOf(value: Json | undefined): readonly Json[] {
  if (!Array.isArray(value)) throw refused(`${JSON.stringify(value)} is no array`);
  return value as readonly Json[];
}

/** What is wrong with JSON that should have been an APDU. */
export function refused(message: string): DecodeError {
  return new DecodeError("bad-tag", "JSON", 0, `JSON: ${message}`);
}
