import type { Measurement } from "../measurement.ts";
import type { MeterClock } from "../meter-clock.ts";
import { never } from "../unit.ts";
import { day, type Instant } from "../units.ts";

/** Energy in mW ms, so that any split of time gives the same sum. */
export interface ReverseEnergyState {
  reverse: number;
  /** Imported since anything was last exported; nothing while there is nothing that it could clear. */
  forward: number;
  /** Clock time of the midnight that clears both; undefined while there is nothing to clear. */
  midnight: Instant | undefined;
}

/** When exported energy is significant: powers in mW, energies in mW ms. */
export interface ReverseEnergyLimits {
  readonly energy: number;
  readonly power: number;
  readonly resetBy: number;
}

const wattHour = 3_600_000_000;

/** 100 Wh at 20 W or more, until 10 Wh were imported. */
export const defaultReverseEnergyLimits: ReverseEnergyLimits = { energy: 100 * wattHour, power: 20_000, resetBy: 10 * wattHour };

/** Nothing was exported yet. */
export function newReverseEnergy(): ReverseEnergyState {
  return { reverse: 0, forward: 0, midnight: undefined };
}

/** Adds up what flows back, which short turns of the current do not reach. Sums stop at their limits, so they stay exact for ever. */
export class ReverseEnergy {
  readonly #state: ReverseEnergyState;
  readonly #limits: ReverseEnergyLimits;

  constructor(state: ReverseEnergyState, limits: ReverseEnergyLimits) {
    this.#state = state;
    this.#limits = limits;
  }

  get significant(): boolean {
    return this.#state.reverse >= this.#limits.energy;
  }

  /** Whether there is nothing to watch while `measured` flows. */
  idle({ activeExport }: Measurement): boolean {
    return this.#state.reverse === 0 && activeExport < this.#limits.power;
  }

  /** `measured` has held for `duration` ms. */
  accumulate(measured: Measurement, duration: number): void {
    if (this.idle(measured)) return;
    const { activeImport, activeExport } = measured;
    const { energy, power, resetBy } = this.#limits;
    const state = this.#state;
    if (activeExport > 0) {
      state.forward = 0;
      if (activeExport >= power) state.reverse = Math.min(state.reverse + activeExport * duration, energy);
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
    const { energy, power, resetBy } = this.#limits;
    const { reverse, forward, midnight } = this.#state;
    if (midnight === undefined) return this.idle(measured) ? never : now;
    const { activeImport, activeExport } = measured;
    const atMidnight = clock.whenReading(midnight);
    if (activeExport >= power && reverse < energy) return Math.min(atMidnight, now + Math.ceil((energy - reverse) / activeExport));
    if (activeImport > 0 && reverse > 0) return Math.min(atMidnight, now + Math.ceil((resetBy - forward) / activeImport));
    return atMidnight;
  }

  #plan(clock: MeterClock, now: Instant): void {
    this.#state.midnight = clock.local.nextBoundary(clock.at(now), day);
  }

  #clear(): void {
    Object.assign(this.#state, newReverseEnergy());
  }
}
