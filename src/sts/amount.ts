import { ConfigError } from "../errors.ts";

const mantissaBits = 14;

/** Where each exponent begins: 2^14 steps of 10^e behind the one before (IEC 62055-41, TransferAmount). */
const offsets = [0, 16_384, 180_224, 1_818_624] as const;

/** The largest amount a field of 16 bits holds, in the unit of the field (0.1 kWh, 0.1 m3, 0.1 min, 1 W). */
export const largestAmount: number = decodeAmount(0xffff);

/**
 * The 16 bits of an amount in the unit of the field, rounded up where the field has no step for it: in the customer's favour.
 * @throws ConfigError `path` for what is no integer from 0 to {@link largestAmount}
 */
export function encodeAmount(units: number, path = "amount"): number {
  if (!Number.isSafeInteger(units) || units < 0 || units > largestAmount) {
    throw new ConfigError(path, `expected an integer from 0 to ${largestAmount}, got ${units}`);
  }
  const exponent = offsets.findLastIndex((offset) => units >= offset);
  // A mantissa of 2^14 carries into the exponent, which is the next step of the scale.
  return (exponent << mantissaBits) + Math.ceil((units - (offsets[exponent] as number)) / 10 ** exponent);
}

/** The amount that 16 bits stand for, in the unit of the field. */
export function decodeAmount(field: number): number {
  const exponent = (field >>> mantissaBits) & 3;
  return (offsets[exponent] as number) + (field & ((1 << mantissaBits) - 1)) * 10 ** exponent;
}
