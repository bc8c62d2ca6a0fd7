import { chargeNames } from "./credit/charge.ts";
import type { CreditAmounts } from "./credit/credit-amounts.ts";
import { type DemandQuantity, type DemandReading, demandQuantities } from "./demand.ts";
import { accumulatedEnergies, type EnergyName } from "./energy.ts";
import type { Measurement } from "./measurement.ts";
import { type Rate, type RatedEnergy, rateCount, ratedEnergies } from "./rates.ts";

/** What a column is selected from: the registers as they stand when the row is captured. */
export interface CaptureSource {
  /** Wh, varh, VAh */
  energy(name: EnergyName): number;
  /** Wh, varh, VAh */
  ratedEnergy(name: RatedEnergy, rate: Rate): number;
  demand(quantity: DemandQuantity): DemandReading;
  /** W */
  lastAverageDemand(quantity: DemandQuantity): number;
  readonly measurement: Measurement;
  /** In force. */
  readonly rate: Rate;
  /** Billing periods that were closed. */
  readonly billingPeriods: number;
  /** Wh that flowed back at a power that counts. */
  readonly reverseEnergy: number;
  /** Bits of the error register. */
  readonly errors: number;
  readonly credit: CreditAmounts;
}

/** In place of an instant that there is none of. */
export const noInstant = -1;

/** What each column captures; instants are in clock time, in ms since 1970. */
export type CaptureColumn = string;

const energies: readonly EnergyName[] = [...accumulatedEnergies, "reactiveImport", "reactiveExport", "absoluteActive", "netActive"];

/** Amounts of the account that profiles capture. */
export const creditColumns = ["available", "balance", "emergencyUsed", "owed", "spentYesterday", "spentThisMonth"] as const;

type Select = (source: CaptureSource) => number;

const named = <T extends string>(names: readonly T[], make: (name: T) => readonly (readonly [string, Select])[]): [string, Select][] =>
  names.flatMap((name) => make(name).map(([key, select]): [string, Select] => [key, select]));

const rates = Array.from({ length: rateCount }, (_, index) => index + 1);

/** "activeImport/3" is the energy, "demand.activeImport.at/3" the time of the maximum demand of rate 3. */
export const captureColumns: Readonly<Record<CaptureColumn, Select>> = Object.fromEntries([
  ...named(energies, (name) => [[name, (source) => source.energy(name)]]),
  ...named(ratedEnergies, (name) =>
    rates.map((rate) => [`${name}/${rate}`, (source: CaptureSource) => source.ratedEnergy(name, rate)] as const),
  ),
  ...named(demandQuantities, (name) => [
    [`demand.${name}.last`, (source) => source.lastAverageDemand(name)],
    [`demand.${name}.maximum`, (source) => source.demand(name).maximum],
    [`demand.${name}.at`, (source) => source.demand(name).maximumAt ?? noInstant],
    [`demand.${name}.cumulative`, (source) => source.demand(name).cumulative],
    ...rates.flatMap((rate): [string, Select][] => [
      [`demand.${name}.maximum/${rate}`, (source) => source.demand(name).rateMaxima[rate - 1]?.value ?? 0],
      [`demand.${name}.at/${rate}`, (source) => source.demand(name).rateMaxima[rate - 1]?.at ?? noInstant],
    ]),
  ]),
  // The unit of each is that of the measurement.
  ...named(["voltage", "current", "neutralCurrent", "frequency"], (name) => [[name, (source) => source.measurement[name]]]),
  ["rate", (source: CaptureSource) => source.rate],
  ["billingPeriods", (source: CaptureSource) => source.billingPeriods],
  ["reverseEnergy", (source: CaptureSource) => source.reverseEnergy],
  ["errors", (source: CaptureSource) => source.errors],
  ...named(creditColumns, (name) => [[`credit.${name}`, (source) => source.credit[name]]]),
  ...named(["token", "consumption", "refund"], (cause) => [[`credit.total.${cause}`, (source) => source.credit.total(cause)]]),
  ...named(chargeNames, (name) => [
    [`charge.${name}.paid`, (source) => source.credit.paidOf(name)],
    [`charge.${name}.remaining`, (source) => source.credit.remainingOf(name)],
  ]),
]);

/** The columns of an energy or a maximum demand and its rates. */
export function withRates(name: RatedEnergy): readonly CaptureColumn[] {
  return [name, ...rates.map((rate) => `${name}/${rate}`)];
}

/** Value and time of the maximum demand, of all rates or of each as well. */
export function maximumColumns(name: DemandQuantity, byRate: boolean): readonly CaptureColumn[] {
  const whole = [`demand.${name}.maximum`, `demand.${name}.at`];
  return byRate ? [...whole, ...rates.flatMap((rate) => [`demand.${name}.maximum/${rate}`, `demand.${name}.at/${rate}`])] : whole;
}
