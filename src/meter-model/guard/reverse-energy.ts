import { addEnergy, type EnergyRegister, emptyRegister } from "../energy.ts";
import type { Measurement } from "../measurement.ts";
import type { MeterClock } from "../meter-clock.ts";
import { never } from "../unit.ts";
import { day, type Instant } from "../units.ts";

/** What is done about exported energy that is significant: nothing, counting it as import, or a disconnection (0.0.96.66.2). */
export const reverseTreatments = ["ignore", "count", "disconnect"] as const;
export type ReverseTreatment = (typeof reverseTreatments)[number];

/** Energy in mW ms, so that any split of time gives the same sum. */
export interface ReverseEnergyState {
  /** All that flowed back at the power that counts, ever. */
  total: EnergyRegister;
  reverse: number;
  /** Imported since anything was last exported; nothing while there is nothing that it could clear. */
  forward: number;
  /** Clock time of the midnight that clears both; undefined while there is nothing to clear. */
  midnight: Instant | undefined;
}

/** mW ms */
const wattHour = 3_600_000_000;
/** mW below which nothing counts. */
const power = 20_000;
/** mW ms of import that clear what was exported. */
const resetBy = 10 * wattHour;

const cleared = { reverse: 0, forward: 0, midnight: undefined };

/** Nothing was exported yet. */
export function newReverseEnergy(): ReverseEnergyState {
  return { total: emptyRegister(), ...cleared };
}

/** Adds up what flows back, which short turns of the current do not reach. Sums stop at their limits, so they stay exact for ever. */
export class ReverseEnergy {
  readonly #state: ReverseEnergyState;
  readonly #threshold: () => number;

  /** Takes possession of `state`; `threshold` in Wh may change from one look to the next. */
  constructor(state: ReverseEnergyState, threshold: () => number) {
    this.#state = state;
    this.#threshold = threshold;
  }

  get significant(): boolean {
    return this.#state.reverse >= this.#energy;
  }

  /** Whether there is nothing to watch while `measured` flows. */
  idle({ activeExport }: Measurement): boolean {
    return this.#state.reverse === 0 && activeExport < power;
  }

  /** `measured` has held for `duration` ms. */
  accumulate(measured: Measurement, duration: number): void {
    const { activeImport, activeExport } = measured;
    const state = this.#state;
    if (activeExport > 0) {
      state.forward = 0;
      if (activeExport < power) return;
      addEnergy(state.total, activeExport, duration);
      state.reverse = Math.min(state.reverse + activeExport * duration, Math.max(this.#energy, state.reverse));
    } else {
      state.forward = Math.min(state.forward + activeImport * duration, resetBy);
      if (state.forward >= resetBy) this.#clear();
    }
  }

  /** A new day begins with nothing. */
  settle(measured: Measurement, clock: MeterClock, now: Instant): void {
    const { midnight } = this.#state;
    if (midnight !== undefined && clock.at(now) >= midnight) this.#clear();
    if (this.idle(measured)) this.#state.midnight = undefined;
    else if (this.#state.midnight === undefined) this.#plan(clock, now);
  }

  /** Plans the next midnight anew, after the clock was set. */
  clockChanged(clock: MeterClock, now: Instant): void {
    if (this.#state.midnight !== undefined) this.#plan(clock, now);
  }

  /** True time of the next change while `measured` flows. */
  due(measured: Measurement, clock: MeterClock, now: Instant): Instant {
    const { reverse, forward, midnight } = this.#state;
    if (midnight === undefined) return this.idle(measured) ? never : now;
    const { activeImport, activeExport } = measured;
    const atMidnight = clock.whenReading(midnight);
    if (activeExport >= power && reverse < this.#energy)
      return Math.min(atMidnight, now + Math.ceil((this.#energy - reverse) / activeExport));
    if (activeImport > 0 && reverse > 0) return Math.min(atMidnight, now + Math.ceil((resetBy - forward) / activeImport));
    return atMidnight;
  }

  /** mW ms that are significant. */
  get #energy(): number {
    return this.#threshold() * wattHour;
  }

  #plan(clock: MeterClock, now: Instant): void {
    this.#state.midnight = clock.local.nextBoundary(clock.at(now), day);
  }

  #clear(): void {
    Object.assign(this.#state, cleared);
  }
}
