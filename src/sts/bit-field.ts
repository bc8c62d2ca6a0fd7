import { ConfigError } from "../errors.ts";
import type { Block } from "./block.ts";

/** Bits of a block from the highest to the lowest, both counted from 0 at the least significant. */
export type BitRange = readonly [highest: number, lowest: number];

/** How the bits of a field, as an unsigned number, mean something. */
export interface FieldCodec<Value> {
  read(bits: number): Value;
  /** @throws ConfigError with `path` for a value the bits cannot hold */
  write(value: Value, path: string): number;
}

/** A field of a token. */
export interface BitField<Name extends string = string, Value = unknown> {
  readonly name: Name;
  /** Where its bits stand, the most significant first. */
  readonly ranges: readonly BitRange[];
  readonly codec: FieldCodec<Value>;
}

/** Number of bits in a range. */
export function widthOf([highest, lowest]: BitRange): number {
  return highest - lowest + 1;
}

/** The bits of a field; fields are narrower than 53 bits, so the number is exact. */
export function readBits({ high, low }: Block, ranges: readonly BitRange[]): number {
  let value = 0;
  for (const [highest, lowest] of ranges) {
    if (lowest >= 32) value = value * 2 ** (highest - lowest + 1) + section(high, highest - 32, lowest - 32);
    else if (highest < 32) value = value * 2 ** (highest - lowest + 1) + section(low, highest, lowest);
    else value = (value * 2 ** (highest - 31) + section(high, highest - 32, 0)) * 2 ** (32 - lowest) + section(low, 31, lowest);
  }
  return value;
}

/** The block with the bits of a field put into places that were zero. */
export function withBits({ high, low }: Block, ranges: readonly BitRange[], value: number): Block {
  for (const range of ranges.toReversed()) {
    const size = 2 ** widthOf(range);
    const [highest, lowest] = range;
    const bits = value % size;
    value = Math.floor(value / size);
    if (highest >= 32) high |= lowest >= 32 ? bits << (lowest - 32) : Math.floor(bits / 2 ** (32 - lowest));
    if (lowest < 32) low |= (bits % 2 ** (32 - lowest)) << lowest;
  }
  return { high: high >>> 0, low: low >>> 0 };
}

function section(word: number, highest: number, lowest: number): number {
  return (word << (31 - highest)) >>> (31 - highest + lowest);
}

/** An unsigned number from `lowest` up to what `highest` says. */
export function unsigned(highest: number, lowest = 0): FieldCodec<number> {
  return {
    read: (bits) => bits,
    write(value, path) {
      if (Number.isInteger(value) && value >= lowest && value <= highest) return value;
      throw new ConfigError(path, `expected an integer from ${lowest} to ${highest}, got ${value}`);
    },
  };
}

/** One bit that is set or not. */
export const flag: FieldCodec<boolean> = { read: (bits) => bits === 1, write: (value) => (value ? 1 : 0) };
