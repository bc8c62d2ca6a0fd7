import { ConfigError, DecodeError } from "../errors.ts";
import {
  decimalOf,
  decodeAmount,
  decodeCurrency,
  encodeAmount,
  encodeCurrency,
  largestAmount,
  largestCurrency,
  unitsOf,
} from "../sts/index.ts";

/** An amount as people write it: a decimal number, and what it counts. */
export interface Quantity {
  readonly value: string;
  readonly unit: string;
}

/** How a field of sixteen bits, or the wider one of currencies, counts. */
interface AmountField {
  readonly largest: bigint;
  readonly signed: boolean;
  /** Hex digits of the bits. */
  readonly digits: number;
  readonly encode: (units: bigint) => number;
  readonly decode: (bits: number) => bigint;
}

/** How tokens of a service count. */
export interface Measure {
  readonly unit: string;
  /** Decimal places of one unit of the token. */
  readonly places: number;
  readonly field: AmountField;
}

const amount: AmountField = {
  largest: BigInt(largestAmount),
  signed: false,
  digits: 4,
  encode: (units) => encodeAmount(Number(units)),
  decode: (bits) => BigInt(decodeAmount(bits)),
};

const currency: AmountField = {
  largest: largestCurrency,
  signed: true,
  digits: 5,
  encode: (units) => encodeCurrency(units),
  decode: decodeCurrency,
};

const energy: Measure = { unit: "kWh", places: 1, field: amount };
const volume: Measure = { unit: "m3", places: 1, field: amount };
const time: Measure = { unit: "min", places: 1, field: amount };
const power: Measure = { unit: "W", places: 0, field: amount };
const money: Measure = { unit: "currency", places: 5, field: currency };

/** The services of IEC 62055-41 that carry an amount; their names are those of the token layouts. */
export const measures = {
  "transfer-credit-electricity": energy,
  "transfer-credit-water": volume,
  "transfer-credit-gas": volume,
  "transfer-credit-time": time,
  "transfer-credit-currency-electricity": money,
  "transfer-credit-currency-water": money,
  "transfer-credit-currency-gas": money,
  "transfer-credit-currency-time": money,
  "set-maximum-power-limit": power,
  "set-phase-unbalance-limit": power,
} as const satisfies Readonly<Record<string, Measure>>;

/** The name of a service with an amount. */
export type MeasuredService = keyof typeof measures;

/** The measure of a service, undefined for one without an amount. */
export function measureOf(service: string): Measure | undefined {
  return Object.hasOwn(measures, service) ? measures[service as MeasuredService] : undefined;
}

/**
 * The amount that a token carries for what people wrote, in units of the token: rounded up to the next step the token has,
 * in the customer's favour.
 * @throws ConfigError `value` for what is no decimal number, or more than a token holds
 */
export function carriedUnits(text: string, { unit, places, field }: Measure): bigint {
  const units = decimalUnits(text, unit, places);
  const least = field.signed ? -field.largest : 0n;
  if (units < least || units > field.largest) {
    throw new ConfigError("value", `expected ${decimalOf(least, places)} to ${decimalOf(field.largest, places)} ${unit}, got ${text}`);
  }
  return field.decode(field.encode(units));
}

/** Units of a token as people write them. */
export function quantityOf(units: bigint | number, { unit, places }: Measure): Quantity {
  return { value: decimalOf(units, places), unit };
}

/** The bits of an amount in hex; those of a currency have the digit of sign and exponent in front. */
export function amountBits(units: bigint | number, { field }: Measure): string {
  return field.encode(BigInt(units)).toString(16).padStart(field.digits, "0");
}

function decimalUnits(text: string, unit: string, places: number): bigint {
  try {
    return unitsOf(text, places);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new ConfigError("value", `expected a decimal number of ${unit} such as 25.6, got ${JSON.stringify(text)}`);
  }
}
