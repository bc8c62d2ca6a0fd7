import type { ByteReader } from "../../bytes/byte-reader.ts";

/** One tag-length-value of a BER encoding; `octets` is all of it, `content` what the length counts. */
export interface BerField {
  readonly tag: number;
  readonly octets: Uint8Array;
  readonly content: Uint8Array;
}

/**
 * Definite length of BER: short form, or 81 and 82 with one and two octets; an APDU is never longer.
 * @throws DecodeError `bad-length` for the indefinite form and longer ones
 */
export function readBerLength(reader: ByteReader, what: string): number {
  const start = reader.offset;
  const first = reader.u8(what);
  if (first < 0x80) return first;
  if (first === 0x81) return reader.u8(what);
  if (first === 0x82) return reader.u16(what);
  throw reader.error("bad-length", what, `length form ${first.toString(16)} is not allowed`, start);
}

/** The fields that fill `reader` exactly, with one-octet tags. @throws DecodeError */
export function readBerFields(reader: ByteReader, what: string): readonly BerField[] {
  const fields: BerField[] = [];
  while (reader.remaining > 0) {
    const start = reader.offset;
    const tag = reader.u8(what);
    if ((tag & 0x1f) === 0x1f) throw reader.error("bad-tag", what, "tags of several octets are not used", start);
    const content = reader.bytes(readBerLength(reader, what), what);
    fields.push({ tag, octets: reader.slice(start, reader.offset), content });
  }
  return fields;
}

/** A header of tag and shortest definite length. */
export function berHeader(tag: number, length: number): readonly number[] {
  if (length < 0x80) return [tag, length];
  return length <= 0xff ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 0xff];
}
