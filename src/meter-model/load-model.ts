import type { Instant } from "./units.ts";

/** Largest power (mW, mvar) and current (mA): a megawatt, so that products with time stay exact. */
export const largestQuantity = 1e9;

/** What the meter's terminals see. All integers; powers and current at most the largest quantity. */
export interface OperatingPoint {
  /** mV */
  readonly voltage: number;
  /** mA in the phase */
  readonly current: number;
  /** mA in the neutral */
  readonly neutralCurrent: number;
  /** mW, positive when imported */
  readonly activePower: number;
  /** mvar, positive when inductive at import */
  readonly reactivePower: number;
  /** mHz */
  readonly frequency: number;
}

/** A stretch of time in which nothing changes. */
export interface LoadSegment {
  /** Undefined: no supply. */
  readonly point: OperatingPoint | undefined;
  /** First instant after the stretch; later than the instant asked for, possibly Infinity. */
  readonly until: Instant;
}

/** Supply and load as a piecewise constant function of the true time alone: the same instant gives the same answer, in any order of asking. */
export interface LoadModel {
  at(instant: Instant): LoadSegment;
}
