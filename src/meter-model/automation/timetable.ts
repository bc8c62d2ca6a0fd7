import { calendarDate, dayOfWeek, daysInMonth } from "../calendar-date.ts";
import { type DatePattern, instantsOnDay } from "../date-pattern.ts";
import type { LocalTime } from "../local-time.ts";
import { day, type Instant, minute } from "../units.ts";
import { type ExecutionTime, isDate, isExecutionTime } from "./execution-time.ts";
import type { ScriptCall } from "./script-call.ts";

/** A script at a time of chosen days (blue book class 10). */
export interface TimetableEntry {
  readonly index: number;
  readonly enabled: boolean;
  readonly script: ScriptCall;
  readonly time: Pick<ExecutionTime, "hour" | "minute" | "second" | "hundredths">;
  /** Minutes for which it is still worth being executed once the supply is back; 65535: at any time. */
  readonly validity: number;
  /** Seven digits from Monday to Sunday, 1 for the days of the week on which it is executed. */
  readonly weekdays: string;
  /** A digit for each day_id of the special days, from 0 on: on a special day these decide, and not the weekdays. */
  readonly specialDays: string;
  readonly begin: DatePattern;
  readonly end: DatePattern;
}

/** Entries that a meter holds. */
export const mostEntries = 64;

const anyTime = 0xffff;
const hundredth = 10;
/** Days that are looked at: the same date comes on the same weekday within 28 years, a leap day within 40. */
const horizon = 41 * 366;
const digits = /^[01]*$/;

/** Tells the day_id of a special day (days since 1970-01-01); undefined for any other. */
export type SpecialDayLookup = (days: number) => number | undefined;

/** Whether an entry is one that a meter takes. */
export function isTimetableEntry({ index, time, validity, weekdays, specialDays, begin, end }: TimetableEntry): boolean {
  return (
    isShort(index) &&
    isShort(validity) &&
    isExecutionTime(time) &&
    weekdays.length === 7 &&
    specialDays.length <= 0x100 &&
    digits.test(weekdays + specialDays) &&
    isDate(begin) &&
    isDate(end)
  );
}

function isShort(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= 0xffff;
}

/** The first instant after `after` at which an entry is executed, enabled or not; Infinity where there is none. */
export function nextSwitchOf(entry: TimetableEntry, after: Instant, local: LocalTime, special: SpecialDayLookup): Instant {
  const firstDay = dayOf(after, local);
  const { year: lastYear = Number.POSITIVE_INFINITY } = entry.end;
  if (!(entry.weekdays + entry.specialDays).includes("1")) return Number.POSITIVE_INFINITY;
  for (let days = firstDay; days < firstDay + horizon && calendarDate(days).year <= lastYear; days++) {
    if (!isExecutedOn(entry, days, special)) continue;
    for (const instant of switchesOn(entry, days, local)) if (instant > after) return instant;
  }
  return Number.POSITIVE_INFINITY;
}

/** Whether an entry is executed at an instant, enabled or not. */
export function isSwitchOf(entry: TimetableEntry, at: Instant, local: LocalTime, special: SpecialDayLookup): boolean {
  return latestSwitchOf({ ...entry, validity: anyTime }, at, at, local, special) !== undefined;
}

/** The latest instant from `from` to `until` at which an entry should have been executed and for which it is not too late. */
export function latestSwitchOf(
  entry: TimetableEntry,
  from: Instant,
  until: Instant,
  local: LocalTime,
  special: SpecialDayLookup,
): Instant | undefined {
  const earliest = entry.validity === anyTime ? from : Math.max(from, until - entry.validity * minute);
  const firstDay = Math.max(dayOf(earliest, local), dayOf(until, local) - horizon);
  for (let days = dayOf(until, local); days >= firstDay; days--) {
    if (!isExecutedOn(entry, days, special)) continue;
    const latest = [...switchesOn(entry, days, local)].findLast((instant) => instant >= earliest && instant <= until);
    if (latest !== undefined) return latest;
  }
  return undefined;
}

function dayOf(instant: Instant, local: LocalTime): number {
  return Math.floor((instant + local.offsetAt(instant)) / day);
}

function* switchesOn({ time: { hundredths = 0, ...time } }: TimetableEntry, days: number, local: LocalTime): Iterable<Instant> {
  for (const instant of instantsOnDay({ ...time, second: time.second ?? 0 }, days, local)) yield instant + hundredths * hundredth;
}

function isExecutedOn({ weekdays, specialDays, begin, end }: TimetableEntry, days: number, special: SpecialDayLookup): boolean {
  const id = special(days);
  const chosen = id === undefined ? weekdays[dayOfWeek(days) - 1] : specialDays[id];
  return chosen === "1" && isBetween(begin, end, days);
}

/** Dates without a year come every year, and may then enclose its turn. */
function isBetween(begin: DatePattern, end: DatePattern, days: number): boolean {
  const date = position({}, days);
  const first = position(begin, days);
  const last = position(end, days);
  const yearly = begin.year === undefined && end.year === undefined;
  return yearly && first > last ? date >= first || date <= last : date >= first && date <= last;
}

/** A date as a number that grows with it; what a pattern leaves open is as on the day at hand. */
function position(pattern: DatePattern, days: number): number {
  const today = calendarDate(days);
  const year = pattern.year ?? today.year;
  const month = pattern.month ?? today.month;
  const dayOfMonth = pattern.day ?? today.day;
  const ofMonth = typeof dayOfMonth === "number" ? dayOfMonth : daysInMonth(year, month) - (dayOfMonth === "last" ? 0 : 1);
  return (year * 100 + month) * 100 + ofMonth;
}
