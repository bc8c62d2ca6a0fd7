import type { SpecialDay } from "../calendar.ts";
import { dayOfWeek as weekdayOf } from "../calendar-date.ts";
import { matchesDay } from "../date-pattern.ts";
import type { LocalTime } from "../local-time.ts";
import { day, type Instant, second } from "../units.ts";

/** A time of the day in which nobody is cut off for lack of credit, in seconds since local midnight; through midnight where it ends first. */
export interface FriendlyWindow {
  readonly start: number;
  readonly end: number;
}

/** When shops are shut: windows of weekdays, and whole holidays. */
export interface FriendlySchedule {
  enabled: boolean;
  windows: readonly FriendlyWindow[];
  /** Monday to Sunday, on which a window begins, and whether holidays are friendly. */
  days: readonly boolean[];
  holidays: readonly SpecialDay[];
}

/** Windows that a schedule may have. */
export const mostWindows = 4;
const holidayBit = 7;

/** Whether the wall clock is in a friendly time at `instant`. */
export function isFriendly(schedule: FriendlySchedule, instant: Instant, local: LocalTime): boolean {
  if (!schedule.enabled) return false;
  const reading = instant + local.offsetAt(instant);
  const days = Math.floor(reading / day);
  const time = Math.floor((reading - days * day) / second);
  if (isHoliday(schedule, days)) return true;
  return schedule.windows.some(({ start, end }) => {
    if (start < end) return begins(schedule, days) && time >= start && time < end;
    return (begins(schedule, days) && time >= start) || (begins(schedule, days - 1) && time < end);
  });
}

/** The first instant after `instant` at which that may change; infinity without a schedule. */
export function nextFriendlyChange(schedule: FriendlySchedule, instant: Instant, local: LocalTime): Instant {
  if (!schedule.enabled) return Number.POSITIVE_INFINITY;
  const today = Math.floor((instant + local.offsetAt(instant)) / day);
  const times = schedule.windows.flatMap(({ start, end }) => [start, end]);
  let next = Math.min(local.nextBoundary(instant, day), local.nextTransition(instant) ?? Number.POSITIVE_INFINITY);
  for (const time of times) {
    for (const days of [today, today + 1]) {
      for (const candidate of local.instantsOf(days * day + time * second)) if (candidate > instant) next = Math.min(next, candidate);
    }
  }
  return next;
}

function begins({ days }: FriendlySchedule, date: number): boolean {
  return days[weekdayOf(date) - 1] === true;
}

function isHoliday({ days, holidays }: FriendlySchedule, date: number): boolean {
  return days[holidayBit] === true && holidays.some((holiday) => matchesDay(holiday.date, date));
}

/** Whether times are of a day, and there is one flag for each day and for holidays. */
export function isFriendlySchedule({ windows, days }: Pick<FriendlySchedule, "windows" | "days">): boolean {
  return windows.length <= mostWindows && days.length === holidayBit + 1 && windows.every(isWindow);
}

/** Whether both ends are times of a day, of which 24:00 is one. */
export function isWindow({ start, end }: FriendlyWindow): boolean {
  return [start, end].every((time) => Number.isInteger(time) && time >= 0 && time <= day / second);
}
