import { type MeterUnit, never, type UnitSurroundings } from "../unit.ts";
import type { Instant } from "../units.ts";

/** The part of the meter's state that is the battery of its clock. */
export interface BatteryState {
  /** ms for which it has kept the clock, without the outage that goes on. */
  used: number;
  /** True time since when it keeps the clock; undefined while the supply does. */
  since: Instant | undefined;
  /** Whether it was reported to be low. */
  low: boolean;
}

/** A battery that was never needed. */
export function newBattery(): BatteryState {
  return { used: 0, since: undefined, low: false };
}

/** Share of its capacity that is left when it is low. */
const lowShare = 0.1;
/** mV of a lithium cell: constant for most of its life, and where it keeps nothing any more. */
const fullVoltage = 3600;
const emptyVoltage = 2000;

/** Keeps the clock while there is no supply, for so long and no longer. */
export class Battery implements MeterUnit {
  readonly #state: BatteryState;
  readonly #surroundings: UnitSurroundings;

  /** Takes possession of `state`. */
  constructor(state: BatteryState, surroundings: UnitSurroundings) {
    this.#state = state;
    this.#surroundings = surroundings;
  }

  get due(): Instant {
    const { since, used, low } = this.#state;
    return since === undefined || low ? never : since + Math.max(0, this.#lowAt - used);
  }

  /** ms for which it has kept the clock. */
  get used(): number {
    const { used, since } = this.#state;
    return Math.min(this.#capacity, since === undefined ? used : used + this.#surroundings.now - since);
  }

  /** ms for which it can still do so. */
  get remaining(): number {
    return this.#capacity - this.used;
  }

  /** mV */
  get voltage(): number {
    const share = this.remaining / (this.#capacity * lowShare);
    return Math.round(emptyVoltage + (fullVoltage - emptyVoltage) * Math.min(1, share));
  }

  get low(): boolean {
    return this.#state.low;
  }

  /** Whether it keeps the clock through an outage of `duration` ms that ends now. */
  outlasts(duration: number): boolean {
    return this.#state.used + duration <= this.#capacity;
  }

  /** A new one is put in. */
  replace(): void {
    const { since } = this.#state;
    Object.assign(this.#state, newBattery(), { since: since === undefined ? undefined : this.#surroundings.now });
  }

  settle(): void {
    const beyond = this.used - this.#lowAt;
    if (beyond < 0 || this.#state.low) return;
    this.#state.low = true;
    const { clock, now } = this.#surroundings;
    // When it was: nobody could look at it while the meter did not run.
    const at = clock.at(now - beyond);
    this.#surroundings.record("batteryLow", at);
    this.#surroundings.record("batteryToReplace", at);
  }

  supplyLost(): void {
    this.#state.since = this.#surroundings.now;
  }

  supplyBack(): void {
    this.settle();
    this.#state.used = this.used;
    this.#state.since = undefined;
  }

  get #capacity(): number {
    return this.#surroundings.config.batteryReserve;
  }

  get #lowAt(): number {
    return this.#capacity - this.#capacity * lowShare;
  }
}
