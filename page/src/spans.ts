import type { Measure } from "./series.ts";
import { monthsLater } from "./wall-clock.ts";

/** A kind of history that the meter keeps. */
export interface HistorySpan {
  /** Of the profile. */
  readonly name: "hourly" | "daily" | "monthly" | "load";
  readonly title: string;
  /** As many as the meter keeps; undefined where a range is chosen. */
  readonly rows?: number;
  /** Seconds that are looked at first. */
  readonly first: number;
  readonly kind: "bars" | "steps";
  readonly measure: Measure;
  /** What stands beside each bar: the same time of the day before and so on, by the wall clock. */
  readonly earlier?: { readonly name: string; readonly wall: (wall: number) => number };
  /** Its rows are whole days or months, so nobody asks for the time of day. */
  readonly wholeDays: boolean;
}

const day = 86_400;

/** The meter's own freezes and its load profile. */
export const historySpans: readonly [HistorySpan, ...HistorySpan[]] = [
  {
    name: "hourly",
    title: "Hours",
    rows: 48,
    first: day,
    kind: "bars",
    measure: "clock",
    earlier: { name: "day before", wall: (wall) => wall - day * 1000 },
    wholeDays: false,
  },
  {
    name: "daily",
    title: "Days",
    rows: 62,
    first: 31 * day,
    kind: "bars",
    measure: "clock",
    earlier: { name: "week before", wall: (wall) => wall - 7 * day * 1000 },
    wholeDays: true,
  },
  {
    name: "monthly",
    title: "Months",
    rows: 13,
    first: 400 * day,
    kind: "bars",
    measure: "months",
    earlier: { name: "year before", wall: (wall) => monthsLater(wall, -12) },
    wholeDays: true,
  },
  { name: "load", title: "Load profile", first: 62 * day, kind: "steps", measure: "clock", wholeDays: false },
];
