import type { ByteReader } from "../bytes/byte-reader.ts";
import type { ByteWriter } from "../bytes/byte-writer.ts";
import { DecodeError, LocalProtocolError } from "../errors.ts";

/** Octets an HDLC address takes on the wire; three are not allowed (IEC 62056-46 6.4.2). */
export type HdlcAddressLength = 1 | 2 | 4;

/**
 * An HDLC address: the upper part names the logical device (or the client), the lower one the physical device. The
 * one-octet form has no lower part.
 */
export interface HdlcAddress {
  readonly logical: number;
  readonly physical?: number;
  readonly length: HdlcAddressLength;
}

/** What a caller knows of an address; {@link hdlcAddress} fills in the length. */
export interface HdlcAddressOptions {
  readonly logical: number;
  readonly physical?: number | undefined;
  readonly length?: HdlcAddressLength | undefined;
}

const largestPart = { 1: 0x7f, 2: 0x7f, 4: 0x3fff } as const;

/** Addressed to nobody, in either part and every length. */
const noStation = 0;

/**
 * A complete address: without a length, the shortest form that holds the parts.
 * @throws LocalProtocolError when the parts do not fit the form.
 */
export function hdlcAddress({ logical, physical, length }: HdlcAddressOptions): HdlcAddress {
  length ??= physical === undefined && logical <= largestPart[1] ? 1 : Math.max(logical, physical ?? 0) <= largestPart[2] ? 2 : 4;
  const fits = (part: number) => Number.isInteger(part) && part >= 0 && part <= largestPart[length];
  if (!fits(logical) || (physical !== undefined && !fits(physical)) || (length === 1) !== (physical === undefined)) {
    throw new LocalProtocolError(`HDLC address ${logical}/${physical ?? "-"} has no form of ${length} octets`, {
      layer: "hdlc",
      details: { logical, physical, length },
    });
  }
  return physical === undefined ? { logical, length } : { logical, physical, length };
}

/** True when nobody is meant: such frames are discarded (IEC 62056-46 6.4.2.3). */
export function isNoStation(address: HdlcAddress): boolean {
  return address.logical === noStation || address.physical === noStation;
}

/** True when either part is the all-station address of its length. */
export function isBroadcast(address: HdlcAddress): boolean {
  return isAllStation(address.logical, address) || (address.physical !== undefined && isAllStation(address.physical, address));
}

/** True for a server that speaks by itself and has no address of its own yet (IEC 62056-46 6.4.2.3, CALLING). */
export function isCalling({ physical, length }: HdlcAddress): boolean {
  return physical !== undefined && physical === largestPart[length] - 1;
}

/** True when `part` of `address` means every device rather than one. */
export function isAllStation(part: number, address: HdlcAddress): boolean {
  return part === largestPart[address.length];
}

/**
 * True when both mean the same station. Only the numbers count: meters answer in another length than they were called
 * with, and without the lower part.
 */
export function sameStation(a: HdlcAddress, b: HdlcAddress): boolean {
  return a.logical === b.logical && (a.physical === undefined || b.physical === undefined || a.physical === b.physical);
}

/** A string that only the same numbers have, for use in maps. */
export function addressKey({ logical, physical }: HdlcAddress): string {
  return physical === undefined ? `${logical}` : `${logical}/${physical}`;
}

/** Appends the address: seven bits an octet, bit 0 set on the last. */
export function writeAddress(writer: ByteWriter, { logical, physical = 0, length }: HdlcAddress): void {
  if (length === 1) {
    writer.u8((logical << 1) | 1);
  } else if (length === 2) {
    writer.u8(logical << 1);
    writer.u8((physical << 1) | 1);
  } else {
    writer.u8((logical >> 7) << 1);
    writer.u8((logical & 0x7f) << 1);
    writer.u8((physical >> 7) << 1);
    writer.u8(((physical & 0x7f) << 1) | 1);
  }
}

/** Octets of the address that starts at `offset`; 0 when none ends before `end` or within four, 3 when malformed. */
export function addressLengthAt(bytes: Uint8Array, offset: number, end: number): 0 | 3 | HdlcAddressLength {
  for (let length = 1; length <= 4; length++) {
    const at = offset + length - 1;
    if (at >= end) return 0;
    if (((bytes[at] as number) & 1) === 1) return length as 1 | 2 | 3 | 4;
  }
  return 3;
}

/** The address of `length` octets at `offset`; the caller has measured it with {@link addressLengthAt}. */
export function addressAt(bytes: Uint8Array, offset: number, length: HdlcAddressLength): HdlcAddress {
  if (length === 1) return { logical: septetAt(bytes, offset), length };
  if (length === 2) return { logical: septetAt(bytes, offset), physical: septetAt(bytes, offset + 1), length };
  const logical = (septetAt(bytes, offset) << 7) | septetAt(bytes, offset + 1);
  return { logical, physical: (septetAt(bytes, offset + 2) << 7) | septetAt(bytes, offset + 3), length };
}

function septetAt(bytes: Uint8Array, offset: number): number {
  return (bytes[offset] as number) >> 1;
}

/**
 * Reads an address.
 * @throws DecodeError `truncated`, or `bad-length` for three octets or more than four.
 */
export function readAddress(reader: ByteReader): HdlcAddress {
  const octets = reader.slice(reader.offset, reader.offset + Math.min(reader.remaining, 4));
  const length = addressLengthAt(octets, 0, octets.length);
  if (length === 0) throw new DecodeError("truncated", "HDLC address", reader.offset, undefined, { layer: "hdlc" });
  if (length === 3) throw new DecodeError("bad-length", "HDLC address", reader.offset, undefined, { layer: "hdlc" });
  reader.skip(length);
  return addressAt(octets, 0, length);
}
