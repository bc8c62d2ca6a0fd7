import { type Calendar, faultOf, nextSwitch, rateAt, type SpecialDay } from "./calendar.ts";
import { type DatePattern, nextMatch } from "./date-pattern.ts";
import type { DomainEvent } from "./events.ts";
import type { LocalTime } from "./local-time.ts";
import type { MeterClock } from "./meter-clock.ts";
import { type Rate, rateCount } from "./rates.ts";
import type { Instant } from "./units.ts";

/** The part of the meter's state that decides about the rate. */
export interface TariffState {
  /** In force, for energy and demand alike. */
  rate: Rate;
  active: Calendar;
  passive: Calendar;
  /** When the passive calendar becomes the active one; undefined for never. */
  activateAt: DatePattern | undefined;
  specialDays: readonly SpecialDay[];
}

/** The rate without a calendar, and while the clock is invalid. */
export const defaultRate: Rate = 1;

/** A calendar in force from `at` on. */
export function newTariff(calendar: Calendar, at: Instant, local: LocalTime): TariffState {
  const rate = rateAt(calendar, [], at, local) ?? defaultRate;
  return { rate, active: calendar, passive: calendar, activateAt: undefined, specialDays: [] };
}

/** Special days a meter holds, and tables of a calendar. */
export const tariffLimits = { specialDays: 50, seasons: 12, weeks: 12, days: 16, actions: 12 } as const;

/** Tells the rate by the clock: activity calendar, special days, and the passive calendar that waits for its time. */
export class Tariff {
  readonly #state: TariffState;
  readonly #clock: MeterClock;
  readonly #emit: (event: DomainEvent) => void;

  constructor(state: TariffState, clock: MeterClock, emit: (event: DomainEvent) => void) {
    this.#state = state;
    this.#clock = clock;
    this.#emit = emit;
  }

  get rate(): Rate {
    return this.#state.rate;
  }

  get active(): Calendar {
    return this.#state.active;
  }

  get passive(): Calendar {
    return this.#state.passive;
  }

  get activateAt(): DatePattern | undefined {
    return this.#state.activateAt;
  }

  get specialDays(): readonly SpecialDay[] {
    return this.#state.specialDays;
  }

  /** The first clock time after `after` at which the rate may change. */
  nextSwitch(after: Instant): Instant {
    return nextSwitch(this.#state.active, this.#state.specialDays, after, this.#clock.local);
  }

  /** When the passive calendar is to be activated. */
  nextActivation(after: Instant): Instant {
    const { activateAt } = this.#state;
    return activateAt === undefined ? Number.POSITIVE_INFINITY : nextMatch(activateAt, after, this.#clock.local);
  }

  /** Puts the rate of clock time `at` in force. */
  evaluate(at: Instant): void {
    const { active, specialDays } = this.#state;
    const rate = (this.#clock.valid ? rateAt(active, specialDays, at, this.#clock.local) : undefined) ?? defaultRate;
    this.force(rate, at);
  }

  /** Puts a rate in force until the next switch; false for one that there is not. */
  force(rate: Rate, at: Instant): boolean {
    if (!Number.isInteger(rate) || rate < 1 || rate > rateCount) return false;
    if (rate === this.#state.rate) return true;
    this.#state.rate = rate;
    this.#emit({ type: "rate-switched", at, rate });
    return true;
  }

  /** Copies the passive calendar to the active one, whose rate is in force at once; the passive one stays. */
  activatePassive(at: Instant): void {
    this.#state.active = this.#state.passive;
    this.#emit({ type: "calendar-activated", at, name: this.#state.active.name });
    this.evaluate(at);
  }

  /** False, and nothing changed, for a calendar that names what it does not have, or more than fits. */
  setPassive(calendar: Calendar, at: Instant): boolean {
    const { seasons, weeks, days } = calendar;
    const fits =
      seasons.length <= tariffLimits.seasons &&
      weeks.length <= tariffLimits.weeks &&
      days.length <= tariffLimits.days &&
      days.every(({ actions }) => actions.length <= tariffLimits.actions);
    if (!fits || faultOf({ name: calendar.name, seasons: [], weeks: [], days }, rateCount) !== undefined) return false;
    this.#state.passive = calendar;
    this.#emit({ type: "calendar-programmed", at, name: calendar.name });
    return true;
  }

  /** Whether the passive calendar is complete, so that it may be activated. */
  get passiveComplete(): boolean {
    return faultOf(this.#state.passive, rateCount) === undefined;
  }

  /** Undefined for never. */
  setActivation(pattern: DatePattern | undefined): void {
    this.#state.activateAt = pattern;
  }

  /** False for more special days than fit. */
  setSpecialDays(specialDays: readonly SpecialDay[], at: Instant): boolean {
    if (specialDays.length > tariffLimits.specialDays) return false;
    this.#state.specialDays = specialDays;
    this.evaluate(at);
    return true;
  }
}
