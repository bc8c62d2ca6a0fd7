import { ConfigError } from "../errors.ts";

const mantissaBits = 14;
const mantissas = 2n ** 14n;
const signBit = 1 << 19;

/** 10^e and where the exponent e begins, for e from 0 to 31: the scale of unsigned amounts, carried on. */
const scale = Array.from({ length: 32 }, (_, exponent) => {
  let offset = 0n;
  for (let below = 0n; below < exponent; below++) offset += mantissas * 10n ** below;
  return { step: 10n ** BigInt(exponent), offset };
});

/** The largest magnitude of a currency amount, in units of 0.00001. */
export const largestCurrency: bigint = currencyOf(signBit - 1);

/**
 * The 20 bits of a currency amount (sign, five bits of exponent, fourteen of mantissa: S&E and Amount joined) given in units
 * of 0.00001, rounded up where there is no step for it: a credit grows by that, a debit shrinks.
 * @throws ConfigError `path` for a magnitude above {@link largestCurrency}
 */
export function encodeCurrency(units: bigint, path = "amount"): number {
  const negative = units < 0n;
  const magnitude = negative ? -units : units;
  if (magnitude > largestCurrency) throw new ConfigError(path, `expected at most ${largestCurrency} units of 0.00001 either way`);
  const exponent = scale.findLastIndex(({ offset }) => magnitude >= offset);
  const { step, offset } = scale[exponent] as (typeof scale)[number];
  const mantissa = (magnitude - offset + (negative ? 0n : step - 1n)) / step;
  return (negative ? signBit : 0) | ((exponent << mantissaBits) + Number(mantissa));
}

/** The amount that 20 bits stand for, in units of 0.00001; a negative zero is zero. */
export function decodeCurrency(field: number): bigint {
  const magnitude = currencyOf(field & (signBit - 1));
  return (field & signBit) === 0 ? magnitude : -magnitude;
}

function currencyOf(field: number): bigint {
  const { step, offset } = scale[field >>> mantissaBits] as (typeof scale)[number];
  return offset + BigInt(field & ((1 << mantissaBits) - 1)) * step;
}
