import { InvariantError } from "../errors.ts";

/** A date of the proleptic Gregorian calendar; month 1..12, day 1..31. */
export interface CalendarDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

const daysPerEra = 146_097;
/** From 0000-03-01, where the counting of eras starts, to 1970-01-01. */
const daysToEpoch = 719_468;

/** Days from 1970-01-01 to the date; negative before it. */
export function daysSinceEpoch({ year, month, day }: CalendarDate): number {
  // A year counted from March has its leap day at the very end, which makes the lengths of its months a linear pattern.
  const marchYear = month > 2 ? year : year - 1;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = daysBeforeMonth((month + 9) % 12) + day - 1;
  return era * daysPerEra + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - daysToEpoch;
}

/** The date that is `days` after 1970-01-01. */
export function calendarDate(days: number): CalendarDate {
  const shifted = days + daysToEpoch;
  const era = Math.floor(shifted / daysPerEra);
  const dayOfEra = shifted - era * daysPerEra;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = ((marchMonth + 2) % 12) + 1;
  return { year: era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, day: dayOfYear - daysBeforeMonth(marchMonth) + 1 };
}

/** Monday 1 .. Sunday 7, of the day that is `days` after 1970-01-01 (a Thursday). */
export function dayOfWeek(days: number): number {
  return ((((days + 3) % 7) + 7) % 7) + 1;
}

/** 28..31. */
export function daysInMonth(year: number, month: number): number {
  if (month < 1 || month > 12) throw new InvariantError(`no month ${month}`);
  const next = month === 12 ? { year: year + 1, month: 1, day: 1 } : { year, month: month + 1, day: 1 };
  return daysSinceEpoch(next) - daysSinceEpoch({ year, month, day: 1 });
}

/** Days from 1 March to the first of a month counted from March = 0. */
function daysBeforeMonth(marchMonth: number): number {
  return Math.floor((153 * marchMonth + 2) / 5);
}
