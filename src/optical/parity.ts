import { DecodeError } from "../errors.ts";

const parityBit = 0x80;
const characterBits = 0x7f;

/** True for an even number of ones. */
export function isEvenParity(octet: number): boolean {
  let folded = octet ^ (octet >> 4);
  folded ^= folded >> 2;
  return ((folded ^ (folded >> 1)) & 1) === 0;
}

/**
 * True for what was heard with eight bits of a line with seven bits and even parity. All starts of a message ("/", SOH,
 * STX) have an odd number of ones, so the first octet tells.
 */
export function hasParityBits(message: Uint8Array): boolean {
  return ((message[0] ?? 0) & parityBit) !== 0;
}

/** The characters without their parity bits; nothing is verified. */
export function withoutParityBits(bytes: Uint8Array): Uint8Array {
  return bytes.map((octet) => octet & characterBits);
}

/** @throws DecodeError `check-failed` at the first octet with odd parity */
export function verifyEvenParity(bytes: Uint8Array): void {
  const odd = bytes.findIndex((octet) => !isEvenParity(octet));
  if (odd < 0) return;
  const message = `parity: odd number of ones at offset ${odd} of a line with even parity`;
  throw new DecodeError("check-failed", "parity", odd, message, { layer: "optical" });
}

/** The characters with the bit that makes the number of ones even: 7E1 on a port of eight bits. */
export function withEvenParity(characters: Uint8Array): Uint8Array {
  return characters.map((character) => (isEvenParity(character & characterBits) ? character & characterBits : character | parityBit));
}
