import {
  accumulateDemand,
  beginPeriod,
  closePeriod,
  currentAverage,
  type DemandQuantity,
  type DemandState,
  demandQuantities,
  resetAverages,
  resetMaximum,
} from "./demand.ts";
import type { Measurement } from "./measurement.ts";
import type { MeterClock } from "./meter-clock.ts";
import type { MeterState } from "./state.ts";
import { type Instant, second } from "./units.ts";

/** A demand register and its maximum as they read now. */
export interface DemandReading extends Readonly<DemandState> {
  /** W */
  readonly currentAverage: number;
}

/** The demand registers of the meter, all over the same period of the clock. */
export class DemandRegisters {
  readonly #state: Pick<MeterState, "demand" | "demandPeriod">;
  readonly #clock: MeterClock;

  constructor(state: Pick<MeterState, "demand" | "demandPeriod">, clock: MeterClock) {
    this.#state = state;
    this.#clock = clock;
  }

  read(quantity: DemandQuantity): DemandReading {
    const register = this.#state.demand[quantity];
    return { ...register, currentAverage: currentAverage(register, this.#period) };
  }

  lastAverage(quantity: DemandQuantity): number {
    return this.#state.demand[quantity].lastAverage;
  }

  accumulate(measured: Measurement, duration: number): void {
    for (const quantity of demandQuantities) accumulateDemand(this.#state.demand[quantity], measured[quantity], duration);
  }

  nextBoundary(after: Instant): Instant {
    return this.#clock.local.nextBoundary(after, this.#period);
  }

  /** Ends the periods at the boundary `at`. */
  closeAll(at: Instant): void {
    for (const quantity of demandQuantities) closePeriod(this.#state.demand[quantity], at, this.#period, true);
  }

  /** Closes a period early: it does not count for the maximum, nor does the rest. */
  closeEarly(quantity: DemandQuantity, at: Instant): void {
    const register = this.#state.demand[quantity];
    register.complete = false;
    closePeriod(register, at, this.#period, this.#onBoundary(at));
  }

  /** The supply is back at `at`; `planned` is the end of the period it failed in. */
  resume(at: Instant, planned: Instant): void {
    for (const quantity of demandQuantities) {
      const register = this.#state.demand[quantity];
      if (planned < at) beginPeriod(register, at, false);
      else register.complete = false;
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

  reset(quantity: DemandQuantity, at: Instant): void {
    resetAverages(this.#state.demand[quantity], at, this.#onBoundary(at));
  }

  resetMaximum(quantity: DemandQuantity): void {
    resetMaximum(this.#state.demand[quantity]);
  }

  /** ms */
  get #period(): number {
    return this.#state.demandPeriod * second;
  }

  #onBoundary(at: Instant): boolean {
    return this.nextBoundary(at - 1) === at;
  }
}
