/** Register value before the first octet. */
export const fcsInitial = 0xffff;

/** Register value after octets followed by their own check sequence, when nothing was damaged. */
export const fcsGood = 0xf0b8;

const table = Uint16Array.from({ length: 256 }, (_, octet) => {
  let register = octet;
  // x^16 + x^12 + x^5 + 1, bit-reversed because HDLC sends the least significant bit first.
  for (let bit = 0; bit < 8; bit++) register = (register & 1) === 1 ? (register >>> 1) ^ 0x8408 : register >>> 1;
  return register;
});

/** Runs the octets of `bytes` from `start` up to `end` through the check register and returns its new value. */
export function fcsUpdate(register: number, bytes: Uint8Array, start: number, end: number): number {
  for (let index = start; index < end; index++) {
    register = (register >>> 8) ^ (table[(register ^ (bytes[index] as number)) & 0xff] as number);
  }
  return register;
}

/** FCS-16 (CRC-16/X-25) of `bytes`; the low octet goes on the wire first (ISO/IEC 13239, IEC 62056-46 6.4). */
export function fcs16(bytes: Uint8Array): number {
  return fcsUpdate(fcsInitial, bytes, 0, bytes.length) ^ 0xffff;
}
