/** What credit is counted in: energy, or money at the prices that the meter has. */
export const creditUnits = ["energy", "currency"] as const;
export type CreditUnit = (typeof creditUnits)[number];

/** The money of a meter: amounts of the account are integers of 10^scale, -5..0. */
export interface Currency {
  /** ISO 4217. */
  readonly name: string;
  readonly scale: number;
}

/**
 * The ledger counts in a thousandth of what tokens carry and accounts show, so that what a watt-hour costs is an integer: in
 * mWh, or in 10^-8 of the currency. A safe integer holds 9 TWh, or 90 million of the currency.
 */
export const ledgerUnits: Readonly<Record<CreditUnit, { readonly whole: number; readonly token: number }>> = {
  // A kilowatt-hour, and the 0.1 kWh of a token.
  energy: { whole: 1e6, token: 1e5 },
  // One of the currency, and the 10^-5 of a token.
  currency: { whole: 1e8, token: 1e3 },
};

/** Ledger units in one unit of the account: a watt-hour, or 10^scale of the currency. */
export function accountUnit(unit: CreditUnit, currency: Currency): number {
  return unit === "energy" ? ledgerUnits.energy.whole / 1000 : ledgerUnits.currency.whole / 10 ** -currency.scale;
}

/** Largest amount of an account, either way: what a double-long holds. */
export const largestAmount = 2 ** 31 - 1;

/** Whether a client may give this as an amount. */
export function isAmount(value: number, least = -largestAmount - 1): boolean {
  return Number.isInteger(value) && value >= least && value <= largestAmount;
}
