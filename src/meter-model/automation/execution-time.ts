import { type DatePattern, nextMatch } from "../date-pattern.ts";
import type { LocalTime } from "../local-time.ts";
import type { Instant } from "../units.ts";

/** A local time with wildcards at which something is executed; seconds and hundredths that are not said count as zero. */
export interface ExecutionTime extends DatePattern {
  readonly hundredths?: number | undefined;
}

/** What the execution times of a single action schedule may be (blue book class 22, type). */
export const actionTypes = {
  oneTime: 1,
  sameTimeOnDates: 2,
  sameTimeWithWildcards: 3,
  timesOnDates: 4,
  timesWithWildcards: 5,
} as const;

/** 1..5 */
export type ActionType = (typeof actionTypes)[keyof typeof actionTypes];

/** Execution times that a schedule holds. */
export const mostExecutionTimes = 32;

const hundredth = 10;

/** The first instant after `after` that one of the times names; Infinity where there is none. */
export function nextExecution(times: readonly ExecutionTime[], after: Instant, local: LocalTime): Instant {
  let next = Number.POSITIVE_INFINITY;
  for (const { hundredths = 0, ...time } of times) {
    const fraction = hundredths * hundredth;
    next = Math.min(next, nextMatch({ ...time, second: time.second ?? 0 }, after - fraction, local) + fraction);
  }
  return next;
}

/** Whether times are what a type allows: how many, whether at the same time of the day, whether with wildcards. */
export function fitsType(type: ActionType, times: readonly ExecutionTime[]): boolean {
  if (times.length > mostExecutionTimes || !times.every(isExecutionTime)) return false;
  switch (type) {
    case actionTypes.oneTime:
      return times.length <= 1;
    case actionTypes.sameTimeOnDates:
      return times.every(isDefinite) && sameTimeOfDay(times);
    case actionTypes.sameTimeWithWildcards:
      return sameTimeOfDay(times);
    case actionTypes.timesOnDates:
      return times.every(isDefinite);
    case actionTypes.timesWithWildcards:
      return true;
  }
}

/** Whether every field that is said is one that a clock can show. */
export function isExecutionTime(time: ExecutionTime): boolean {
  return (
    isDate(time) &&
    isWithin(time.hour, 0, 23) &&
    isWithin(time.minute, 0, 59) &&
    isWithin(time.second, 0, 59) &&
    isWithin(time.hundredths, 0, 99)
  );
}

/** Whether every field of a date that is said is one that a calendar can show. */
export function isDate({ year, month, day, dayOfWeek }: DatePattern): boolean {
  const knownDay = day === "last" || day === "second-last" || isWithin(day, 1, 31);
  return isWithin(year, 0, 9999) && isWithin(month, 1, 12) && knownDay && isWithin(dayOfWeek, 1, 7);
}

function isWithin(value: number | undefined, least: number, most: number): boolean {
  return value === undefined || (Number.isInteger(value) && value >= least && value <= most);
}

/** A day of the week adds nothing to a date. */
function isDefinite({ year, month, day, hour, minute }: ExecutionTime): boolean {
  return [year, month, day, hour, minute].every((part) => typeof part === "number");
}

function sameTimeOfDay(times: readonly ExecutionTime[]): boolean {
  const [first] = times;
  return times.every(
    ({ hour, minute, second, hundredths }) =>
      hour === first?.hour && minute === first?.minute && second === first?.second && hundredths === first?.hundredths,
  );
}
