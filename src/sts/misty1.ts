import type { Block, BlockCipher } from "./block.ts";
import type { DecoderKey } from "./decoder-key.ts";
import { type EncryptionAlgorithm, keyOctetsFor } from "./encryption-algorithm.ts";
import { s7, s9 } from "./misty1-tables.ts";

const rounds = 8;

/** EA11: MISTY1 with eight rounds (RFC 2994), block and key most significant octet first. */
export const misty1: EncryptionAlgorithm = {
  code: "11",
  cipher: (key: DecoderKey): BlockCipher => new Misty1Cipher(keyOctetsFor("11", key)),
};

class Misty1Cipher implements BlockCipher {
  /** EK[0..7], the key, and behind it EK[8..15], the key put through FI (RFC 2994, 2.2). */
  readonly #expanded: Uint16Array;

  constructor(key: Uint8Array) {
    const expanded = new Uint16Array(16);
    for (let index = 0; index < 8; index++) expanded[index] = ((key[2 * index] as number) << 8) | (key[2 * index + 1] as number);
    for (let index = 0; index < 8; index++) expanded[8 + index] = fi(expanded[index] as number, expanded[(index + 1) & 7] as number);
    this.#expanded = expanded;
  }

  encrypt(block: Block): Block {
    const key = this.#expanded;
    let left = block.high;
    let right = block.low;
    for (let round = 0; round < rounds; round += 2) {
      left = fl(left, round, key);
      right = fl(right, round + 1, key);
      right ^= fo(left, round, key);
      left ^= fo(right, round + 1, key);
    }
    left = fl(left, rounds, key);
    right = fl(right, rounds + 1, key);
    return { high: right >>> 0, low: left >>> 0 };
  }

  decrypt(block: Block): Block {
    const key = this.#expanded;
    let right = flInverse(block.high, rounds + 1, key);
    let left = flInverse(block.low, rounds, key);
    for (let round = rounds - 2; round >= 0; round -= 2) {
      left ^= fo(right, round + 1, key);
      right ^= fo(left, round, key);
      right = flInverse(right, round + 1, key);
      left = flInverse(left, round, key);
    }
    return { high: left >>> 0, low: right >>> 0 };
  }
}

/** FI: 16 bits through S9, S7, S9 under a subkey of 16. */
function fi(input: number, key: number): number {
  const low = input & 0x7f;
  const high = (s9[input >>> 7] as number) ^ low;
  const low2 = (s7[low] as number) ^ (high & 0x7f) ^ (key >>> 9);
  return (low2 << 9) | ((s9[high ^ (key & 0x1ff)] as number) ^ low2);
}

/** FO: 32 bits through three FI. */
function fo(input: number, round: number, key: Uint16Array): number {
  let left = input >>> 16;
  let right = input & 0xffff;
  left = fi(left ^ (key[round] as number), key[8 + ((round + 5) & 7)] as number) ^ right;
  right = fi(right ^ (key[(round + 2) & 7] as number), key[8 + ((round + 1) & 7)] as number) ^ left;
  left = fi(left ^ (key[(round + 7) & 7] as number), key[8 + ((round + 3) & 7)] as number) ^ right;
  return ((right ^ (key[(round + 4) & 7] as number)) << 16) | left;
}

/** FL: linear under the key, one half masked by the other. */
function fl(input: number, layer: number, key: Uint16Array): number {
  const right = (input & 0xffff) ^ ((input >>> 16) & andKey(layer, key));
  return (((input >>> 16) ^ (right | orKey(layer, key))) << 16) | right;
}

function flInverse(input: number, layer: number, key: Uint16Array): number {
  const left = (input >>> 16) ^ ((input & 0xffff) | orKey(layer, key));
  return (left << 16) | ((input & 0xffff) ^ (left & andKey(layer, key)));
}

function andKey(layer: number, key: Uint16Array): number {
  const pair = layer >> 1;
  return ((layer & 1) === 0 ? key[pair & 7] : key[8 + ((pair + 2) & 7)]) as number;
}

function orKey(layer: number, key: Uint16Array): number {
  const pair = layer >> 1;
  return ((layer & 1) === 0 ? key[8 + ((pair + 6) & 7)] : key[(pair + 4) & 7]) as number;
}
