import { calendarDate, dayOfWeek } from "./calendar-date.ts";
import { type DatePattern, matchesDay } from "./date-pattern.ts";
import type { LocalTime } from "./local-time.ts";
import type { Rate } from "./rates.ts";
import { day, hour, type Instant } from "./units.ts";

/** From a date on, until the next season begins. Names are octets in hex. */
export interface Season {
  readonly name: string;
  readonly start: DatePattern;
  readonly week: string;
}

/** Day profiles from Monday to Sunday. */
export interface Week {
  readonly name: string;
  readonly days: readonly number[];
}

/** Rates from times of the day on (ms after midnight), ascending. */
export interface DayProfile {
  readonly id: number;
  readonly actions: readonly { readonly time: number; readonly rate: Rate }[];
}

/** A set of tables of the activity calendar (blue book class 20). */
export interface Calendar {
  readonly name: string;
  readonly seasons: readonly Season[];
  readonly weeks: readonly Week[];
  readonly days: readonly DayProfile[];
}

/** A day that has a profile of its own; a pattern without a year comes every year (class 11). */
export interface SpecialDay {
  readonly index: number;
  readonly date: DatePattern;
  readonly dayId: number;
}

/** A calendar with one day profile all year. */
export function uniformCalendar(name: string, actions: DayProfile["actions"]): Calendar {
  return {
    name,
    seasons: [{ name: "01", start: { month: 1, day: 1, hour: 0, minute: 0, second: 0 }, week: "01" }],
    weeks: [{ name: "01", days: [1, 1, 1, 1, 1, 1, 1] }],
    days: [{ id: 1, actions }],
  };
}

/** Day from 6, evening from 17, night from 22 o'clock. */
export const threeRateCalendar: Calendar = uniformCalendar("33", [
  { time: 0, rate: 3 },
  { time: 6 * hour, rate: 1 },
  { time: 17 * hour, rate: 2 },
  { time: 22 * hour, rate: 3 },
]);

/** How far back an action may lie that still holds: a week has every weekday once. */
const daysBack = 8;

/** The rate at an instant; undefined where the calendar says nothing. */
export function rateAt(calendar: Calendar, specialDays: readonly SpecialDay[], instant: Instant, local: LocalTime): Rate | undefined {
  const reading = instant + local.offsetAt(instant);
  const today = Math.floor(reading / day);
  for (let days = today; days > today - daysBack; days--) {
    const until = days === today ? reading - days * day : day;
    const action = profileOf(calendar, specialDays, days)?.actions.findLast(({ time }) => time <= until);
    if (action !== undefined) return action.rate;
  }
  return undefined;
}

/** The first instant after `after` at which another rate may begin. */
export function nextSwitch(calendar: Calendar, specialDays: readonly SpecialDay[], after: Instant, local: LocalTime): Instant {
  const midnight = local.nextBoundary(after, day);
  const transition = local.nextTransition(after) ?? Number.POSITIVE_INFINITY;
  const today = Math.floor((after + local.offsetAt(after)) / day);
  const actions = profileOf(calendar, specialDays, today)?.actions ?? [];
  const instants = actions.flatMap(({ time }) => local.instantsOf(today * day + time)).filter((instant) => instant > after);
  return Math.min(midnight, transition, ...instants);
}

/** What is wrong with a calendar: a rate that there is not, names and day profiles that are missing, times out of order. */
export function faultOf({ seasons, weeks, days }: Calendar, rates: number): string | undefined {
  const ids = new Set(days.map(({ id }) => id));
  const names = new Set(weeks.map(({ name }) => name));
  if (ids.size !== days.length || names.size !== weeks.length) return "a name is there twice";
  if (seasons.some(({ week }) => !names.has(week))) return "a season has no week";
  if (weeks.some((week) => week.days.length !== 7 || week.days.some((id) => !ids.has(id)))) return "a week has no day profile";
  for (const { actions } of days) {
    if (actions.some(({ rate }) => !Number.isInteger(rate) || rate < 1 || rate > rates)) return "a rate is not there";
    if (actions.some(({ time }, index) => time < 0 || time >= day || time <= (actions[index - 1]?.time ?? -1)))
      return "times are out of order";
  }
  return undefined;
}

function profileOf(calendar: Calendar, specialDays: readonly SpecialDay[], days: number): DayProfile | undefined {
  const special = specialDays.find(({ date }) => matchesDay(date, days));
  const id = special?.dayId ?? weekOf(calendar, days)?.days[dayOfWeek(days) - 1];
  return calendar.days.find((profile) => profile.id === id);
}

/** The week of the season that began last; before the first of a year it is the last of the year before. */
function weekOf({ seasons, weeks }: Calendar, days: number): Week | undefined {
  const { year, month, day: dayOfMonth } = calendarDate(days);
  const position = month * 100 + dayOfMonth;
  const begun = (season: Season): number => (season.start.month ?? 1) * 100 + (typeof season.start.day === "number" ? season.start.day : 1);
  const ordered = seasons.filter(({ start }) => start.year === undefined || start.year <= year).toSorted((a, b) => begun(a) - begun(b));
  const season = ordered.findLast((candidate) => begun(candidate) <= position) ?? ordered.at(-1);
  return weeks.find(({ name }) => name === season?.week);
}
