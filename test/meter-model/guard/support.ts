import type { LoadModel } from "../../../src/meter-model/index.ts";
import { defaultMeterConfig, type Instant, type MeterConfig, type OperatingPoint, utc } from "../../../src/meter-model/index.ts";
import { type Measurement, measure, noMeasurement } from "../../../src/meter-model/measurement.ts";
import { MeterClock } from "../../../src/meter-model/meter-clock.ts";
import type { MeterUnit } from "../../../src/meter-model/unit.ts";

/** 2026-01-05T12:00Z. */
export const start = Date.UTC(2026, 0, 5, 12);

/**
 * A bench that units live on: the world of a meter without the meter. It stops where a unit is due, as the meter does,
 * and collects what is recorded as "name@seconds".
 */
export class Bench<Name extends string = string> {
  readonly config: MeterConfig;
  readonly clock = new MeterClock({ anchor: start, reading: start, valid: true, zone: utc }, 0);
  readonly events: string[] = [];
  now: Instant;
  supplied = true;
  measurement: Measurement = noMeasurement;
  /** Switches the load off, as an open relay does. */
  loaded: () => boolean = () => true;
  units: readonly MeterUnit[] = [];
  readonly #load: LoadModel;
  #until: Instant;

  constructor(load: LoadModel, now = start, config: Partial<MeterConfig> = {}) {
    this.config = { ...defaultMeterConfig, ...config };
    this.#load = load;
    this.now = now;
    this.#until = now;
    this.#look();
  }

  record(name: Name, at: Instant): void {
    this.events.push(`${name}@${(at - start) / 1000}`);
  }

  /** Places units on the bench. */
  with(...units: readonly MeterUnit[]): this {
    this.units = units;
    this.#look();
    this.#settle();
    return this;
  }

  /** Lives until `to`. */
  advance(to: Instant): void {
    while (this.now < to) {
      const next = Math.min(to, this.#until, ...this.units.map((unit) => unit.due));
      if (!(next > this.now)) throw new RangeError(`a unit is due at ${next}, which is not after ${this.now}`);
      for (const unit of this.units) unit.accumulate?.(this.measurement, next - this.now);
      this.now = next;
      const before = this.supplied;
      this.#look();
      if (before && !this.supplied) for (const unit of this.units) unit.supplyLost?.();
      if (!before && this.supplied) for (const unit of this.units) unit.supplyBack?.(0);
      this.#settle();
    }
  }

  /** Lives on for so many seconds. */
  run(seconds: number): this {
    this.advance(this.now + seconds * 1000);
    return this;
  }

  /** Looks at the units until nothing moves any more. */
  #settle(): void {
    for (let pass = 0; pass < 3; pass++) {
      for (const unit of this.units) unit.settle();
      this.#look();
    }
  }

  #look(): void {
    const { point, until } = this.#load.at(this.now);
    this.#until = until;
    this.supplied = point !== undefined;
    this.measurement = measure(point === undefined || this.loaded() ? point : unloaded(point), this.config.startCurrent);
  }
}

function unloaded(point: OperatingPoint): OperatingPoint {
  return { ...point, current: 0, neutralCurrent: 0, activePower: 0, reactivePower: 0 };
}

/** A state as a store would give it back. */
export function restored<T>(state: T): T {
  return JSON.parse(JSON.stringify(state)) as T;
}
