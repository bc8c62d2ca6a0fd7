import type { Measurement } from "../measurement.ts";
import { type MeterUnit, never, type UnitSurroundings } from "../unit.ts";

/** The part of the meter's state that is the time it has been supplied. */
export interface OperatingTimeState {
  /** ms */
  operated: number;
}

/** How long the meter has been supplied. */
export class OperatingTime implements MeterUnit {
  readonly due = never;
  readonly #state: OperatingTimeState;
  readonly #surroundings: Pick<UnitSurroundings, "supplied">;

  /** Takes possession of `state`. */
  constructor(state: OperatingTimeState, surroundings: Pick<UnitSurroundings, "supplied">) {
    this.#state = state;
    this.#surroundings = surroundings;
  }

  /** ms */
  get total(): number {
    return this.#state.operated;
  }

  accumulate(_measured: Measurement, duration: number): void {
    if (this.#surroundings.supplied) this.#state.operated += duration;
  }

  settle(): void {}
}
