import type { PageRows } from "../../src/dashboard/contract.ts";

/** Energy of intervals: what a register grew by from row to row. */
export interface Intervals {
  /** End of each interval, ms since 1970. */
  readonly times: readonly number[];
  /** The same as the meter's clock showed it. */
  readonly stamps: readonly string[];
  /** kWh; null where it cannot be told. */
  readonly energy: readonly (number | null)[];
}

const register = "1.0.1.8.0.255";

/** The energy between rows by their register of imported energy; empty where they have none. */
export function intervals(rows: PageRows): Intervals {
  const column = rows.columns.findIndex(({ logicalName, attribute }) => logicalName === register && attribute === 2);
  const unit = rows.columns[column]?.unit;
  const values = rows.cells[column] ?? [];
  const scale = unit === "Wh" ? 1000 : 1;
  const result = { times: [] as number[], stamps: [] as string[], energy: [] as (number | null)[] };
  for (let row = 1; row < values.length; row++) {
    const [time, before, now] = [rows.times[row], values[row - 1], values[row]];
    if (typeof time !== "number") continue;
    result.times.push(time);
    result.stamps.push(rows.stamps[row] ?? "");
    // A register that went down was set back or changed with its meter: nobody knows what was used.
    result.energy.push(typeof now === "number" && typeof before === "number" && now >= before ? (now - before) / scale : null);
  }
  return result;
}

/** The sum of what is known; null where nothing is. */
export function total(energy: readonly (number | null)[]): number | null {
  const known = energy.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}

/** Rows as a file for spreadsheets: times as the meter's clock shows them. */
export function csv({ stamps, energy }: Intervals): string {
  return ["time,energy [kWh]", ...stamps.map((stamp, index) => `${stamp},${energy[index] ?? ""}`), ""].join("\r\n");
}
