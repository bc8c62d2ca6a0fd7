import { type CalendarDate, calendarDate, dayOfWeek, daysInMonth, daysSinceEpoch } from "./calendar-date.ts";
import { day, hour, type Instant, minute, second } from "./units.ts";

/**
 * A yearly switch date with the wildcards of COSEM date-time (clock class, attributes 5 and 6).
 *
 * With a day of the week, `"last"` and `"second-last"` mean the last or second last such weekday of the month and a
 * number means the first such weekday on or after that day; without one they mean the day itself.
 */
export interface SwitchRule {
  readonly month: number;
  readonly day: number | "last" | "second-last";
  /** Monday 1 .. Sunday 7. */
  readonly dayOfWeek?: number | undefined;
  /** The time the local clock shows just before it is switched. */
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/** Daylight saving of a clock; `deviationMinutes` is what local time is ahead of standard time meanwhile. */
export interface DaylightSaving {
  readonly enabled: boolean;
  readonly deviationMinutes: number;
  readonly begin: SwitchRule;
  readonly end: SwitchRule;
}

/** How local time follows from UTC; local standard time = UTC + `standardOffsetMinutes`. */
export interface TimeZoneRule {
  readonly standardOffsetMinutes: number;
  readonly dst: DaylightSaving;
}

/** An instant as a clock on the wall shows it. */
export interface LocalFields extends CalendarDate {
  /** Monday 1 .. Sunday 7. */
  readonly dayOfWeek: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
  /** Local time minus UTC, daylight saving included; the COSEM deviation is its negative. */
  readonly offsetMinutes: number;
  readonly dstActive: boolean;
}

/** UTC all year; the switch dates are those of central Europe, waiting to be enabled. */
export const utc: TimeZoneRule = {
  standardOffsetMinutes: 0,
  dst: {
    enabled: false,
    deviationMinutes: 60,
    begin: { month: 3, day: "last", dayOfWeek: 7, hour: 2, minute: 0, second: 0 },
    end: { month: 10, day: "last", dayOfWeek: 7, hour: 3, minute: 0, second: 0 },
  },
};

/** Whether a rule is within what the clock class allows: offsets of a zone and of daylight saving, switch dates of a calendar. */
export function isTimeZoneRule({ standardOffsetMinutes, dst }: TimeZoneRule): boolean {
  return (
    isWhole(standardOffsetMinutes, -840, 840) &&
    isWhole(dst.deviationMinutes, -120, 120) &&
    isSwitchRule(dst.begin) &&
    isSwitchRule(dst.end)
  );
}

function isSwitchRule(rule: SwitchRule): boolean {
  return (
    isWhole(rule.month, 1, 12) &&
    (rule.day === "last" || rule.day === "second-last" || isWhole(rule.day, 1, 31)) &&
    (rule.dayOfWeek === undefined || isWhole(rule.dayOfWeek, 1, 7)) &&
    isWhole(rule.hour, 0, 23) &&
    isWhole(rule.minute, 0, 59) &&
    isWhole(rule.second, 0, 59)
  );
}

function isWhole(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

/**
 * Converts between UTC and local time by one rule.
 *
 * "Local milliseconds" are the reading of the wall clock written as if it were UTC: handy to compare and to divide,
 * but ambiguous in autumn and missing in spring.
 */
export class LocalTime {
  readonly rule: TimeZoneRule;
  readonly #standardOffset: number;
  readonly #deviation: number;
  /** The year at hand, from its first to after its last instant in standard time, and its switches. */
  #yearStart: Instant = 0;
  #yearEnd: Instant = 0;
  #begin: Instant = 0;
  #end: Instant = 0;

  constructor(rule: TimeZoneRule) {
    this.rule = rule;
    this.#standardOffset = rule.standardOffsetMinutes * minute;
    this.#deviation = rule.dst.deviationMinutes * minute;
  }

  /** Whether daylight saving is in force. */
  dstActive(instant: Instant): boolean {
    if (!this.rule.dst.enabled) return false;
    if (instant < this.#yearStart || instant >= this.#yearEnd) this.#loadYear(this.#yearOf(instant));
    // In the southern hemisphere the period of daylight saving contains the turn of the year.
    return this.#begin < this.#end ? instant >= this.#begin && instant < this.#end : instant >= this.#begin || instant < this.#end;
  }

  /** Local time minus UTC in milliseconds. */
  offsetAt(instant: Instant): number {
    return this.dstActive(instant) ? this.#standardOffset + this.#deviation : this.#standardOffset;
  }

  fields(instant: Instant): LocalFields {
    const dstActive = this.dstActive(instant);
    const offset = this.#standardOffset + (dstActive ? this.#deviation : 0);
    const local = instant + offset;
    const days = Math.floor(local / day);
    const time = local - days * day;
    return {
      ...calendarDate(days),
      dayOfWeek: dayOfWeek(days),
      hour: Math.floor(time / hour),
      minute: Math.floor((time % hour) / minute),
      second: Math.floor((time % minute) / second),
      millisecond: time % second,
      offsetMinutes: offset / minute,
      dstActive,
    };
  }

  /** The instants at which the wall clock reads `local`, earliest first: none in the hour skipped in spring, two in the one repeated in autumn. */
  instantsOf(local: number): readonly Instant[] {
    const offsets = this.rule.dst.enabled ? [this.#standardOffset + this.#deviation, this.#standardOffset] : [this.#standardOffset];
    return offsets
      .filter((offset) => this.offsetAt(local - offset) === offset)
      .map((offset) => local - offset)
      .sort((a, b) => a - b);
  }

  /** The first switch of daylight saving after `instant`; undefined where there is none. */
  nextTransition(instant: Instant): Instant | undefined {
    if (!this.rule.dst.enabled) return undefined;
    const year = this.#yearOf(instant);
    let next: Instant | undefined;
    for (const candidateYear of [year, year + 1]) {
      this.#loadYear(candidateYear);
      for (const transition of [this.#begin, this.#end]) {
        if (transition > instant && (next === undefined || transition < next)) next = transition;
      }
    }
    return next;
  }

  /**
   * The first instant after `instant` that ends a period of `period` milliseconds counted from local midnight; `period`
   * divides the day. A switch that jumps over such an end is one itself, so that no period is lost; one that repeats
   * an hour ends the periods of that hour twice.
   */
  nextBoundary(instant: Instant, period: number): Instant {
    const offset = this.offsetAt(instant);
    const boundary = (Math.floor((instant + offset) / period) + 1) * period - offset;
    const transition = this.nextTransition(instant);
    if (transition === undefined || boundary < transition) return boundary;
    const before = transition - 1 + offset;
    const after = transition + this.offsetAt(transition);
    if (after % period === 0 || Math.floor(after / period) > Math.floor(before / period)) return transition;
    return this.nextBoundary(transition, period);
  }

  #yearOf(instant: Instant): number {
    return calendarDate(Math.floor((instant + this.#standardOffset) / day)).year;
  }

  #loadYear(year: number): void {
    const { begin, end } = this.rule.dst;
    this.#begin = switchReading(begin, year) - this.#standardOffset;
    this.#end = switchReading(end, year) - this.#standardOffset - this.#deviation;
    this.#yearStart = daysSinceEpoch({ year, month: 1, day: 1 }) * day - this.#standardOffset;
    this.#yearEnd = daysSinceEpoch({ year: year + 1, month: 1, day: 1 }) * day - this.#standardOffset;
  }
}

/** The reading of the local clock at which it is switched, in local milliseconds. */
function switchReading(rule: SwitchRule, year: number): number {
  return switchDay(rule, year) * day + rule.hour * hour + rule.minute * minute + rule.second * second;
}

function switchDay(rule: SwitchRule, year: number): number {
  const length = daysInMonth(year, rule.month);
  const first = daysSinceEpoch({ year, month: rule.month, day: 1 });
  if (typeof rule.day === "number") {
    const from = first + Math.min(rule.day, length) - 1;
    return rule.dayOfWeek === undefined ? from : from + ((rule.dayOfWeek - dayOfWeek(from) + 7) % 7);
  }
  const last = first + length - 1;
  if (rule.dayOfWeek === undefined) return rule.day === "last" ? last : last - 1;
  const lastWeekday = last - ((dayOfWeek(last) - rule.dayOfWeek + 7) % 7);
  return rule.day === "last" ? lastWeekday : lastWeekday - 7;
}
