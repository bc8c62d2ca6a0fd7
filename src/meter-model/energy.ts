import type { Measurement } from "./measurement.ts";
import { hour } from "./units.ts";

/** An energy as whole watt-hours (var-hours, volt-ampere-hours) and the rest in milliwatt-milliseconds, below one watt-hour. */
export interface EnergyRegister {
  whole: number;
  remainder: number;
}

/** Milliwatt-milliseconds in a watt-hour. */
const wattHour = 1000 * hour;

/** The registers that accumulate; all other energies are sums of these. */
export const accumulatedEnergies = [
  "activeImport",
  "activeExport",
  "reactiveQ1",
  "reactiveQ2",
  "reactiveQ3",
  "reactiveQ4",
  "apparentImport",
  "apparentExport",
] as const;

export type AccumulatedEnergy = (typeof accumulatedEnergies)[number];

export type EnergyState = Record<AccumulatedEnergy, EnergyRegister>;

/** Energies of blue book value group C: 1, 2; 5..8; 9, 10; 3 = QI + QII, 4 = QIII + QIV; 15 = |+A| + |-A|, 16 = |+A| - |-A|. */
export type EnergyName = AccumulatedEnergy | "reactiveImport" | "reactiveExport" | "absoluteActive" | "netActive";

export function emptyRegister(): EnergyRegister {
  return { whole: 0, remainder: 0 };
}

export function emptyEnergies(): EnergyState {
  return Object.fromEntries(accumulatedEnergies.map((name) => [name, emptyRegister()])) as EnergyState;
}

/** Adds `power` (milliwatts, 0..1e9) during `duration` milliseconds of any length, without rounding. */
export function addEnergy(register: EnergyRegister, power: number, duration: number): void {
  if (power === 0) return;
  // Whole hours apart, so that no product exceeds 2^53: a milliwatt for an hour is a thousandth of a watt-hour.
  const hours = Math.floor(duration / hour);
  const milliwattHours = power * hours;
  const remainder = register.remainder + (milliwattHours % 1000) * hour + power * (duration - hours * hour);
  const carried = Math.floor(remainder / wattHour);
  register.whole += Math.floor(milliwattHours / 1000) + carried;
  register.remainder = remainder - carried * wattHour;
}

/** Accumulates what is measured during `duration` milliseconds, in the register of its direction or quadrant. */
export function accumulateEnergy(state: EnergyState, measured: Measurement, duration: number): void {
  const exporting = measured.activeNet < 0;
  if (exporting) {
    addEnergy(state.activeExport, measured.activeExport, duration);
    addEnergy(state.apparentExport, measured.apparentExport, duration);
  } else {
    addEnergy(state.activeImport, measured.activeImport, duration);
    addEnergy(state.apparentImport, measured.apparentImport, duration);
  }
  if (measured.reactiveNet < 0) addEnergy(exporting ? state.reactiveQ3 : state.reactiveQ4, measured.reactiveExport, duration);
  else addEnergy(exporting ? state.reactiveQ2 : state.reactiveQ1, measured.reactiveImport, duration);
}

/** Whole watt-hours (var-hours, volt-ampere-hours), as a register displays them: truncated towards zero. */
export function readEnergy(state: EnergyState, name: EnergyName): number {
  switch (name) {
    case "reactiveImport":
      return sum(state.reactiveQ1, state.reactiveQ2);
    case "reactiveExport":
      return sum(state.reactiveQ3, state.reactiveQ4);
    case "absoluteActive":
      return sum(state.activeImport, state.activeExport);
    case "netActive":
      return difference(state.activeImport, state.activeExport);
    default:
      return state[name].whole;
  }
}

function sum(a: EnergyRegister, b: EnergyRegister): number {
  return a.whole + b.whole + (a.remainder + b.remainder >= wattHour ? 1 : 0);
}

function difference(a: EnergyRegister, b: EnergyRegister): number {
  const whole = a.whole - b.whole;
  if (whole > 0 && a.remainder < b.remainder) return whole - 1;
  if (whole < 0 && a.remainder > b.remainder) return whole + 1;
  return whole;
}
