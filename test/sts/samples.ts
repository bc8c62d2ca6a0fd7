import fc from "fast-check";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import { widthOf } from "../../src/sts/bit-field.ts";
import { type Block, blockOf, octetsOf } from "../../src/sts/block.ts";
import { DecoderKey } from "../../src/sts/decoder-key.ts";
import type { EncryptionAlgorithm, EncryptionCode } from "../../src/sts/encryption-algorithm.ts";
import { KeyMaterial } from "../../src/sts/key-material.ts";
import { misty1 } from "../../src/sts/misty1.ts";
import { sta } from "../../src/sts/sta.ts";
import { type Token, type TokenLayout, tokenLayouts } from "../../src/sts/token-layouts.ts";

/** The algorithms, EA07 with the sample tables. */
export const algorithms: Readonly<Record<EncryptionCode, EncryptionAlgorithm>> = { "07": sta(), "11": misty1 };

/** A key for each algorithm: that of the worked example of IEC 62055-41, and that of RFC 2994. */
export const sampleKeys: Readonly<Record<EncryptionCode, DecoderKey>> = {
  "07": decoderKey("0ABC12DEF3456789"),
  "11": decoderKey("00112233445566778899AABBCCDDEEFF"),
};

export function decoderKey(hex: string): DecoderKey {
  return DecoderKey.from(fromHex(hex));
}

export function block(hex: string): Block {
  return blockOf(fromHex(hex));
}

export function blockHex(value: Block): string {
  return toHex(octetsOf(value));
}

/** CRC-16/MODBUS, bit by bit: what the check sum of a token is before its octets change places. */
export function modbusCrc(octets: Uint8Array): number {
  let crc = 0xffff;
  for (const octet of octets) {
    crc ^= octet;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  return crc;
}

/** A token with its key parts as hex: chai sees no difference between two secrets. */
export function comparable(token: Token): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(token).map(([name, value]) => [name, value instanceof KeyMaterial ? secretHex(value) : value]));
}

export function secretHex(secret: KeyMaterial): string {
  return toHex(secret.exposeSecret());
}

/** Whether tokens of a layout exist under an algorithm. */
export function belongsTo({ encryption }: TokenLayout, code: EncryptionCode): boolean {
  return encryption === undefined || encryption === code;
}

/** Every token that 44 bits of data can be, under one algorithm. */
export function anyToken(code: EncryptionCode): fc.Arbitrary<Token> {
  const layouts = (tokenLayouts as readonly TokenLayout[]).filter((layout) => belongsTo(layout, code));
  return fc.oneof(...layouts.map(tokenOf));
}

function tokenOf({ service, fields, subclasses: [lowest, highest] }: TokenLayout): fc.Arbitrary<Token> {
  const values = fields.map(({ name, ranges, codec }) => {
    if (name === "subclass") return fc.integer({ min: lowest, max: highest });
    const width = ranges.reduce((sum, range) => sum + widthOf(range), 0);
    return fc.maxSafeNat().map((number) => codec.read(number % 2 ** width));
  });
  return fc
    .tuple(...values)
    .map((read) => ({ service, ...Object.fromEntries(fields.map(({ name }, index) => [name, read[index]])) }) as unknown as Token);
}
