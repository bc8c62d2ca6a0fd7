/** Outcome of a block check: "ok" or not, with what was computed and what was received, in hex. */
export interface BlockCheck {
  /** BCC of IEC 62056-21 (ISO/IEC 1155), or the CRC-16 of P1 (DSMR 4 and later). */
  readonly kind: "bcc" | "crc-16";
  readonly ok: boolean;
  readonly computed: string;
  readonly received: string;
}

const sevenBits = 0x7f;

/** Exclusive or of the octets, seven bits of it (ISO/IEC 1155): those behind the first SOH or STX, up to ETX or EOT. */
export function blockCheckCharacter(bytes: Uint8Array): number {
  let check = 0;
  for (const octet of bytes) check ^= octet;
  return check & sevenBits;
}

/** x^16 + x^15 + x^2 + 1, reversed because the least significant bit comes first; initially zero (CRC-16/ARC). */
const polynomial = 0xa001;

/** CRC-16/ARC: what P1 telegrams end with, over everything from "/" to "!" (DSMR 5.0, P1 companion standard). */
export function crc16Arc(bytes: Uint8Array): number {
  let register = 0;
  for (const octet of bytes) {
    register ^= octet;
    for (let bit = 0; bit < 8; bit++) register = (register & 1) === 1 ? (register >>> 1) ^ polynomial : register >>> 1;
  }
  return register;
}
