import type { FleetRow } from "../../src/dashboard/contract.ts";

/** What is sorted by; null is worth nothing and stands at the end. */
type Key = number | string | null;

/** By what a table of meters can be sorted. */
export const fleetOrders = {
  meter: ({ name }) => name,
  serial: ({ serialNumber }) => serialNumber,
  state: ({ online, reason }) => (online ? "" : (reason ?? "not read")),
  contact: ({ lastRead }) => (lastRead === null ? null : -lastRead),
  drift: ({ driftSeconds }) => (driftSeconds === null ? null : Math.abs(driftSeconds)),
  power: ({ power }) => power,
  credit: ({ credit }) => credit?.value ?? null,
  supply: ({ relay }) => relay,
  alarms: ({ alarms }) => (alarms.length === 0 ? null : alarms.join(" ")),
} as const satisfies Readonly<Record<string, (row: FleetRow) => Key>>;

export type FleetOrder = keyof typeof fleetOrders;

/** Kinds of meters that somebody looks for. */
export const fleetFilters = {
  all: () => true,
  silent: ({ online }) => !online,
  alarms: ({ alarms }) => alarms.length > 0,
  "no supply": ({ relay }) => relay !== null && relay !== "connected",
} as const satisfies Readonly<Record<string, (row: FleetRow) => boolean>>;

export type FleetFilter = keyof typeof fleetFilters;

/** Rows in which every word occurs, in name, number, model or alarms. */
export function searched(rows: readonly FleetRow[], text: string): readonly FleetRow[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return rows;
  return rows.filter(({ id, name, serialNumber, model, alarms }) => {
    const all = [id, name, serialNumber, model, ...alarms.map((alarm) => alarm.replaceAll("_", " "))].join(" ").toLowerCase();
    return words.every((word) => all.includes(word));
  });
}

/** Rows in an order; those that have nothing to be sorted by stand at the end either way, and equal ones as they came. */
export function ordered(rows: readonly FleetRow[], order: FleetOrder, down: boolean, locale: string): readonly FleetRow[] {
  const keyOf: (row: FleetRow) => Key = fleetOrders[order];
  const { compare } = new Intl.Collator(locale, { numeric: true });
  const sorted = rows.map((row) => ({ row, key: keyOf(row) }));
  const sign = down ? -1 : 1;
  sorted.sort(({ key: one }, { key: other }) => {
    if (one === null || other === null) return Number(one === null) - Number(other === null);
    return sign * (typeof one === "number" && typeof other === "number" ? one - other : compare(String(one), String(other)));
  });
  return sorted.map(({ row }) => row);
}

/** The row that a key leads to, of `count`; undefined for other keys. `page` is how many rows are seen. */
export function rowByKey(key: string, row: number, count: number, page: number): number | undefined {
  const steps: Readonly<Record<string, number>> = {
    ArrowUp: -1,
    ArrowDown: 1,
    PageUp: -page,
    PageDown: page,
    Home: Number.NEGATIVE_INFINITY,
    End: Number.POSITIVE_INFINITY,
  };
  const step = steps[key];
  return step === undefined || count === 0 ? undefined : Math.min(Math.max(row + step, 0), count - 1);
}
