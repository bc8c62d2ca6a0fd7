import { calendarDate, dayOfWeek, daysInMonth } from "./calendar-date.ts";
import type { LocalTime } from "./local-time.ts";
import { day, hour, type Instant, minute, second } from "./units.ts";

/**
 * A local time with wildcards, as COSEM date-time has them: what is undefined matches anything. `day` may count from the
 * end of the month.
 */
export interface DatePattern {
  readonly year?: number | undefined;
  readonly month?: number | undefined;
  readonly day?: number | "last" | "second-last" | undefined;
  /** Monday 1 .. Sunday 7. */
  readonly dayOfWeek?: number | undefined;
  readonly hour?: number | undefined;
  readonly minute?: number | undefined;
  readonly second?: number | undefined;
}

/** Days that are looked at: the same date comes on the same weekday within 28 years, a leap day within 40. */
const horizon = 41 * 366;

/** The first instant after `after` that a pattern names; Infinity where there is none. */
export function nextMatch(pattern: DatePattern, after: Instant, local: LocalTime): Instant {
  const firstDay = Math.floor((after + local.offsetAt(after)) / day);
  for (let days = firstDay; days < firstDay + horizon; days++) {
    if (!matchesDay(pattern, days)) {
      if (pattern.year !== undefined && calendarDate(days).year > pattern.year) break;
      continue;
    }
    for (const time of timesOf(pattern)) {
      // A time that spring skips is served where the clock jumps over it; one that autumn repeats is served once.
      const [instant] = local.instantsOf(days * day + time);
      if (instant !== undefined && instant > after) return instant;
    }
  }
  return Number.POSITIVE_INFINITY;
}

/** True where a pattern names the day that is `days` after 1970-01-01, at whatever time. */
export function matchesDay(pattern: DatePattern, days: number): boolean {
  const { year, month, day: dayOfMonth } = calendarDate(days);
  return (
    (pattern.year === undefined || pattern.year === year) &&
    (pattern.month === undefined || pattern.month === month) &&
    (pattern.day === undefined || dayOf(pattern.day, year, month) === dayOfMonth) &&
    (pattern.dayOfWeek === undefined || pattern.dayOfWeek === dayOfWeek(days))
  );
}

function dayOf(wanted: NonNullable<DatePattern["day"]>, year: number, month: number): number {
  if (typeof wanted === "number") return wanted;
  return daysInMonth(year, month) - (wanted === "last" ? 0 : 1);
}

/** The times of a day, ascending, in ms. */
function* timesOf({ hour: h, minute: m, second: s }: DatePattern): Iterable<number> {
  for (const hours of choices(h, 24)) {
    for (const minutes of choices(m, 60)) {
      for (const seconds of choices(s, 60)) yield hours * hour + minutes * minute + seconds * second;
    }
  }
}

function choices(fixed: number | undefined, count: number): readonly number[] {
  return fixed === undefined ? Array.from({ length: count }, (_, index) => index) : [fixed];
}
