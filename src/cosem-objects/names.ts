import type { LogicalName } from "./logical-name.ts";
import { standardNames } from "./standard-names.ts";

/** Value group C of electricity (A = 1): the quantity, for objects that no table names. */
const quantities: Readonly<Record<number, string>> = {
  1: "active import (+A)",
  2: "active export (−A)",
  3: "reactive import (+R)",
  4: "reactive export (−R)",
  5: "reactive QI",
  6: "reactive QII",
  7: "reactive QIII",
  8: "reactive QIV",
  9: "apparent import (+VA)",
  10: "apparent export (−VA)",
  11: "current",
  12: "voltage",
  13: "power factor",
  14: "frequency",
  15: "active absolute",
  16: "active net",
  91: "neutral current",
  92: "neutral voltage",
};

/** Value group D: how the quantity was processed. */
const processings: Readonly<Record<number, string>> = {
  2: "cumulative maximum",
  3: "minimum",
  4: "current average",
  5: "last average",
  6: "maximum",
  7: "instantaneous",
  8: "energy",
  9: "energy since last reset",
  24: "average",
};

const phases = ["", " L1", " L2", " L3"] as const;

/**
 * The name people know an object by: from the table of names, with "rate n" for tariff registers, or composed from the
 * value groups; undefined where the standard does not say.
 */
export function nameOf(logicalName: LogicalName): string | undefined {
  const known = standardNames[logicalName];
  if (known !== undefined) return known;
  const groups = logicalName.split(".").map(Number);
  const [a, b, c, d, e, f] = groups as [number, number, number, number, number, number];
  if (f !== 255) {
    const current = nameOf(`${a}.${b}.${c}.${d}.${e}.255`);
    return current === undefined ? undefined : `${current}, ${f >= 101 && f <= 126 ? `${f - 100}. last billing` : `billing ${f}`}`;
  }
  if (a !== 1) return undefined;
  if (e > 0 && e <= 63) {
    const total = nameOf(`1.${b}.${c}.${d}.0.255`);
    return total === undefined ? undefined : `${total} rate ${e}`;
  }
  return composeName(c, d);
}

function composeName(c: number, d: number): string | undefined {
  const phase = c > 20 && c <= 80 ? Math.floor(c / 20) : 0;
  const quantity = quantities[phase > 0 ? c - 20 * phase : c];
  const processing = processings[d];
  if (quantity === undefined || processing === undefined) return undefined;
  const text = `${processing} ${quantity}${phases[phase]}`;
  return text[0]?.toUpperCase() + text.slice(1);
}

/** The name as a key: lower-case words joined by underscores, without what stands in brackets. */
export function nameKey(name: string): string {
  return name
    .replace(/\([^)]*\)/g, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "");
}

/** Short names that users type for profiles. */
export const profileNames = {
  load: "1.0.99.1.0.255",
  hourly: "1.0.99.1.1.255",
  daily: "1.0.99.2.0.255",
  monthly: "0.0.98.1.0.255",
  tokens: "0.0.99.15.0.255",
} as const satisfies Readonly<Record<string, LogicalName>>;

let namesByKey: ReadonlyMap<string, LogicalName> | undefined;

/** The object with this name, whatever its case, spaces or underscores; the first in the table where names repeat. */
export function logicalNameByName(text: string): LogicalName | undefined {
  namesByKey ??= buildKeys();
  const key = nameKey(text);
  const found = namesByKey.get(key);
  if (found !== undefined) return found;
  const rate = /^(.*)_rate_(\d{1,2})$/.exec(key);
  const total = rate === null ? undefined : namesByKey.get(rate[1] as string);
  if (rate === null || total === undefined) return undefined;
  const groups = total.split(".");
  groups[4] = String(Number(rate[2]));
  const candidate = groups.join(".") as LogicalName;
  return nameKey(nameOf(candidate) ?? "") === key ? candidate : undefined;
}

function buildKeys(): ReadonlyMap<string, LogicalName> {
  const map = new Map<string, LogicalName>(Object.entries(profileNames));
  for (const [logicalName, name] of Object.entries(standardNames)) {
    const key = nameKey(name as string);
    if (!map.has(key)) map.set(key, logicalName as LogicalName);
  }
  return map;
}
