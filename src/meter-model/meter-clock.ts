import { LocalTime, type TimeZoneRule } from "./local-time.ts";
import type { Instant } from "./units.ts";

/** The part of the meter's state that is its real-time clock. */
export interface ClockState {
  /** True time at which the clock was last set, and what it was set to. */
  anchor: Instant;
  reading: Instant;
  /** False after an outage longer than the reserve, until the clock is set. */
  valid: boolean;
  zone: TimeZoneRule;
}

/**
 * The meter's own time, in UTC, as a function of the true time: as good as it was last set, plus drift.
 *
 * Everything the meter stamps or schedules is in clock time; everything it measures lasts true time.
 */
export class MeterClock {
  readonly #state: ClockState;
  readonly #driftPpm: number;
  #local: LocalTime;

  /** `driftPpm`: microseconds gained per second; 5.8 is the half second a day IEC 62054-21 allows. */
  constructor(state: ClockState, driftPpm: number) {
    this.#state = state;
    this.#driftPpm = driftPpm;
    this.#local = new LocalTime(state.zone);
  }

  get valid(): boolean {
    return this.#state.valid;
  }

  get local(): LocalTime {
    return this.#local;
  }

  /** What the clock reads at a true time. */
  at(instant: Instant): Instant {
    const elapsed = instant - this.#state.anchor;
    return this.#state.reading + elapsed + this.#gained(elapsed);
  }

  /** The first true time at which the clock reads `reading` or more. */
  whenReading(reading: Instant): Instant {
    const { anchor, reading: anchorReading } = this.#state;
    const elapsed = reading - anchorReading;
    if (this.#driftPpm === 0 || !Number.isFinite(elapsed)) return anchor + elapsed;
    let instant = anchor + Math.round(elapsed / (1 + this.#driftPpm / 1e6));
    while (this.at(instant) < reading) instant++;
    while (this.at(instant - 1) >= reading) instant--;
    return instant;
  }

  /** Sets the clock, which makes it valid. */
  set(instant: Instant, reading: Instant): void {
    this.#state.anchor = instant;
    this.#state.reading = reading;
    this.#state.valid = true;
  }

  setZone(zone: TimeZoneRule): void {
    this.#state.zone = zone;
    this.#local = new LocalTime(zone);
  }

  invalidate(): void {
    this.#state.valid = false;
  }

  #gained(elapsed: number): number {
    return this.#driftPpm === 0 ? 0 : Math.floor((elapsed * this.#driftPpm) / 1e6);
  }
}
