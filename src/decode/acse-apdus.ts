import { ByteReader } from "../bytes/byte-reader.ts";
import { readBerFields, readBerLength } from "../dlms/acse/ber.ts";
import {
  decodeAare,
  decodeAarq,
  decodeAbrt,
  decodeRlre,
  decodeRlrq,
  encodeAare,
  encodeAarq,
  encodeAbrt,
  encodeRlre,
  encodeRlrq,
} from "../dlms/acse/codec.ts";
import { apduTags } from "../dlms/xdlms/tags.ts";
import { DecodeError } from "../errors.ts";

interface AcseCodec<T> {
  readonly decode: (bytes: Uint8Array) => T;
  readonly encode: (value: T) => Uint8Array;
}

/** The association control APDUs; they are BER, and not in the table of the xDLMS APDUs. */
export const acseApdus = {
  aarq: codec(decodeAarq, encodeAarq),
  aare: codec(decodeAare, encodeAare),
  rlrq: codec(decodeRlrq, encodeRlrq),
  rlre: codec(decodeRlre, encodeRlre),
  abrt: codec(decodeAbrt, encodeAbrt),
} as const satisfies Readonly<Record<string, AcseCodec<object>>>;

export type AcseType = keyof typeof acseApdus;

/** The fields that the explanation treats apart. */
export interface AcseFields {
  /** System title of the client, in an AARQ. */
  readonly callingApTitle?: Uint8Array | undefined;
  /** System title of the server, in an AARE. */
  readonly respondingApTitle?: Uint8Array | undefined;
  readonly userInformation?: Uint8Array | undefined;
  readonly authenticationValue?: Uint8Array | undefined;
}

/** True for the name of an association control APDU. */
export function isAcse(type: string | undefined): type is AcseType {
  return type !== undefined && Object.hasOwn(acseApdus, type);
}

/** An ACSE APDU at the start of `bytes`. */
export interface AcseApdu {
  readonly value: AcseFields;
  /** Octets it takes. */
  readonly length: number;
  readonly warning?: string;
}

/** @throws DecodeError */
export function readAcse(type: AcseType, bytes: Uint8Array): AcseApdu {
  const reader = new ByteReader(bytes);
  reader.skip(1, type);
  const claimed = readBerLength(reader, type);
  if (bytes[0] === apduTags.rlre.plain && !isWhole(reader, claimed)) {
    const warning = `rlre: its lengths are wrong: ${claimed} octets claimed, ${reader.remaining} present`;
    return { value: decodeRlre(bytes), length: bytes.length, warning };
  }
  reader.skip(claimed, type);
  return { value: acseApdus[type].decode(bytes.subarray(0, reader.offset)), length: reader.offset };
}

function isWhole(reader: ByteReader, length: number): boolean {
  if (length > reader.remaining) return false;
  try {
    readBerFields(new ByteReader(reader.slice(reader.offset, reader.offset + length)), "rlre");
    return true;
  } catch (error) {
    if (error instanceof DecodeError) return false;
    throw error;
  }
}

/** The decoder makes plain objects of different types; here they are only carried from it to its encoder. */
function codec<T extends object>(decode: (bytes: Uint8Array) => T, encode: (value: T) => Uint8Array): AcseCodec<object> {
  return { decode, encode: (value) => encode(value as T) };
}
