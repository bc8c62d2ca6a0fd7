import { addEnergy, type EnergyRegister, emptyRegister } from "./energy.ts";
import { type Instant, second } from "./units.ts";

/** The powers whose demand is measured. */
export const demandQuantities = ["activeImport", "activeExport"] as const;

export type DemandQuantity = (typeof demandQuantities)[number];

/** A block demand register (blue book class 5, one period) and the maximum of its periods. Averages in W, instants in clock time. */
export interface DemandState {
  /** When the running period began. */
  startedAt: Instant;
  /** False when the running period is not measured from end to end: it is closed, but not compared for the maximum. */
  complete: boolean;
  energy: EnergyRegister;
  lastAverage: number;
  /** When `lastAverage` was formed; undefined before the first period has ended. */
  capturedAt: Instant | undefined;
  /** Whether `lastAverage` is of a complete period. */
  lastComplete: boolean;
  maximum: number;
  /** End of the period that gave the maximum; undefined while that is zero. */
  maximumAt: Instant | undefined;
}

/** A register whose first period begins at `startedAt`. */
export function newDemand(startedAt: Instant, complete: boolean): DemandState {
  return {
    startedAt,
    complete,
    energy: emptyRegister(),
    lastAverage: 0,
    capturedAt: undefined,
    lastComplete: false,
    maximum: 0,
    maximumAt: undefined,
  };
}

/** Adds `power` (mW) during `duration` ms to the running period. */
export function accumulateDemand(state: DemandState, power: number, duration: number): void {
  addEnergy(state.energy, power, duration);
}

/** Energy of the running period spread over the whole of it, in W: grows from 0 to what the period will average. */
export function currentAverage(state: DemandState, period: number): number {
  const wattSeconds = state.energy.whole * 3600 + state.energy.remainder / 1e6;
  return Math.round(wattSeconds / (period / second));
}

/** Ends the running period at clock time `at` and begins the next one, `complete` unless it begins off the boundary. */
export function closePeriod(state: DemandState, at: Instant, period: number, complete: boolean): void {
  state.lastAverage = currentAverage(state, period);
  state.capturedAt = at;
  state.lastComplete = state.complete;
  // Of equal maxima the first keeps its time stamp.
  if (state.complete && state.lastAverage > state.maximum) {
    state.maximum = state.lastAverage;
    state.maximumAt = at;
  }
  beginPeriod(state, at, complete);
}

/** Abandons the running period and begins another at clock time `at`. */
export function beginPeriod(state: DemandState, at: Instant, complete: boolean): void {
  state.startedAt = at;
  state.complete = complete;
  state.energy = emptyRegister();
}

/** Forgets both averages and begins a period at clock time `at` (blue book class 5, reset); the maximum stays. */
export function resetAverages(state: DemandState, at: Instant, complete: boolean): void {
  state.lastAverage = 0;
  state.lastComplete = false;
  state.capturedAt = at;
  beginPeriod(state, at, complete);
}

/** Forgets the maximum, as at the end of a billing period. */
export function resetMaximum(state: DemandState): void {
  state.maximum = 0;
  state.maximumAt = undefined;
}
