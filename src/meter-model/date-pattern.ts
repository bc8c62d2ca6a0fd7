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
    for (const instant of instantsOnDay(pattern, days, local)) if (instant > after) return instant;
  }
  return Number.POSITIVE_INFINITY;
}

/** The instants that a pattern's time names on the day that is `days` after 1970-01-01, ascending, some of them twice. */
export function* instantsOnDay(pattern: DatePattern, days: number, local: LocalTime): Iterable<Instant> {
  for (const time of timesOf(pattern)) {
    // A time that autumn repeats is served once.
    const reading = days * day + time;
    yield local.instantsOf(reading)[0] ?? leapOver(reading, local);
  }
}

/** The instant at which spring makes the clock jump over a reading: a day never has two switches. */
function leapOver(reading: number, local: LocalTime): Instant {
  const middle = reading - local.rule.standardOffsetMinutes * minute;
  return local.nextTransition(middle - day / 2) ?? middle;
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
