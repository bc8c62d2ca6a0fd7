import type { ByteReader } from "../../bytes/byte-reader.ts";
import type { ByteWriter } from "../../bytes/byte-writer.ts";
import { DecodeError } from "../../errors.ts";

/**
 * The one variable-length codec of A-XDR (IEC 61334-6): 0..127 in one octet, else 8n and n octets. Non-minimal forms
 * are accepted (Green Book pitfall 24), more than four length octets are not.
 */
export function readLength(reader: ByteReader, what: string): number {
  const start = reader.offset;
  const first = reader.u8(what);
  if (first < 0x80) return first;
  switch (first) {
    case 0x81:
      return reader.u8(what);
    case 0x82:
      return reader.u16(what);
    case 0x83:
      return reader.u8(what) * 0x10000 + reader.u16(what);
    case 0x84:
      return reader.u32(what);
    default:
      throw reader.error("bad-length", what, `impossible length octet ${first.toString(16)}`, start);
  }
}

/**
 * An element count, refused before anything is allocated when the elements cannot fit into what is left to read.
 * @param minimum octets the smallest element takes
 */
export function readCount(reader: ByteReader, what: string, minimum = 1): number {
  const start = reader.offset;
  const count = readLength(reader, what);
  if (count * minimum > reader.remaining) {
    throw new DecodeError(
      "truncated",
      what,
      start,
      `${what}: ${count} elements cannot fit into ${reader.remaining} octets, at offset ${start}`,
    );
  }
  return count;
}

export function writeLength(writer: ByteWriter, length: number): void {
  if (length < 0x80) {
    writer.u8(length);
  } else if (length <= 0xff) {
    writer.u8(0x81);
    writer.u8(length);
  } else if (length <= 0xffff) {
    writer.u8(0x82);
    writer.u16(length);
  } else {
    writer.u8(0x84);
    writer.u32(length);
  }
}

/** Octets that {@link writeLength} takes for `length`. */
export function lengthSize(length: number): number {
  if (length < 0x80) return 1;
  if (length <= 0xff) return 2;
  return length <= 0xffff ? 3 : 5;
}
