import { readBits } from "./bit-field.ts";
import type { Block } from "./block.ts";
import type { DecoderKey } from "./decoder-key.ts";
import type { EncryptionAlgorithm } from "./encryption-algorithm.ts";
import { tokenCheckSum } from "./token-crc.ts";
import { parseTokenDigits } from "./token-digits.ts";
import { layoutAt, type Token, type TokenLayout } from "./token-layouts.ts";

/**
 * Why digits are no token of a meter: they are not 20 digits below 2^66; the check sum is wrong, so they were mistyped or are
 * for another meter or key; the class is reserved.
 */
export type TokenFault = "format-error" | "crc-error" | "function-error";

/** What 20 digits turned out to be. */
export type DecodedToken = { readonly result: "authentic"; readonly token: Token } | { readonly result: TokenFault };

/**
 * Deciphers digits and checks that they are authentic; whether the meter then accepts the token is another question. Any text
 * has a result.
 * @throws SecurityError `suite-mismatch` for a key that is none of the algorithm
 */
export function decodeToken(digits: string, decoderKey: DecoderKey, algorithm: EncryptionAlgorithm): DecodedToken {
  const carried = parseTokenDigits(digits);
  if (carried === undefined) return { result: "format-error" };
  const { tokenClass } = carried;
  if (tokenClass === 3) return { result: "function-error" };
  const block = tokenClass === 1 ? carried.block : algorithm.cipher(decoderKey).decrypt(carried.block);
  const layout = layoutAt(algorithm.code, tokenClass, block.high >>> 28);
  if (tokenCheckSum(tokenClass, block, layout.checkSum) !== (block.low & 0xffff)) return { result: "crc-error" };
  return { result: "authentic", token: read(layout, block) };
}

function read({ service, fields }: TokenLayout, block: Block): Token {
  const values: Record<string, unknown> = { service };
  for (const { name, ranges, codec } of fields) values[name] = codec.read(readBits(block, ranges));
  return values as unknown as Token;
}
