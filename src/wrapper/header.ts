import { DecodeError, LocalProtocolError } from "../errors.ts";

/** Octets in front of the APDU. */
export const wrapperHeaderLength = 8;

/** Server port of everybody: what comes there is for each logical device, and never answered (IEC 62056-47). */
export const allStationWPort = 0x7f;

/** The only version there is (IEC 62056-47). */
export const wrapperVersion = 1;

/** The most the length field can say, in octets. */
export const maxWpduPayload = 0xffff;

/** The most that one UDP datagram over IPv4 carries behind the header, in octets. */
export const maxDatagramPayload: number = 65_507 - wrapperHeaderLength;

/** A wrapper PDU: one APDU and the ports, numerically the SAPs, it goes between. `apdu` is a view when decoded. */
export interface Wpdu {
  readonly sourceWPort: number;
  readonly destinationWPort: number;
  readonly apdu: Uint8Array;
}

/** The fixed part of a wrapper PDU. */
export interface WrapperHeader {
  readonly version: number;
  readonly sourceWPort: number;
  readonly destinationWPort: number;
  /** Of the APDU, in octets. */
  readonly length: number;
}

/** The header at `offset`; the caller has checked that {@link wrapperHeaderLength} octets are there. */
export function headerAt(bytes: Uint8Array, offset: number): WrapperHeader {
  return {
    version: u16At(bytes, offset),
    sourceWPort: u16At(bytes, offset + 2),
    destinationWPort: u16At(bytes, offset + 4),
    length: u16At(bytes, offset + 6),
  };
}

function u16At(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset] as number) << 8) | (bytes[offset + 1] as number);
}

/**
 * One wrapper PDU.
 * @throws LocalProtocolError when the APDU is empty or longer than `maxPayload`, by default what the length field can say.
 */
export function encodeWpdu({ sourceWPort, destinationWPort, apdu }: Wpdu, maxPayload: number = maxWpduPayload): Uint8Array {
  if (apdu.length === 0 || apdu.length > maxPayload) {
    const what = maxPayload === maxDatagramPayload ? "a datagram of the wrapper" : "the wrapper";
    throw new LocalProtocolError(`an APDU of ${apdu.length} octets does not fit ${what}`, {
      layer: "wrapper",
      details: { length: apdu.length, most: maxPayload },
    });
  }
  const bytes = new Uint8Array(wrapperHeaderLength + apdu.length);
  [wrapperVersion, sourceWPort, destinationWPort, apdu.length].forEach((field, index) => {
    bytes[2 * index] = field >> 8;
    bytes[2 * index + 1] = field & 0xff;
  });
  bytes.set(apdu, wrapperHeaderLength);
  return bytes;
}

/**
 * Exactly one wrapper PDU, as a datagram holds it.
 * @throws DecodeError
 */
export function decodeWpdu(bytes: Uint8Array): Wpdu {
  if (bytes.length < wrapperHeaderLength) throw fault("truncated", "wrapper header", bytes.length);
  const { version, sourceWPort, destinationWPort, length } = headerAt(bytes, 0);
  if (version !== wrapperVersion) throw fault("bad-tag", "wrapper version", 0);
  if (length === 0) throw fault("bad-length", "wrapper length", 6);
  const end = wrapperHeaderLength + length;
  if (bytes.length < end) throw fault("truncated", "wrapper APDU", bytes.length);
  if (bytes.length > end) throw fault("trailing-data", "wrapper PDU", end);
  return { sourceWPort, destinationWPort, apdu: bytes.subarray(wrapperHeaderLength) };
}

function fault(code: "truncated" | "trailing-data" | "bad-tag" | "bad-length", what: string, offset: number): DecodeError {
  return new DecodeError(code, what, offset, undefined, { layer: "wrapper" });
}
