import type { Block } from "./block.ts";
import type { TokenClass } from "./token-class.ts";

/** Which of the two check sums a token carries: CRC_C belongs to the currency credits. */
export type CheckSum = "crc" | "crc-c";

/** x^16 + x^15 + x^2 + 1, reflected. */
const polynomial = 0xa001;

const table = Uint16Array.from({ length: 256 }, (_, octet) => {
  for (let bit = 0; bit < 8; bit++) octet = (octet & 1) === 1 ? (octet >>> 1) ^ polynomial : octet >>> 1;
  return octet;
});

/**
 * The check sum over class, subclass and data, in the order of the block's bits 15 to 0: seven octets, of which six bits of
 * padding and the class are the first, and for CRC_C one octet 01 more.
 */
export function tokenCheckSum(tokenClass: TokenClass, { high, low }: Block, kind: CheckSum): number {
  let crc = 0xffff;
  crc = next(crc, tokenClass);
  crc = next(crc, high >>> 24);
  crc = next(crc, high >>> 16);
  crc = next(crc, high >>> 8);
  crc = next(crc, high);
  crc = next(crc, low >>> 24);
  crc = next(crc, low >>> 16);
  if (kind === "crc-c") crc = next(crc, 1);
  // The block has the low octet of the register first.
  return ((crc & 0xff) << 8) | (crc >>> 8);
}

function next(crc: number, octet: number): number {
  return (crc >>> 8) ^ (table[(crc ^ octet) & 0xff] as number);
}
