import {
  accumulateDemand,
  beginPeriod,
  closePeriod,
  currentAverage,
  type DemandPeriods,
  type DemandQuantity,
  type DemandReading,
  demandQuantities,
  resetAverages,
  resetMaximum,
  windowStartedAt,
} from "./demand.ts";
import type { Measurement } from "./measurement.ts";
import type { MeterClock } from "./meter-clock.ts";
import type { MeterState } from "./state.ts";
import { type Instant, second } from "./units.ts";

/** The demand registers of the meter, all over the same period of the clock. */
export class DemandRegisters {
  readonly #state: Pick<MeterState, "demand" | "demandPeriod" | "demandPeriods" | "tariff">;
  readonly #clock: MeterClock;

  constructor(state: Pick<MeterState, "demand" | "demandPeriod" | "demandPeriods" | "tariff">, clock: MeterClock) {
    this.#state = state;
    this.#clock = clock;
  }

  read(quantity: DemandQuantity): DemandReading {
    const register = this.#state.demand[quantity];
    const { maximum, ...others } = register;
    return {
      ...others,
      maximum: maximum.value,
      maximumAt: maximum.at,
      currentAverage: currentAverage(register, this.#periods),
      windowStartedAt: windowStartedAt(register, this.#periods),
    };
  }

  lastAverage(quantity: DemandQuantity): number {
    return this.#state.demand[quantity].lastAverage;
  }

  accumulate(measured: Measurement, duration: number): void {
    for (const quantity of demandQuantities) accumulateDemand(this.#state.demand[quantity], measured[quantity], duration);
  }

  nextBoundary(after: Instant): Instant {
    return this.#clock.local.nextBoundary(after, this.#periods.period);
  }

  /** Ends the periods at the boundary `at`. */
  closeAll(at: Instant): void {
    for (const quantity of demandQuantities) closePeriod(this.#state.demand[quantity], at, this.#periods, true, this.#state.tariff.rate);
  }

  /** Closes a period early: it does not count for the maximum, nor does the rest. */
  closeEarly(quantity: DemandQuantity, at: Instant): void {
    const register = this.#state.demand[quantity];
    register.complete = false;
    closePeriod(register, at, this.#periods, this.#onBoundary(at), this.#state.tariff.rate);
  }

  /** The supply is back at `at`; `planned` is the end of the period it failed in. */
  resume(at: Instant, planned: Instant): void {
    for (const quantity of demandQuantities) {
      const register = this.#state.demand[quantity];
      if (planned < at) {
        register.earlier = [];
        beginPeriod(register, at, false);
      } else register.complete = false;
    }
  }

  /** The clock was stepped to `at`; `planned` is the end of the running period. A period left behind is closed, one still running is no longer a full one. */
  clockStepped(at: Instant, planned: Instant): void {
    const left = this.nextBoundary(at) !== planned;
    for (const quantity of demandQuantities) {
      if (left) this.closeEarly(quantity, at);
      else this.#state.demand[quantity].complete = false;
    }
  }

  /** Changes the period (seconds), which resets the averages. */
  setPeriod(seconds: number, at: Instant): void {
    this.#state.demandPeriod = seconds;
    for (const quantity of demandQuantities) this.reset(quantity, at);
  }

  /** Changes over how many periods the average goes, which resets the averages. */
  setCount(count: number, at: Instant): void {
    this.#state.demandPeriods = count;
    for (const quantity of demandQuantities) this.reset(quantity, at);
  }

  reset(quantity: DemandQuantity, at: Instant): void {
    resetAverages(this.#state.demand[quantity], at, this.#onBoundary(at));
  }

  resetMaximum(quantity: DemandQuantity): void {
    resetMaximum(this.#state.demand[quantity]);
  }

  get #periods(): DemandPeriods {
    return { period: this.#state.demandPeriod * second, count: this.#state.demandPeriods };
  }

  #onBoundary(at: Instant): boolean {
    return this.nextBoundary(at - 1) === at;
  }
}
