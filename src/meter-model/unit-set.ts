import type { Measurement } from "./measurement.ts";
import { type MeterUnit, never } from "./unit.ts";
import type { Instant } from "./units.ts";

/** The units of a meter as one, in the order in which they are looked at. */
export class UnitSet implements MeterUnit {
  readonly #units: readonly MeterUnit[];
  readonly #counting: readonly MeterUnit[];
  readonly #watching: readonly MeterUnit[];

  constructor(units: readonly MeterUnit[]) {
    this.#units = units;
    this.#counting = units.filter((unit) => unit.accumulate !== undefined);
    this.#watching = units.filter((unit) => unit.calm !== undefined);
  }

  get due(): Instant {
    let due = never;
    for (const unit of this.#units) due = Math.min(due, unit.due);
    return due;
  }

  accumulate(measured: Measurement, duration: number): void {
    for (const unit of this.#counting) unit.accumulate?.(measured, duration);
  }

  settle(): void {
    for (const unit of this.#units) unit.settle();
  }

  calm(measured: Measurement): boolean {
    for (const unit of this.#watching) if (unit.calm?.(measured) === false) return false;
    return true;
  }

  supplyLost(): void {
    for (const unit of this.#units) unit.supplyLost?.();
  }

  supplyBack(duration: number): void {
    for (const unit of this.#units) unit.supplyBack?.(duration);
  }

  clockChanged(stepped: boolean): void {
    for (const unit of this.#units) unit.clockChanged?.(stepped);
  }
}
