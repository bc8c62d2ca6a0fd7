import type { EnergyRegister } from "./energy.ts";
import { type MeterUnit, never, type UnitSurroundings } from "./unit.ts";
import { day, hour, type Instant } from "./units.ts";

/** When the consumption that steps go by begins anew: with the billing period, after thirty days, with the year. */
export const stepBases = ["monthly", "rolling", "yearly"] as const;
export type StepBase = (typeof stepBases)[number];

/** One step: up to how many kWh of the period it goes, and what energy costs in it, in units of the currency's scale per kWh. */
export interface TariffStep {
  /** Undefined for the last. */
  readonly upTo: number | undefined;
  readonly price: number;
  readonly fixedFee: number;
  /** kWh, or days, that the utility is lenient by; kept for it. */
  readonly grace: number;
}

/** Prices that rise with the consumption of a period. */
export interface StepTariff {
  readonly code: number;
  readonly base: StepBase;
  /** One at least, with rising limits. */
  readonly steps: readonly TariffStep[];
}

/** Steps that a tariff may have. */
export const mostSteps = 10;

/** The part of the meter's state that is its step tariff. */
export interface StepTariffState {
  active: StepTariff;
  passive: StepTariff;
  /** Clock time at which the passive tariff replaces the active one; undefined for never. */
  activateAt: Instant | undefined;
  /** Wh that had been imported when the period began. */
  startedAtEnergy: number;
  /** Clock time at which the period began. */
  startedAt: Instant;
}

/** One step, which costs nothing. */
const noSteps: StepTariff = { code: 0, base: "monthly", steps: [{ upTo: undefined, price: 0, fixedFee: 0, grace: 0 }] };

/** No steps, in a period that begins at clock time `at`. */
export function newStepTariff(at: Instant): StepTariffState {
  return { active: noSteps, passive: noSteps, activateAt: undefined, startedAtEnergy: 0, startedAt: at };
}

/** Whether the limits of the steps rise, and everything is in range. */
export function isStepTariff({ code, steps }: StepTariff): boolean {
  const whole = (value: number, least: number, most: number) => Number.isInteger(value) && value >= least && value <= most;
  if (!whole(code, 0, 0xffff) || steps.length < 1 || steps.length > mostSteps) return false;
  return steps.every(({ upTo, price, fixedFee, grace }, index) => {
    const last = index === steps.length - 1;
    const below = steps[index - 1]?.upTo ?? 0;
    const rises = last ? upTo === undefined : upTo !== undefined && whole(upTo, below + 1, 0xffff_fffe);
    return rises && whole(price, 0, 0xffff_ffff) && whole(fixedFee, -(2 ** 31), 2 ** 31 - 1) && whole(grace, 0, 0xffff);
  });
}

/** mW ms in a Wh. */
const wattHour = 1000 * hour;
const rollingPeriod = 30 * day;

/** Counts the consumption of the period and says which step it is in, to the millisecond at which a limit is reached. */
export class StepTariffs implements MeterUnit {
  readonly #state: StepTariffState;
  readonly #surroundings: UnitSurroundings;
  readonly #imported: Readonly<EnergyRegister>;

  /** Takes possession of `state`; `imported` is what steps go by. */
  constructor(state: StepTariffState, surroundings: UnitSurroundings, imported: Readonly<EnergyRegister>) {
    this.#state = state;
    this.#surroundings = surroundings;
    this.#imported = imported;
  }

  get active(): StepTariff {
    return this.#state.active;
  }

  get passive(): StepTariff {
    return this.#state.passive;
  }

  get activateAt(): Instant | undefined {
    return this.#state.activateAt;
  }

  /** Wh of the running period. */
  get consumption(): number {
    return this.#imported.whole - this.#state.startedAtEnergy;
  }

  /** 1..10 */
  get step(): number {
    const { steps } = this.#state.active;
    const consumed = this.consumption / 1000;
    return steps.findIndex(({ upTo }) => upTo === undefined || consumed < upTo) + 1;
  }

  /** The last `wattHours` of the consumption, by the steps that they fell into. */
  divide(wattHours: number): readonly (readonly [step: number, wattHours: number])[] {
    const { steps } = this.#state.active;
    if (steps.length === 1) return [[1, wattHours]];
    const end = this.consumption;
    const parts: [step: number, wattHours: number][] = [];
    let from = end - wattHours;
    for (const [index, { upTo }] of steps.entries()) {
      const to = Math.min(end, upTo === undefined ? end : upTo * 1000);
      if (to > from) parts.push([index + 1, to - from]);
      from = Math.max(from, to);
    }
    return parts;
  }

  /** Wh that are left of the step; undefined in the last. */
  get untilNextStep(): number | undefined {
    const upTo = this.#state.active.steps[this.step - 1]?.upTo;
    return upTo === undefined ? undefined : upTo * 1000 - this.consumption;
  }

  get due(): Instant {
    return Math.min(this.#nextLimit, this.#nextClockEvent);
  }

  /** False, and nothing changed, for one that is none. */
  setPassive(tariff: StepTariff): boolean {
    if (!isStepTariff(tariff)) return false;
    this.#state.passive = tariff;
    return true;
  }

  /** When the passive tariff becomes the active one, by the clock; at once for a time that has passed. */
  setActivation(at: Instant | undefined): void {
    this.#state.activateAt = at;
    this.settle();
  }

  /** When the consumption of the active tariff begins anew. */
  setBase(base: StepBase): void {
    this.#state.active = { ...this.#state.active, base };
  }

  /** The passive tariff becomes the active one. */
  activate(): void {
    const { clock, now } = this.#surroundings;
    this.#state.active = this.#state.passive;
    this.#state.activateAt = undefined;
    this.#surroundings.record("stepTariffActivated", clock.at(now));
  }

  /** A billing period was closed, with which the month's consumption begins anew. */
  billingClosed(): void {
    if (this.#state.active.base === "monthly") this.#begin();
  }

  /** When the next limit is reached depends on the load. */
  calm(): boolean {
    return this.#state.active.steps.length === 1;
  }

  settle(): void {
    const { clock, now } = this.#surroundings;
    const { activateAt } = this.#state;
    const at = clock.at(now);
    if (activateAt !== undefined && at >= activateAt) this.activate();
    if (this.#state.active.base !== "monthly" && at >= this.#periodEnd) this.#begin();
  }

  supplyBack(): void {
    this.settle();
  }

  /** True time at which what flows now reaches the limit of the step. */
  get #nextLimit(): Instant {
    const left = this.untilNextStep;
    const { now, measurement } = this.#surroundings;
    if (left === undefined || measurement.activeImport === 0) return never;
    const missing = left * wattHour - this.#imported.remainder;
    return now + Math.max(1, Math.ceil(missing / measurement.activeImport));
  }

  get #nextClockEvent(): Instant {
    const { clock } = this.#surroundings;
    const { activateAt, active } = this.#state;
    const next = Math.min(activateAt ?? never, active.base === "monthly" ? never : this.#periodEnd);
    return next === never ? never : clock.whenReading(next);
  }

  /** Clock time of the end of a period that is not the billing's. */
  get #periodEnd(): Instant {
    const { startedAt, active } = this.#state;
    if (active.base === "rolling") return startedAt + rollingPeriod;
    const { local } = this.#surroundings.clock;
    const { year } = local.fields(startedAt);
    const reading = Date.UTC(year + 1, 0, 1);
    return local.instantsOf(reading)[0] ?? reading;
  }

  #begin(): void {
    const { clock, now } = this.#surroundings;
    this.#state.startedAtEnergy = this.#imported.whole;
    this.#state.startedAt = clock.at(now);
  }
}
