import { type Block, type BlockCipher, blockOf } from "./block.ts";
import type { DecoderKey } from "./decoder-key.ts";
import { type EncryptionAlgorithm, keyOctetsFor } from "./encryption-algorithm.ts";
import { type StaTables, sampleStaTables, staTablesFrom } from "./sta-tables.ts";

const rounds = 16;
const nibbles = 16;

/**
 * Substitution and the permutation behind it, in one look-up: two words, high and low, for each nibble of the block, key bit
 * and value, at `(nibble << 6) | (keyBit << 5) | (value << 1)`.
 */
type Layer = Int32Array;

/**
 * EA07, the STA: 16 rounds of substitution and permutation over 64 bits, with the sample tables or a member's.
 * @throws ConfigError for tables that are no permutations
 */
export function sta(tables: StaTables = sampleStaTables): EncryptionAlgorithm {
  const { S1, S2, P } = staTablesFrom(tables);
  const [inverseS1, inverseS2, inverseP] = [inverse(S1), inverse(S2), inverse(P)];
  const encryption = layerOf(S1, S2, P);
  // Decryption permutes first, so the permutation of each round is done with the substitution of the round before.
  const opening = layerOf(identity(16), identity(16), inverseP);
  const decryption = layerOf(inverseS2, inverseS1, inverseP);
  const closing = layerOf(inverseS2, inverseS1, identity(64));
  return {
    code: "07",
    cipher: (key: DecoderKey): BlockCipher => {
      const { high, low } = blockOf(keyOctetsFor("07", key));
      return {
        encrypt: (block) => encrypt(block, { high, low }, encryption),
        decrypt: (block) => decrypt(block, { high, low }, opening, decryption, closing),
      };
    },
  };
}

/** The key is complemented and rotated right by 12, and bit 4n + 3 of it chooses for nibble n: 15, to have that at bit 4n. */
function encrypt(block: Block, key: Block, layer: Layer): Block {
  let selector = rotatedRight(~key.high, ~key.low, 15);
  for (let round = 0; round < rounds; round++) {
    block = passed(block, selector, layer);
    // Left by one is right by 63: the halves change places, which is 32, and 31 are left.
    selector = rotatedRight(selector.low, selector.high, 31);
  }
  return block;
}

function decrypt(block: Block, key: Block, opening: Layer, layer: Layer, closing: Layer): Block {
  let selector = key;
  block = passed(block, selector, opening);
  for (let round = 1; round < rounds; round++) {
    block = passed(block, selector, layer);
    selector = rotatedRight(selector.high, selector.low, 1);
  }
  return passed(block, selector, closing);
}

/** Every nibble through the layer, its key bit being bit 4n of `selector`. */
function passed(block: Block, selector: Block, layer: Layer): Block {
  let high = 0;
  let low = 0;
  let [words, bits] = [block.low, selector.low];
  for (let nibble = 0; nibble < nibbles; nibble++) {
    if (nibble === nibbles / 2) [words, bits] = [block.high, selector.high];
    const at = (nibble << 6) | ((bits & 1) << 5) | ((words & 15) << 1);
    high |= layer[at] as number;
    low |= layer[at + 1] as number;
    words >>>= 4;
    bits >>>= 4;
  }
  return { high: high >>> 0, low: low >>> 0 };
}

function layerOf(zero: readonly number[], one: readonly number[], destination: readonly number[]): Layer {
  const layer = new Int32Array(nibbles * 64);
  for (let nibble = 0; nibble < nibbles; nibble++) {
    for (const [keyBit, substitution] of [zero, one].entries()) {
      for (const [value, substitute] of substitution.entries()) {
        const at = (nibble << 6) | (keyBit << 5) | (value << 1);
        for (let bit = 0; bit < 4; bit++) {
          if (((substitute >> bit) & 1) === 0) continue;
          const to = destination[4 * nibble + bit] as number;
          const word = to >= 32 ? at : at + 1;
          layer[word] = (layer[word] as number) | (1 << (to & 31));
        }
      }
    }
  }
  return layer;
}

/** The 64 bits rotated by `count`, 1 to 31. */
function rotatedRight(high: number, low: number, count: number): Block {
  return { high: (high >>> count) | (low << (32 - count)), low: (low >>> count) | (high << (32 - count)) };
}

function identity(length: number): readonly number[] {
  return Array.from({ length }, (_, index) => index);
}

function inverse(permutation: readonly number[]): readonly number[] {
  const result = new Array<number>(permutation.length);
  for (const [from, to] of permutation.entries()) result[to] = from;
  return result;
}
