import type { PageColumn, PagePrice, PageRows, PageValue } from "../../src/dashboard/contract.ts";
import type { Span } from "./span.ts";
import { monthsBetween, monthsLater, type WallClock } from "./wall-clock.ts";

/** A row of a profile as the time from the row before to this one. */
export interface Interval {
  /** ms since 1970. */
  readonly from: number;
  readonly to: number;
  /** The end as the meter's clock showed it. */
  readonly stamp: string;
}

/** Values over intervals. */
export interface Series {
  readonly name: string;
  readonly unit: string | null;
  /** Values add up; else each is that of the end of its interval. */
  readonly adds: boolean;
  /** Null where it cannot be told. */
  readonly values: readonly (number | null)[];
}

/** What the rows of a profile have to say. */
export interface History {
  readonly intervals: readonly Interval[];
  /** Energy first, then what it cost where that is known, then the other columns. */
  readonly series: readonly Series[];
  /** The last interval is not over. */
  readonly open: boolean;
}

/** How things are now, behind the last row. */
export interface Present {
  readonly time: number;
  readonly stamp: string;
  /** Wh. */
  readonly energy: number;
}

const energyName = "1.0.1.8.0.255";
/** What a day and a month cost, by the meter's own account. */
const costNames: ReadonlySet<string> = new Set(["0.0.96.60.16.255", "0.0.96.60.17.255"]);
/** Registers that count up: value group D is 8 (Blue Book, value group D). */
const countsUp = /^\d+\.\d+\.\d+\.8\.\d+\.255$/;
const thousands: Readonly<Record<string, string>> = { Wh: "kWh", varh: "kvarh", VAh: "kVAh" };

/** @param currency of the meter's credit */
export function historyOf(rows: PageRows, price: PagePrice | null, currency: string | undefined, present?: Present): History {
  const places = rows.times.flatMap((time, row) => (time === null ? [] : [{ time, row }])).sort((one, other) => one.time - other.time);
  const intervals: Interval[] = places.slice(1).map(({ time, row }, index) => ({
    from: places[index]?.time ?? time,
    to: time,
    stamp: rows.stamps[row] ?? "",
  }));
  const last = places.at(-1);
  const open = present !== undefined && last !== undefined && present.time > last.time;
  if (open) intervals.push({ from: last.time, to: present.time, stamp: present.stamp });
  const seriesOf = (column: PageColumn, index: number): Series | undefined => {
    const cells = places.map(({ row }) => rows.cells[index]?.[row] ?? null);
    if (!cells.some((cell) => typeof cell === "number")) return undefined;
    const { name, unit, logicalName, attribute } = column;
    if (attribute === 2 && countsUp.test(logicalName)) {
      const now = logicalName === energyName ? present?.energy : undefined;
      const values = growth(open ? [...cells, now ?? null] : cells, unit !== null && unit in thousands ? 1000 : 1);
      return { name, unit: unit === null ? null : (thousands[unit] ?? unit), adds: true, values };
    }
    const adds = costNames.has(logicalName);
    if (adds && unit !== "currency") return undefined;
    const values = cells.slice(1).map((cell) => (typeof cell === "number" ? cell : null));
    return { name: adds ? "Cost" : name, unit: adds ? (currency ?? null) : unit, adds, values: open ? [...values, null] : values };
  };
  const all = rows.columns.map(seriesOf);
  const energy = all[rows.columns.findIndex(({ logicalName, attribute }) => logicalName === energyName && attribute === 2)];
  const charged = all.find((each, index) => each !== undefined && costNames.has(rows.columns[index]?.logicalName ?? ""));
  const cost = charged ?? (energy === undefined || price === null ? undefined : priced(energy, price));
  const others = all.filter((each) => each !== undefined && each !== energy && each !== charged);
  return { intervals, series: [energy && { ...energy, name: "Energy" }, cost, ...others].filter((each) => each !== undefined), open };
}

/** What a register grew by from one to the next. One that went down was set back, or is another meter's: nobody knows. */
function growth(cells: readonly PageValue[], scale: number): readonly (number | null)[] {
  return cells.slice(1).map((now, index) => {
    const before = cells[index];
    return typeof now === "number" && typeof before === "number" && now >= before ? (now - before) / scale : null;
  });
}

function priced({ values }: Series, { currency, perKwh }: PagePrice): Series {
  return { name: "Cost", unit: currency, adds: true, values: values.map((value) => (value === null ? null : value * perKwh)) };
}

/** Places of intervals, the last one not included. */
export interface Range {
  readonly first: number;
  readonly end: number;
}

/** The intervals that lie within a time; milliseconds. */
export function within(intervals: readonly Interval[], min: number, max: number): Range {
  // What a chart rounds is not left out.
  const slack = 1000;
  const first = intervals.findIndex(({ from }) => from >= min - slack);
  if (first < 0) return { first: 0, end: 0 };
  let end = first;
  while (end < intervals.length && (intervals[end]?.to ?? Number.POSITIVE_INFINITY) <= max + slack) end += 1;
  return { first, end };
}

/** The same by what a chart shows. */
export function shownRange(intervals: readonly Interval[], { min, max }: Span): Range {
  return within(intervals, min * 1000, max * 1000);
}

/** The sum of what is known; null where nothing is. */
export function total({ values }: Series, { first, end }: Range): number | null {
  const known = values.slice(first, end).filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}

/** Energy of a day, on average; undefined where no day is known. */
export function averageUse({ series }: History): number | undefined {
  const known = (series.find(({ name }) => name === "Energy")?.values ?? []).filter((value) => value !== null);
  return known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0) / known.length;
}

/** What is compared: as long by the clock on the wall, or as many months of the calendar. */
export type Measure = "clock" | "months";

/**
 * The intervals of the time before, as long and by the meter's wall clock: behind a day of 23 hours there is a whole day.
 * Undefined where the rows do not reach back so far.
 */
export function rangeBefore(intervals: readonly Interval[], { first, end }: Range, clock: WallClock, measure: Measure): Range | undefined {
  const [start, last] = [intervals[first], intervals[end - 1]];
  const oldest = intervals[0];
  if (start === undefined || last === undefined || oldest === undefined) return undefined;
  const [from, to] = [clock.wallOf(start.from), clock.wallOf(last.to)];
  const begin = measure === "months" ? monthsLater(from, -Math.max(1, monthsBetween(from, to))) : from - (to - from);
  if (clock.wallOf(oldest.from) > begin) return undefined;
  const place = intervals.findIndex((interval) => clock.wallOf(interval.from) >= begin);
  return { first: place, end: first };
}

/** Intervals with one series as a file for spreadsheets: times as the meter's clock shows them (RFC 4180). */
export function csv(intervals: readonly Interval[], { name, unit, values }: Series, { first, end }: Range): string {
  const title = unit === null ? name : `${name} [${unit}]`;
  const rows = intervals.slice(first, end).map(({ stamp }, index) => `${stamp},${values[first + index] ?? ""}`);
  return [`time,"${title.replaceAll('"', '""')}"`, ...rows, ""].join("\r\n");
}
