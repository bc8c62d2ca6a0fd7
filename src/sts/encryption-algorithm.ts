import { SecurityError } from "../errors.ts";
import type { BlockCipher } from "./block.ts";
import type { DecoderKey } from "./decoder-key.ts";

/** The two digits that name an encryption algorithm: 07 is STA, 11 is MISTY1. */
export type EncryptionCode = "07" | "11";

/** Octets of the decoder key of each encryption algorithm. */
export const decoderKeyLengths = { "07": 8, "11": 16 } as const satisfies Readonly<Record<EncryptionCode, number>>;

/** What enciphers the blocks of class 0 and class 2 tokens. */
export interface EncryptionAlgorithm {
  readonly code: EncryptionCode;
  /**
   * The cipher under a decoder key.
   * @throws SecurityError `suite-mismatch` for a key of another algorithm's length
   */
  cipher(key: DecoderKey): BlockCipher;
}

/**
 * The octets of a decoder key of this algorithm.
 * @throws SecurityError `suite-mismatch` for a key of another algorithm's length
 */
export function keyOctetsFor(code: EncryptionCode, key: DecoderKey): Uint8Array {
  if (key.length !== decoderKeyLengths[code]) {
    throw new SecurityError("suite-mismatch", `a decoder key of ${key.length} octets is none of EA${code}`);
  }
  return key.exposeSecret();
}
