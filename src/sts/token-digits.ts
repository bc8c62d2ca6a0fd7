import type { Block } from "./block.ts";
import type { TokenClass } from "./token-class.ts";

/** What 20 digits carry: the class in clear, and a block that is ciphered unless the class is 1. */
export interface CarriedBlock {
  readonly tokenClass: TokenClass;
  readonly block: Block;
}

/** Digits taken at a time: a limb of 22 bits times this stays exact. */
const groupDigits = 5;
const groupBase = 10 ** groupDigits;
const limbBits = 22;
const limbBase = 2 ** limbBits;

/** Bits 28 and 27 of the number are the class; the block's own bits 28 and 27 stand at 65 and 64 instead. */
const classShift = 27;
const classMask = 3 << classShift;

/** The 66 bits that 20 decimal digits stand for; undefined for any other text, and for numbers from 2^66. */
export function parseTokenDigits(digits: string): CarriedBlock | undefined {
  if (!/^[0-9]{20}$/.test(digits)) return undefined;
  let [top, middle, bottom] = [0, 0, 0];
  for (let start = 0; start < digits.length; start += groupDigits) {
    const low = bottom * groupBase + Number(digits.slice(start, start + groupDigits));
    const mid = middle * groupBase + Math.floor(low / limbBase);
    top = top * groupBase + Math.floor(mid / limbBase);
    bottom = low % limbBase;
    middle = mid % limbBase;
  }
  if (top >= limbBase) return undefined;
  const low = ((middle & 0x3ff) << limbBits) | bottom;
  return {
    tokenClass: ((low >>> classShift) & 3) as TokenClass,
    block: { high: ((top << 12) | (middle >>> 10)) >>> 0, low: ((low & ~classMask) | ((top >>> 20) << classShift)) >>> 0 },
  };
}

/** The 20 digits, with leading zeros, of a class and a block that is ciphered already. */
export function formatTokenDigits({ tokenClass, block: { high, low } }: CarriedBlock): string {
  const carried = (low & ~classMask) | (tokenClass << classShift);
  let top = (((low >>> classShift) & 3) << 20) | (high >>> 12);
  let middle = ((high & 0xfff) << 10) | (carried >>> limbBits);
  let bottom = carried & (limbBase - 1);
  let digits = "";
  while (digits.length < 20) {
    const mid = (top % groupBase) * limbBase + middle;
    const rest = (mid % groupBase) * limbBase + bottom;
    top = Math.floor(top / groupBase);
    middle = Math.floor(mid / groupBase);
    bottom = Math.floor(rest / groupBase);
    digits = String(rest % groupBase).padStart(groupDigits, "0") + digits;
  }
  return digits;
}
