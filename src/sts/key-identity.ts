import { ConfigError } from "../errors.ts";
import type { KeyType } from "./key-type.ts";

/** What tells the decoder keys of one meter apart. */
export interface KeyIdentity {
  /** 0 to 999999. */
  readonly supplyGroupCode: number;
  /** 1 to 9. */
  readonly keyRevisionNumber: number;
  readonly keyType: KeyType;
  /** 0 to 99. */
  readonly tariffIndex: number;
}

/** Lowest and highest. */
const ranges = {
  supplyGroupCode: [0, 999_999],
  keyRevisionNumber: [1, 9],
  keyType: [0, 3],
  tariffIndex: [0, 99],
} as const satisfies Readonly<Record<keyof KeyIdentity, readonly [number, number]>>;

/** The first of these numbers that is out of its range, by name; undefined where all are in range. */
export function outOfRange(identity: Partial<KeyIdentity>): keyof KeyIdentity | undefined {
  return (Object.keys(ranges) as (keyof KeyIdentity)[]).find((name) => {
    const value = identity[name];
    const [lowest, highest] = ranges[name];
    return value !== undefined && !(Number.isInteger(value) && value >= lowest && value <= highest);
  });
}

/**
 * Does nothing for what a key can be of.
 * @throws ConfigError with the name of the first number out of range
 */
export function checkKeyIdentity(identity: Partial<KeyIdentity>): void {
  const name = outOfRange(identity);
  if (name === undefined) return;
  const [lowest, highest] = ranges[name];
  throw new ConfigError(name, `expected an integer from ${lowest} to ${highest}, got ${identity[name]}`);
}
