import { ConfigError } from "../errors.ts";
import { withBits } from "./bit-field.ts";
import type { Block } from "./block.ts";
import type { DecoderKey } from "./decoder-key.ts";
import type { EncryptionAlgorithm } from "./encryption-algorithm.ts";
import { tokenCheckSum } from "./token-crc.ts";
import { formatTokenDigits } from "./token-digits.ts";
import { layoutOf, placeOf, type Token } from "./token-layouts.ts";

/**
 * The 20 digits of a token for the meter with this key. Amounts the token has no step for are rounded in the customer's favour.
 * @throws ConfigError with the name of the field that cannot hold its value, or `service` for one the algorithm does not have
 * @throws SecurityError `suite-mismatch` for a key that is none of the algorithm
 */
export function encodeToken(token: Token, decoderKey: DecoderKey, algorithm: EncryptionAlgorithm): string {
  const { tokenClass, encryption } = layoutOf(token.service);
  if (encryption !== undefined && encryption !== algorithm.code) {
    throw new ConfigError("service", `${token.service} is a token of EA${encryption}, not of EA${algorithm.code}`);
  }
  const block = clearBlock(token);
  const carried = tokenClass === 1 ? block : algorithm.cipher(decoderKey).encrypt(block);
  return formatTokenDigits({ tokenClass, block: carried });
}

/**
 * The block of a token before it is ciphered: subclass, data and check sum.
 * @throws ConfigError with the name of the field that cannot hold its value
 */
export function clearBlock(token: Token): Block {
  const { tokenClass, fields, checkSum } = layoutOf(token.service);
  const values = token as Readonly<Record<string, unknown>>;
  let block: Block = { high: placeOf(token).subclass << 28, low: 0 };
  for (const { name, ranges, codec } of fields) block = withBits(block, ranges, codec.write(values[name], name));
  return withBits(block, [[15, 0]], tokenCheckSum(tokenClass, block, checkSum));
}
