/** The one octet that is a frame of its own: acknowledgement (EN 13757-2, FT 1.2). */
export const ackOctet = 0xe5;
export const shortStart = 0x10;
export const longStart = 0x68;
export const stopOctet = 0x16;

/** Octets of a short frame: start, C, A, check sum, stop. */
export const shortFrameLength = 5;
/** Octets of a long frame before what its length counts: start, L, L, start. */
export const longHeaderLength = 4;
/** Octets behind that: check sum, stop. */
export const longTrailerLength = 2;
/** What the length counts at least: C, A and CI. */
const shortestBody = 3;

/** A frame of the wired M-Bus; `data` is a view of the octets behind CI. */
export type MbusFrame =
  | { readonly type: "ack" }
  | { readonly type: "short"; readonly control: number; readonly address: number }
  | {
      readonly type: "long";
      readonly control: number;
      readonly address: number;
      readonly controlInformation: number;
      readonly data: Uint8Array;
    };

/**
 * What the length octet counts. Less than C, A and CI cannot be meant: Sagemcom meters let 257 and its like overflow,
 * so 0, 1 and 2 stand for 256, 257 and 258.
 */
export function bodyLength(octet: number): number {
  return octet < shortestBody ? octet + 0x100 : octet;
}

/** Octets of the longest long frame. */
export const maxFrameLength = longHeaderLength + bodyLength(shortestBody - 1) + longTrailerLength;

/** Sum of the octets from C on, without carry (EN 13757-2). */
export function checkSum(bytes: Uint8Array): number {
  let sum = 0;
  for (const octet of bytes) sum = (sum + octet) & 0xff;
  return sum;
}

const fromPrimary = 0x40;
const functionMask = 0x0f;
const primaryFunctions: Readonly<Record<number, string>> = { 0: "SND_NKE", 3: "SND_UD", 10: "REQ_UD1", 11: "REQ_UD2" };
const secondaryFunctions: Readonly<Record<number, string>> = { 0: "CON_ACK", 8: "RSP_UD" };

/** The function of a C field, whatever its FCB, FCV, ACD and DFC are; undefined for one that EN 13757-2 does not name. */
export function functionOf(control: number): string | undefined {
  return ((control & fromPrimary) !== 0 ? primaryFunctions : secondaryFunctions)[control & functionMask];
}
