import type { PlainValue } from "../../cosem-objects/plain-value.ts";
import type { ReportProfile } from "./meter-report.ts";

/** A value over time; null where the meter has none. */
export interface Point {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The meter's local time, as it stands in its stamp. */
  readonly local: string;
  readonly value: number | null;
}

/** What a chart shows. */
export interface Series {
  readonly title: string;
  readonly unit: string;
  readonly points: readonly Point[];
}

const hour = 3_600_000;
/** A day with a turn of the clocks, and some patience. */
const longestDay = 26 * hour;

/** The power of a load profile: a column in watts, else what the register of imported energy grew by from row to row. */
export function powerOf(profile: ReportProfile): Series | undefined {
  const power = profile.columns.findIndex(({ unit }) => unit === "W");
  const title = profile.columns[power]?.name;
  if (title !== undefined) return { title, unit: "W", points: pointsOf(profile, power) };
  const energy = importedEnergy(profile);
  if (energy === undefined) return undefined;
  const points = growth(energy.points).map(({ to, by, took }) => ({ ...to, value: by === null ? null : (by * hour) / took }));
  return { title: `${energy.title}, average power`, unit: "W", points };
}

/** What was imported each day, by a profile of registers; a bar begins with the row that it counts from. */
export function dailyEnergyOf(profile: ReportProfile): Series | undefined {
  const energy = importedEnergy(profile);
  if (energy === undefined) return undefined;
  const points = growth(energy.points).map(({ from, by, took }) => ({ ...from, value: took > longestDay ? null : by }));
  return { title: `${energy.title}, a day`, unit: "Wh", points };
}

function importedEnergy(profile: ReportProfile): Series | undefined {
  const column = profile.columns.findIndex(({ logicalName, unit }) => unit === "Wh" && /^1\.\d+\.1\.8\.0\.255$/.test(logicalName));
  const title = profile.columns[column]?.name;
  return title === undefined ? undefined : { title, unit: "Wh", points: pointsOf(profile, column) };
}

/** Rows without a time cannot be placed. */
function pointsOf(profile: ReportProfile, column: number): readonly Point[] {
  const clock = profile.columns.findIndex(({ classId, attribute }) => classId === 8 && attribute === 2);
  return profile.rows.flatMap((row) => {
    const local = String(row[clock] ?? "");
    const at = Date.parse(local);
    return Number.isNaN(at) ? [] : [{ at, local, value: numberOf(row[column]) }];
  });
}

interface Growth {
  readonly from: Point;
  readonly to: Point;
  /** Null where a register went backwards: it was reset, or is another one. */
  readonly by: number | null;
  /** Milliseconds, more than none. */
  readonly took: number;
}

function growth(points: readonly Point[]): readonly Growth[] {
  return points.slice(1).flatMap((to, index) => {
    const from = points[index] as Point;
    const took = to.at - from.at;
    if (took <= 0) return [];
    const by = from.value === null || to.value === null || to.value < from.value ? null : to.value - from.value;
    return [{ from, to, by, took }];
  });
}

/** Null for what no register counts to: a float may be anything. */
function numberOf(value: PlainValue | undefined): number | null {
  const number = typeof value === "number" || typeof value === "bigint" ? Number(value) : Number.NaN;
  return Math.abs(number) <= Number.MAX_SAFE_INTEGER ? number : null;
}
