import type { BitString } from "../../bytes/bit-string.ts";
import type { ByteReader } from "../../bytes/byte-reader.ts";
import type { ByteWriter } from "../../bytes/byte-writer.ts";
import { DecodeError } from "../../errors.ts";
import type { DataType } from "./data-type.ts";
import { readLength, writeLength } from "./length.ts";

/** The value each simple data type decodes to. */
export interface ScalarValues {
  "null-data": null;
  boolean: boolean;
  "bit-string": BitString;
  "double-long": number;
  "double-long-unsigned": number;
  "floating-point": number;
  "octet-string": Uint8Array;
  "visible-string": string;
  "utf8-string": string;
  bcd: number;
  integer: number;
  long: number;
  unsigned: number;
  "long-unsigned": number;
  long64: bigint;
  "long64-unsigned": bigint;
  enum: number;
  float32: number;
  float64: number;
  "date-time": Uint8Array;
  date: Uint8Array;
  time: Uint8Array;
  "delta-integer": number;
  "delta-long": number;
  "delta-double-long": number;
  "delta-unsigned": number;
  "delta-long-unsigned": number;
  "delta-double-long-unsigned": number;
  "dont-care": null;
}

/** Every data type that is not array, structure or compact-array. */
export type ScalarType = keyof ScalarValues & DataType;

/** Body codec of a simple type, without the tag. */
export interface ScalarCodec<T> {
  /** Octets of the body, or undefined where it carries its own length. */
  readonly size: number | undefined;
  read(reader: ByteReader): T;
  write(writer: ByteWriter, value: T): void;
}

const utf8Decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const utf8Encoder = new TextEncoder();

function empty(): ScalarCodec<null> {
  return { size: 0, read: () => null, write: () => {} };
}

function fixed(length: number, name: string): ScalarCodec<Uint8Array> {
  return { size: length, read: (r) => r.bytes(length, name), write: (w, v) => w.bytes(v) };
}

const i8: ScalarCodec<number> = { size: 1, read: (r) => r.i8(), write: (w, v) => w.i8(v) };
const u8: ScalarCodec<number> = { size: 1, read: (r) => r.u8(), write: (w, v) => w.u8(v) };
const i16: ScalarCodec<number> = { size: 2, read: (r) => r.i16(), write: (w, v) => w.i16(v) };
const u16: ScalarCodec<number> = { size: 2, read: (r) => r.u16(), write: (w, v) => w.u16(v) };
const i32: ScalarCodec<number> = { size: 4, read: (r) => r.i32(), write: (w, v) => w.i32(v) };
const u32: ScalarCodec<number> = { size: 4, read: (r) => r.u32(), write: (w, v) => w.u32(v) };
const f32: ScalarCodec<number> = { size: 4, read: (r) => r.f32(), write: (w, v) => w.f32(v) };

/** The bodies of all simple types: the single place that knows their widths. */
export const scalarCodecs: { readonly [T in ScalarType]: ScalarCodec<ScalarValues[T]> } = {
  "null-data": empty(),
  "dont-care": empty(),
  boolean: { size: 1, read: (r) => r.u8() !== 0, write: (w, v) => w.u8(v ? 1 : 0) },
  "bit-string": { size: undefined, read: readBitString, write: writeBitString },
  "double-long": i32,
  "double-long-unsigned": u32,
  "floating-point": f32,
  "octet-string": {
    size: undefined,
    read: (r) => r.bytes(readLength(r, "octet-string"), "octet-string"),
    write: (w, v) => {
      writeLength(w, v.length);
      w.bytes(v);
    },
  },
  "visible-string": { size: undefined, read: readVisibleString, write: writeVisibleString },
  "utf8-string": { size: undefined, read: readUtf8, write: writeUtf8 },
  bcd: u8,
  integer: i8,
  long: i16,
  unsigned: u8,
  "long-unsigned": u16,
  long64: { size: 8, read: (r) => r.i64(), write: (w, v) => w.i64(v) },
  "long64-unsigned": { size: 8, read: (r) => r.u64(), write: (w, v) => w.u64(v) },
  enum: u8,
  float32: f32,
  float64: { size: 8, read: (r) => r.f64(), write: (w, v) => w.f64(v) },
  "date-time": fixed(12, "date-time"),
  date: fixed(5, "date"),
  time: fixed(4, "time"),
  "delta-integer": i8,
  "delta-long": i16,
  "delta-double-long": i32,
  "delta-unsigned": u8,
  "delta-long-unsigned": u16,
  "delta-double-long-unsigned": u32,
};

function readBitString(reader: ByteReader): BitString {
  const length = readLength(reader, "bit-string");
  return { length, bytes: reader.bytes(Math.ceil(length / 8), "bit-string") };
}

function writeBitString(writer: ByteWriter, value: BitString): void {
  const octets = (value.length + 7) >> 3;
  writeLength(writer, value.length);
  writer.bytes(value.bytes.length === octets ? value.bytes : value.bytes.slice(0, octets));
}

/** Octets beyond ASCII are kept as the characters of the same number, so that nothing a meter sends is lost. */
function readVisibleString(reader: ByteReader): string {
  const bytes = reader.bytes(readLength(reader, "visible-string"), "visible-string");
  let text = "";
  for (const octet of bytes) text += String.fromCharCode(octet);
  return text;
}

function writeVisibleString(writer: ByteWriter, value: string): void {
  writeLength(writer, value.length);
  for (let index = 0; index < value.length; index++) writer.u8(value.charCodeAt(index));
}

function readUtf8(reader: ByteReader): string {
  const start = reader.offset;
  const bytes = reader.bytes(readLength(reader, "utf8-string"), "utf8-string");
  try {
    return utf8Decoder.decode(bytes);
  } catch (cause) {
    throw new DecodeError("out-of-range", "utf8-string", start, `utf8-string: not UTF-8, at offset ${start}`, { cause });
  }
}

function writeUtf8(writer: ByteWriter, value: string): void {
  const bytes = utf8Encoder.encode(value);
  writeLength(writer, bytes.length);
  writer.bytes(bytes);
}
