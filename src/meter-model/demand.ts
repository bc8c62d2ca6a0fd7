import { addEnergy, type EnergyRegister, emptyRegister } from "./energy.ts";
import { type Rate, rateCount } from "./rates.ts";
import { day, hour, type Instant, minute, second } from "./units.ts";

/** The powers whose demand is measured: value group C 1 to 4 and 9. */
export const demandQuantities = ["activeImport", "activeExport", "reactiveImport", "reactiveExport", "apparentImport"] as const;

export type DemandQuantity = (typeof demandQuantities)[number];

/** A maximum and the end of the period that gave it; undefined while it is zero. */
export interface MaximumDemand {
  /** W, var or VA */
  value: number;
  at: Instant | undefined;
}

/**
 * A demand register (blue book class 5) and the maxima of its periods. Averages in W (var, VA), instants in clock time.
 * With several periods the average is over all of them, and moves on by one.
 */
export interface DemandState {
  /** When the running period began. */
  startedAt: Instant;
  /** False when the running period is not measured from end to end: it is closed, but not compared for the maximum. */
  complete: boolean;
  energy: EnergyRegister;
  /** Energy of the periods before the running one that still count, oldest first, in milliwatt-milliseconds; -1 for incomplete ones. */
  earlier: number[];
  lastAverage: number;
  /** When `lastAverage` was formed; undefined before the first period has ended. */
  capturedAt: Instant | undefined;
  /** Whether `lastAverage` is of complete periods. */
  lastComplete: boolean;
  maximum: MaximumDemand;
  /** By rate, 1 first. */
  rateMaxima: MaximumDemand[];
  /** Sum of the maxima of closed billing periods. */
  cumulative: number;
}

/** A demand register and its maximum as they read now. */
export interface DemandReading extends Readonly<Omit<DemandState, "maximum">> {
  /** W */
  readonly currentAverage: number;
  /** When the oldest period began that the current average goes over. */
  readonly windowStartedAt: Instant;
  readonly maximum: number;
  /** End of the period that gave the maximum; undefined while that is zero. */
  readonly maximumAt: Instant | undefined;
}

const noMaximum = (): MaximumDemand => ({ value: 0, at: undefined });

/** A register whose first period begins at `startedAt`. */
export function newDemand(startedAt: Instant, complete: boolean): DemandState {
  return {
    startedAt,
    complete,
    energy: emptyRegister(),
    earlier: [],
    lastAverage: 0,
    capturedAt: undefined,
    lastComplete: false,
    maximum: noMaximum(),
    rateMaxima: Array.from({ length: rateCount }, noMaximum),
    cumulative: 0,
  };
}

/** Adds `power` (mW) during `duration` ms to the running period. */
export function accumulateDemand(state: DemandState, power: number, duration: number): void {
  addEnergy(state.energy, power, duration);
}

/** How long a period is, in ms, and over how many of them the average goes. */
export interface DemandPeriods {
  readonly period: number;
  readonly count: number;
}

/** Energy of the periods at hand spread over all of them, in W: grows from 0 to what the running one will give. */
export function currentAverage(state: DemandState, { period, count }: DemandPeriods): number {
  const earlier = state.earlier.slice(Math.max(0, state.earlier.length - count + 1));
  const sum = earlier.reduce((total, energy) => total + Math.max(energy, 0), runningEnergy(state));
  return Math.round(sum / (period * count) / 1000);
}

/** When the oldest period began that the current average goes over. */
export function windowStartedAt({ startedAt, earlier }: DemandState, { period, count }: DemandPeriods): Instant {
  return startedAt - Math.min(earlier.length, count - 1) * period;
}

/** Milliwatt-milliseconds. */
function runningEnergy({ energy: { whole, remainder } }: DemandState): number {
  return whole * 1000 * hour + remainder;
}

/** Ends the running period at clock time `at`, at which `rate` was in force, and begins the next one, `complete` unless it begins off the boundary. */
export function closePeriod(state: DemandState, at: Instant, periods: DemandPeriods, complete: boolean, rate: Rate): void {
  const counted = state.earlier.slice(Math.max(0, state.earlier.length - periods.count + 1));
  state.lastAverage = currentAverage(state, periods);
  state.capturedAt = at;
  state.lastComplete = state.complete && counted.length === periods.count - 1 && counted.every((energy) => energy >= 0);
  if (state.lastComplete) {
    for (const maximum of [state.maximum, state.rateMaxima[rate - 1]]) {
      // Of equal maxima the first keeps its time stamp.
      if (maximum === undefined || state.lastAverage <= maximum.value) continue;
      maximum.value = state.lastAverage;
      maximum.at = at;
    }
  }
  state.earlier = periods.count === 1 ? [] : [...counted, state.complete ? runningEnergy(state) : -1].slice(1 - periods.count);
  beginPeriod(state, at, complete);
}

/** Abandons the running period and begins another at clock time `at`. */
export function beginPeriod(state: DemandState, at: Instant, complete: boolean): void {
  state.startedAt = at;
  state.complete = complete;
  state.energy = emptyRegister();
}

/** Forgets both averages and begins a period at clock time `at` (blue book class 5, reset); the maxima stay. */
export function resetAverages(state: DemandState, at: Instant, complete: boolean): void {
  state.lastAverage = 0;
  state.lastComplete = false;
  state.capturedAt = at;
  state.earlier = [];
  beginPeriod(state, at, complete);
}

/** Adds the maximum to the cumulative one and forgets the maxima, as at the end of a billing period. */
export function resetMaximum(state: DemandState): void {
  state.cumulative += state.maximum.value;
  state.maximum = noMaximum();
  state.rateMaxima = state.rateMaxima.map(noMaximum);
}

/** Whether a period of so many seconds fits the day a whole number of times. */
export function isDemandPeriod(seconds: number): boolean {
  return Number.isInteger(seconds) && seconds * second >= minute && day % (seconds * second) === 0;
}
