import { type EnergyState, readEnergy } from "./energy.ts";

/** Rates that registers are kept for (value group E 1 to 8). */
export const rateCount = 8;

/** 1..8 */
export type Rate = number;

/** Energies that are counted by rate: value group C 1 to 4, 9 and 10. */
export const ratedEnergies = [
  "activeImport",
  "activeExport",
  "reactiveImport",
  "reactiveExport",
  "apparentImport",
  "apparentExport",
] as const;

export type RatedEnergy = (typeof ratedEnergies)[number];

/** Whole watt-hours (var-hours, volt-ampere-hours) by rate, and how much of the total they are. */
export interface RatedRegister {
  counted: number;
  readonly rates: number[];
}

export type RatedState = Record<RatedEnergy, RatedRegister>;

export function emptyRates(): RatedState {
  const register = (): RatedRegister => ({ counted: 0, rates: new Array<number>(rateCount).fill(0) });
  return Object.fromEntries(ratedEnergies.map((name) => [name, register()])) as RatedState;
}

/**
 * Gives the watt-hours that were completed since the last time to a rate, as pulses of one total would be: so the rates
 * always add up to the total, to the last digit.
 */
export function countRates(state: RatedState, totals: EnergyState, rate: Rate): void {
  for (const name of ratedEnergies) {
    const register = state[name];
    const total = readEnergy(totals, name);
    if (total === register.counted) continue;
    register.rates[rate - 1] = (register.rates[rate - 1] ?? 0) + total - register.counted;
    register.counted = total;
  }
}
