import type { Measurement } from "../measurement.ts";
import { type MeterUnit, never, type UnitSurroundings } from "../unit.ts";
import { type Instant, minute } from "../units.ts";

/** The part of the meter's state that is the average voltage. */
export interface AverageVoltageState {
  /** mV ms of the running interval, and the ms of it that were measured. */
  sum: number;
  duration: number;
  /** Clock time at which the running interval ends; undefined without supply. */
  endsAt: Instant | undefined;
  /** mV, of the last interval that ended. */
  last: number;
}

/** No interval has ended yet. */
export function newAverageVoltage(): AverageVoltageState {
  return { sum: 0, duration: 0, endsAt: undefined, last: 0 };
}

/** Intervals of ten minutes by the clock (IEC 61000-4-30). */
const interval = 10 * minute;

/** The average of the voltage over each interval; what was without supply in it does not count. */
export class AverageVoltage implements MeterUnit {
  readonly #state: AverageVoltageState;
  readonly #surroundings: UnitSurroundings;

  /** Takes possession of `state`. */
  constructor(state: AverageVoltageState, surroundings: UnitSurroundings) {
    this.#state = state;
    this.#surroundings = surroundings;
  }

  get due(): Instant {
    const { endsAt } = this.#state;
    return endsAt === undefined ? never : this.#surroundings.clock.whenReading(endsAt);
  }

  /** mV, of the last interval that ended. */
  get last(): number {
    return this.#state.last;
  }

  accumulate({ voltage }: Measurement, duration: number): void {
    if (this.#state.endsAt === undefined) return;
    this.#state.sum += voltage * duration;
    this.#state.duration += duration;
  }

  settle(): void {
    const { clock, now, supplied } = this.#surroundings;
    if (!supplied) return;
    const { endsAt } = this.#state;
    if (endsAt === undefined) this.#begin();
    else if (clock.at(now) >= endsAt) {
      this.#state.last = Math.round(this.#state.sum / this.#state.duration);
      this.#begin();
    }
  }

  supplyLost(): void {
    Object.assign(this.#state, { ...newAverageVoltage(), last: this.#state.last });
  }

  clockChanged(): void {
    if (this.#state.endsAt !== undefined) this.#begin();
  }

  #begin(): void {
    const { clock, now } = this.#surroundings;
    const endsAt = clock.local.nextBoundary(clock.at(now), interval);
    Object.assign(this.#state, { ...newAverageVoltage(), endsAt, last: this.#state.last });
  }
}
