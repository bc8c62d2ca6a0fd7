import type { Entity, StateField, StateValue } from "./entity.ts";
import { published, type Quantity, quantityOf } from "./quantities.ts";
import type { ReadingIdentity } from "./reading.ts";
import { plainText, snakeCase } from "./text.ts";

/**
 * An object without a row in the table of canonical keys: published under its own name in snake_case, with what its unit
 * says about it. A name that is empty or taken gets the logical name appended.
 */
export function namedField(identity: ReadingIdentity, taken: ReadonlySet<string>): StateField {
  const { logicalName, attribute, unit } = identity;
  const digits = snakeCase(logicalName);
  const name = snakeCase(identity.name);
  const base = attribute === 2 ? name : `${name}_${attribute}`;
  const key = name === "" || taken.has(base) ? `${base}_${digits}`.replace(/^_/, "") : base;
  const quantity = quantityOf(unit);
  const counter = countsUp(identity);
  const entity: Entity = {
    component: key,
    uniqueSuffix: attribute === 2 ? digits : `${digits}_${attribute}`,
    platform: "sensor",
    name: plainText(identity.name, 100) || key,
    ...(unit === undefined ? {} : numeric(quantity, counter)),
  };
  return { key, convert: (value) => anything(value, quantity), entity, counter, momentary: false };
}

const energyUnits: ReadonlySet<string | undefined> = new Set(["Wh", "varh", "VAh"]);

/** Energy registers (value group D = 8) only grow, but for the net quantities (C = 16, 36, 56, 76), which are signed. */
function countsUp({ logicalName, unit }: ReadingIdentity): boolean {
  const [a, , c, d] = logicalName.split(".").map(Number);
  return energyUnits.has(unit) && a === 1 && d === 8 && c !== undefined && c % 20 !== 16;
}

/** Home Assistant accepts no "measurement" of energy, volume or money: they are amounts, not levels. */
const amounts: ReadonlySet<string | undefined> = new Set(["energy", "reactive_energy", "volume", "monetary"]);

function numeric(quantity: Quantity, counter: boolean): Partial<Entity> {
  const { deviceClass, unit, precision } = quantity;
  const level = amounts.has(deviceClass) ? "total" : "measurement";
  return {
    ...(deviceClass === undefined ? {} : { deviceClass }),
    stateClass: counter ? "total_increasing" : level,
    ...(unit === "" ? {} : { unit: plainText(unit, 16) }),
    precision,
  };
}

/** Text cleaned, numbers scaled, whole numbers beyond 2^53 as text. */
function anything(value: unknown, quantity: Quantity): StateValue | undefined {
  if (typeof value === "bigint" && quantity.divisor === 1 && !Number.isSafeInteger(Number(value))) return plainText(value.toString());
  if (typeof value === "number" || typeof value === "bigint") return published(value, quantity);
  if (typeof value === "boolean") return value;
  if (typeof value === "string") return plainText(value) || undefined;
  return Array.isArray(value) ? value.slice(0, longestList).map((item) => plainText(String(item))) : undefined;
}

const longestList = 64;
