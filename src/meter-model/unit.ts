import type { MeterConfig } from "./config.ts";
import type { MeterEventName } from "./event-catalogue.ts";
import type { Measurement } from "./measurement.ts";
import type { MeterClock } from "./meter-clock.ts";
import type { Instant } from "./units.ts";

/** What a unit may know of the meter that it is a part of, and where it reports what happens. */
export interface UnitSurroundings<Name extends string = MeterEventName> {
  readonly config: MeterConfig;
  readonly clock: MeterClock;
  /** True time up to which the meter has lived. */
  readonly now: Instant;
  /** Whether there is supply. */
  readonly supplied: boolean;
  /** What is measured: no current flows while the relay is open. */
  readonly measurement: Measurement;
  /** Logs an event that happened at clock time `at`, and tells the world. */
  record(name: Name, at: Instant): void;
}

/**
 * A part of the meter with a slice of its state, which lives through the meter's time with the others.
 *
 * Between two looks everything is constant, so a unit says when the next thing happens if nothing changes, and is never
 * asked to sample: that makes one long step the same as many short ones.
 */
export interface MeterUnit {
  /** True time at which the unit has to be looked at though nothing else happens; Infinity for never. */
  readonly due: Instant;
  /** `measured` has held for `duration` ms up to now. */
  accumulate?(measured: Measurement, duration: number): void;
  /** Supply or load has changed, or the unit is due. */
  settle(): void;
  /**
   * Whether the unit has nothing to do if `measured` is all that has changed since it settled: most changes of the load are
   * nobody's business. A unit without it never looks at what is measured.
   */
  calm?(measured: Measurement): boolean;
  /** The supply has gone. */
  supplyLost?(): void;
  /** The supply is back after `duration` ms, with which the clock may be invalid. */
  supplyBack?(duration: number): void;
  /** The clock was set, or its zone changed: what is planned by it is planned anew. `stepped` unless by less than the shift limit. */
  clockChanged?(stepped: boolean): void;
}

export const never = Number.POSITIVE_INFINITY;
