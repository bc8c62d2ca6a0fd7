import type { FleetRow } from "../../src/dashboard/contract.ts";

const troubleWithCredit = /^(low_credit|out_of_credit|emergency_credit)/;

/** Kinds of meters that somebody looks for. */
export const fleetFilters = {
  all: () => true,
  "not answering": ({ online }) => !online,
  "with alarms": ({ alarms }) => alarms.length > 0,
  "low credit or disconnected": ({ alarms, credit, relay }) =>
    (relay !== null && relay !== "connected") ||
    (credit !== null && credit.value <= 0) ||
    alarms.some((alarm) => troubleWithCredit.test(alarm)),
} as const satisfies Readonly<Record<string, (row: FleetRow) => boolean>>;

export type FleetFilter = keyof typeof fleetFilters;

/** How many rows are of each kind. */
export function countsOf(rows: readonly FleetRow[]): Readonly<Record<FleetFilter, number>> {
  const counts = { all: 0, "not answering": 0, "with alarms": 0, "low credit or disconnected": 0 };
  const kinds = Object.keys(counts) as FleetFilter[];
  for (const row of rows) for (const kind of kinds) if (fleetFilters[kind](row)) counts[kind]++;
  return counts;
}

/** What is searched of a row, made once: a row that changes is another object. */
const texts = new WeakMap<FleetRow, string>();

function textOf(row: FleetRow): string {
  const known = texts.get(row);
  if (known !== undefined) return known;
  const { id, name, serialNumber, model, alarms } = row;
  const text = [id, name, serialNumber, model, ...alarms.map((alarm) => alarm.replaceAll("_", " "))].join(" ").toLowerCase();
  texts.set(row, text);
  return text;
}

/** Rows in which every word occurs, in name, number, model or alarms. */
export function searched(rows: readonly FleetRow[], text: string): readonly FleetRow[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return rows;
  return rows.filter((row) => words.every((word) => textOf(row).includes(word)));
}
