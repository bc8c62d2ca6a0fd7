import type { Instant } from "./units.ts";

/** Presence of the supply and the record of its failures. */
export interface SupplyState {
  /** True time since when there is no supply; undefined while there is. */
  downSince: Instant | undefined;
  /** Failures that have ended. */
  failures: number;
  /** Those of them longer than the time threshold for long power failures. */
  longFailures: number;
  /** Clock time at which the last failure began. */
  lastFailureAt: Instant | undefined;
  /** ms */
  lastFailureDuration: number;
  /** ms */
  lastLongFailureDuration: number;
}

/** A supply that has never failed. */
export function newSupply(): SupplyState {
  return {
    downSince: undefined,
    failures: 0,
    longFailures: 0,
    lastFailureAt: undefined,
    lastFailureDuration: 0,
    lastLongFailureDuration: 0,
  };
}

/** Records a failure that began at clock time `startedAt` and lasted `duration` ms; answers whether it was a long one. */
export function recordFailure(state: SupplyState, startedAt: Instant, duration: number, longThreshold: number): boolean {
  const long = duration > longThreshold;
  state.downSince = undefined;
  state.failures += 1;
  state.lastFailureAt = startedAt;
  state.lastFailureDuration = duration;
  if (long) {
    state.longFailures += 1;
    state.lastLongFailureDuration = duration;
  }
  return long;
}
