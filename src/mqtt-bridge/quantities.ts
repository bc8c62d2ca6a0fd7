/** How a COSEM base unit is published. */
export interface Quantity {
  /** Symbol of the published unit. */
  readonly unit: string;
  /** base unit = published unit x divisor. */
  readonly divisor: number;
  /** Decimals that carry information; the rest is noise of binary fractions. */
  readonly decimals: number;
  /** Decimals worth showing. */
  readonly precision: number;
  /** Home Assistant's device class where it has one for this unit. */
  readonly deviceClass?: string;
}

/** The one table of units: base unit -> published form. Energy goes out in k, everything else without prefix. */
const quantities: ReadonlyMap<string, Quantity> = new Map<string, Quantity>([
  ["Wh", { unit: "kWh", divisor: 1000, decimals: 4, precision: 2, deviceClass: "energy" }],
  ["varh", { unit: "kvarh", divisor: 1000, decimals: 4, precision: 2, deviceClass: "reactive_energy" }],
  ["VAh", { unit: "kVAh", divisor: 1000, decimals: 4, precision: 2 }],
  ["W", { unit: "W", divisor: 1, decimals: 3, precision: 0, deviceClass: "power" }],
  ["var", { unit: "var", divisor: 1, decimals: 3, precision: 0, deviceClass: "reactive_power" }],
  ["VA", { unit: "VA", divisor: 1, decimals: 3, precision: 0, deviceClass: "apparent_power" }],
  ["V", { unit: "V", divisor: 1, decimals: 3, precision: 1, deviceClass: "voltage" }],
  ["A", { unit: "A", divisor: 1, decimals: 4, precision: 2, deviceClass: "current" }],
  ["Hz", { unit: "Hz", divisor: 1, decimals: 3, precision: 2, deviceClass: "frequency" }],
  ["°C", { unit: "°C", divisor: 1, decimals: 2, precision: 1, deviceClass: "temperature" }],
  ["m³", { unit: "m³", divisor: 1, decimals: 4, precision: 2, deviceClass: "volume" }],
  ["s", { unit: "s", divisor: 1, decimals: 3, precision: 0, deviceClass: "duration" }],
  ["min", { unit: "min", divisor: 1, decimals: 3, precision: 0, deviceClass: "duration" }],
  ["h", { unit: "h", divisor: 1, decimals: 3, precision: 0, deviceClass: "duration" }],
]);

/** A number without unit: power factor, a counter. */
export const dimensionless: Quantity = { unit: "", divisor: 1, decimals: 6, precision: 2 };

const isoCurrency = /^[A-Z]{3}$/;

/** True for an ISO 4217 code, and for the placeholder of a meter that does not say which currency it counts in. */
export function isMoney(unit: string | undefined): unit is string {
  return unit !== undefined && (unit === "currency" || isoCurrency.test(unit));
}

/** How readings in this base unit are published; a unit without a row of its own keeps its symbol. */
export function quantityOf(unit: string | undefined): Quantity {
  if (unit === undefined) return dimensionless;
  const known = quantities.get(unit);
  if (known !== undefined) return known;
  if (!isMoney(unit)) return { ...dimensionless, unit };
  return unit === "currency" ? { ...dimensionless, decimals: 4 } : { unit, divisor: 1, decimals: 4, precision: 2, deviceClass: "monetary" };
}

/** The number to publish, free of float noise; undefined for what is not a finite number. */
export function published(value: unknown, quantity: Quantity): number | undefined {
  if (typeof value !== "number" && typeof value !== "bigint") return undefined;
  const scaled = Number(value) / quantity.divisor;
  if (!Number.isFinite(scaled)) return undefined;
  // Adding 0 turns -0 into 0. From 1e21 on toFixed answers in exponents, which Number reads as well.
  return Number(scaled.toFixed(quantity.decimals)) + 0;
}
