import { ByteReader } from "../../bytes/byte-reader.ts";
import { ByteWriter } from "../../bytes/byte-writer.ts";
import { fromHex, toHex } from "../../bytes/hex.ts";
import type { DecodeError } from "../../errors.ts";

/** Identifier octets of what X.509 is made of (ITU-T X.690 8.1.2); `context0` to `context3` are constructed. */
export const derTags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  printableString: 0x13,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  primitive0: 0x80,
  context0: 0xa0,
  context1: 0xa1,
  context2: 0xa2,
  context3: 0xa3,
} as const;

/** One value in DER: what it contains, and the octets of the whole. */
export interface DerElement {
  readonly tag: number;
  readonly content: ByteReader;
  readonly octets: Uint8Array;
  /** Position of its identifier octet within the source. */
  readonly offset: number;
}

/**
 * The next element. Only the forms of DER are understood (X.690 10.1): what is signed must have one encoding.
 * @param tag that it must have, when given
 * @throws DecodeError `truncated`, `bad-tag` for another tag, `bad-length` for a length in a form that DER does not have
 */
export function readDer(reader: ByteReader, what: string, tag?: number): DerElement {
  const offset = reader.offset;
  const found = reader.u8(what);
  if (tag !== undefined && found !== tag) throw reader.error("bad-tag", what, `tag ${toHex(Uint8Array.of(found))}`, offset);
  const length = readLength(reader, what);
  const content = reader.sub(length, what);
  return { tag: found, content, octets: reader.slice(offset, reader.offset), offset };
}

function readLength(reader: ByteReader, what: string): number {
  const offset = reader.offset;
  const first = reader.u8(what);
  if (first < 0x80) return first;
  const count = first & 0x7f;
  if (count === 0 || count > 3) throw reader.error("bad-length", what, "length of a form that is not understood", offset);
  let length = 0;
  for (let index = 0; index < count; index++) length = length * 0x100 + reader.u8(what);
  if (length < 0x80 || length < 0x100 ** (count - 1)) throw reader.error("bad-length", what, "length not in its shortest form", offset);
  return length;
}

/** Reads the next element only where it has this tag. @throws DecodeError as {@link readDer} */
export function readOptionalDer(reader: ByteReader, what: string, tag: number): DerElement | undefined {
  return reader.peek() === tag ? readDer(reader, what, tag) : undefined;
}

/**
 * A reader of the one element that `octets` are.
 * @throws DecodeError as {@link readDer}, or `trailing-data`
 */
export function readWholeDer(octets: Uint8Array, what: string, tag: number): DerElement {
  const reader = new ByteReader(octets);
  const element = readDer(reader, what, tag);
  reader.expectEnd(what);
  return element;
}

/** The content octets of an object identifier, as upper-case hex: names in tables are written so. @throws DecodeError */
export function readObjectIdentifier(reader: ByteReader, what: string): string {
  return toHex(readDer(reader, what, derTags.objectIdentifier).content.rest());
}

/** The octets of a BIT STRING of whole octets. @throws DecodeError `bad-length` when bits are missing in the last one */
export function readOctetsOfBitString(reader: ByteReader, what: string): Uint8Array {
  const { content } = readDer(reader, what, derTags.bitString);
  if (content.u8(what) !== 0) throw content.error("bad-length", what, "no whole octets");
  return content.rest();
}

/** Milliseconds since 1970 of a UTCTime or GeneralizedTime (RFC 5280 4.1.2.5). @throws DecodeError `bad-tag`, `out-of-range` */
export function readTime(reader: ByteReader, what: string): number {
  const { tag, content, offset } = readDer(reader, what);
  if (tag !== derTags.utcTime && tag !== derTags.generalizedTime) throw reader.error("bad-tag", what, "no time", offset);
  const digits = String.fromCharCode(...content.bytes(Math.min(content.remaining, 16)));
  const text = tag === derTags.utcTime ? `${Number(digits.slice(0, 2)) < 50 ? "20" : "19"}${digits}` : digits;
  const fields = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text)?.slice(1).map(Number);
  if (fields === undefined || content.remaining > 0) throw outOfRange(reader, what, offset);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = fields;
  const time = Date.UTC(year, month - 1, day, hour, minute, second);
  if (timeDigits(time) !== `${text}`) throw outOfRange(reader, what, offset);
  return time;
}

function outOfRange(reader: ByteReader, what: string, offset: number): DecodeError {
  return reader.error("out-of-range", what, "no such time", offset);
}

function timeDigits(time: number): string {
  return `${new Date(time)
    .toISOString()
    .replace(/\.\d+Z$/, "")
    .replace(/[-:T]/g, "")}Z`;
}

/** An element of this tag whose content is the parts one after the other. */
export function der(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const writer = new ByteWriter(length + 5);
  writer.u8(tag);
  const octets = lengthOctets(length);
  if (octets.length > 1 || length >= 0x80) writer.u8(0x80 | octets.length);
  writer.bytes(octets);
  for (const part of parts) writer.bytes(part);
  return writer.finish();
}

function lengthOctets(length: number): Uint8Array {
  const hex = length.toString(16);
  return fromHex(hex.padStart(hex.length + (hex.length % 2), "0"));
}

/** An INTEGER of a number that is not negative, most significant octet first. */
export function derUnsigned(octets: Uint8Array): Uint8Array {
  const first = octets.findIndex((octet) => octet !== 0);
  const significant = first < 0 ? Uint8Array.of(0) : octets.subarray(first);
  const sign = (significant[0] as number) >= 0x80 ? Uint8Array.of(0) : new Uint8Array();
  return der(derTags.integer, sign, significant);
}

/** An OBJECT IDENTIFIER from its content octets in hex. */
export function derObjectIdentifier(hex: string): Uint8Array {
  return der(derTags.objectIdentifier, fromHex(hex));
}

/** A BIT STRING of whole octets. */
export function derBitString(octets: Uint8Array): Uint8Array {
  return der(derTags.bitString, Uint8Array.of(0), octets);
}

/** A time as RFC 5280 4.1.2.5 wants it: UTCTime until 2049, GeneralizedTime afterwards. */
export function derTime(time: number): Uint8Array {
  const digits = timeDigits(time);
  const short = digits >= "1950" && digits < "2050";
  const text = short ? digits.slice(2) : digits;
  return der(
    short ? derTags.utcTime : derTags.generalizedTime,
    Uint8Array.from(text, (digit) => digit.charCodeAt(0)),
  );
}
