import type { BitString } from "../../bytes/bit-string.ts";
import type { ByteReader } from "../../bytes/byte-reader.ts";
import { type DataType, dataTag, dataTypeOf } from "./data-type.ts";
import { readCount, writeLength } from "./length.ts";
import { type ScalarType, type ScalarValues, scalarCodecs } from "./scalar.ts";
import type { Infer, Schema } from "./schema.ts";

/*
 * Tagged, typed `Data`: what COSEM attributes and method parameters are declared with. Reading a value of another type
 * is a `DecodeError` `bad-tag`, which a server answers with type-unmatched.
 */

function expectTag(reader: ByteReader, expected: DataType): void {
  const start = reader.offset;
  const tag = reader.u8(expected);
  if (tag !== dataTag[expected]) {
    throw reader.error("bad-tag", expected, `found ${dataTypeOf(tag) ?? `unknown type ${tag}`} instead`, start);
  }
}

function scalar<T extends ScalarType>(type: T): Schema<ScalarValues[T]> {
  const codec = scalarCodecs[type];
  const tag = dataTag[type];
  return {
    type: { name: type },
    read: (reader) => {
      expectTag(reader, type);
      return codec.read(reader);
    },
    write: (writer, value) => {
      writer.u8(tag);
      codec.write(writer, value);
    },
  };
}

export const nullData = scalar("null-data");
export const boolean = scalar("boolean");
export const doubleLong = scalar("double-long");
export const doubleLongUnsigned = scalar("double-long-unsigned");
export const integer = scalar("integer");
export const long = scalar("long");
export const unsigned = scalar("unsigned");
export const longUnsigned = scalar("long-unsigned");
export const long64 = scalar("long64");
export const long64Unsigned = scalar("long64-unsigned");
export const enumValue = scalar("enum");
export const float32 = scalar("float32");
export const float64 = scalar("float64");
export const octetString = scalar("octet-string");
export const visibleString = scalar("visible-string");
export const utf8String = scalar("utf8-string");
export const bitString: Schema<BitString> = scalar("bit-string");

/** octet-string of exactly `length` octets; another length is `bad-length`. */
export function fixedOctetString(length: number, name = `octet-string(${length})`): Schema<Uint8Array> {
  return {
    type: { name },
    read: (reader) => {
      const start = reader.offset;
      const value = octetString.read(reader);
      if (value.length !== length) throw reader.error("bad-length", name, `${value.length} octets`, start);
      return value;
    },
    write: octetString.write,
  };
}

/** enum with names; a number without a name survives as itself. */
export function enumeration<const Names extends Readonly<Record<string, number>>>(names: Names): Schema<(keyof Names & string) | number> {
  const byNumber = new Map<number, keyof Names & string>(Object.entries(names).map(([key, value]) => [value, key]));
  return {
    type: { name: "enum", values: names },
    read: (reader) => {
      const value = enumValue.read(reader);
      return byNumber.get(value) ?? value;
    },
    write: (writer, value) => enumValue.write(writer, typeof value === "number" ? value : (names[value] as number)),
  };
}

type Fields = Readonly<Record<string, Schema<unknown>>>;

/** structure with exactly these elements; another count is `bad-length`. */
export function structure<F extends Fields>(fields: F): Schema<{ readonly [K in keyof F]: Infer<F[K]> }> {
  const entries = Object.entries(fields);
  return {
    type: { name: "structure", fields: Object.fromEntries(entries.map(([key, schema]) => [key, schema.type])) },
    read: (reader) => {
      const start = reader.offset;
      expectTag(reader, "structure");
      const count = readCount(reader, "structure");
      if (count !== entries.length) throw reader.error("bad-length", "structure", `${count} elements instead of ${entries.length}`, start);
      const value: Record<string, unknown> = {};
      for (const [key, schema] of entries) value[key] = schema.read(reader);
      return value as { readonly [K in keyof F]: Infer<F[K]> };
    },
    write: (writer, value) => {
      writer.u8(dataTag.structure);
      writer.u8(entries.length);
      for (const [key, schema] of entries) schema.write(writer, (value as Record<string, unknown>)[key]);
    },
  };
}

/** array of one element type. */
export function arrayOf<T>(element: Schema<T>): Schema<readonly T[]> {
  return {
    type: { name: "array", element: element.type },
    read: (reader) => {
      expectTag(reader, "array");
      const count = readCount(reader, "array");
      const values: T[] = [];
      for (let index = 0; index < count; index++) values.push(element.read(reader));
      return values;
    },
    write: (writer, values) => {
      writer.u8(dataTag.array);
      writeLength(writer, values.length);
      for (const value of values) element.write(writer, value);
    },
  };
}

/** null-data or a value. */
export function nullable<T>(schema: Schema<T>): Schema<T | undefined> {
  return {
    type: { name: "null-data or", element: schema.type },
    read: (reader) => {
      if (reader.peek() !== dataTag["null-data"]) return schema.read(reader);
      reader.skip(1);
      return undefined;
    },
    write: (writer, value) => (value === undefined ? writer.u8(dataTag["null-data"]) : schema.write(writer, value)),
  };
}
