import { onLargerCurrent, onNeutralCurrent } from "./guard/larger-current.ts";
import type { OperatingPoint } from "./load-model.ts";
import { type Measurement, measure, noMeasurement, withoutLoad } from "./measurement.ts";

/** Decides whether current can flow: the supply control switch. */
interface Contacts {
  readonly closed: boolean;
}

/** Decides whether energy is counted on the larger of the currents. */
interface CurrentGuard {
  readonly countsLargerCurrent: boolean;
}

/** The measuring element: always up to date with what is at the terminals and with the switch, and evaluated once for each. */
export class Metering {
  /** Of the phase, as it is shown. */
  shown: Measurement = noMeasurement;
  /** What energy and demand are counted by. */
  counted: Measurement = noMeasurement;
  /** mW that are imported by the neutral's current. */
  neutralImport = 0;
  readonly #startCurrent: number;
  readonly #contacts: Contacts;
  readonly #guard: CurrentGuard;
  #point: OperatingPoint | undefined;
  #closed = false;
  #larger = false;

  /** @param startCurrent mA */
  constructor(startCurrent: number, contacts: Contacts, guard: CurrentGuard) {
    this.#startCurrent = startCurrent;
    this.#contacts = contacts;
    this.#guard = guard;
  }

  /** What is at the terminals from now on; undefined without supply. */
  connect(point: OperatingPoint | undefined): void {
    this.#point = point;
    this.#evaluate();
  }

  /** Follows switch and guard; true where they have changed. */
  refresh(): boolean {
    if (this.#contacts.closed === this.#closed && this.#guard.countsLargerCurrent === this.#larger) return false;
    this.#evaluate();
    return true;
  }

  #evaluate(): void {
    this.#closed = this.#contacts.closed;
    this.#larger = this.#guard.countsLargerCurrent;
    const point = this.#point === undefined || this.#closed ? this.#point : withoutLoad(this.#point);
    this.shown = measure(point, this.#startCurrent);
    this.counted = this.#larger && point !== undefined ? measure(onLargerCurrent(point), this.#startCurrent) : this.shown;
    const neutral = point && onNeutralCurrent(point);
    this.neutralImport = (neutral === point ? this.shown : measure(neutral, this.#startCurrent)).activeImport;
  }
}
