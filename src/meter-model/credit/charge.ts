import type { Rate } from "../rates.ts";
import type { Instant } from "../units.ts";
import type { LedgerCause } from "./ledger.ts";

/** The charges of the account, in the order of their objects 0.0.19.20.n. */
export const chargeNames = ["energy", "standing", "debt1", "debt2", "paymentDebt", "tax"] as const;
export type ChargeName = (typeof chargeNames)[number];

/** What a charge is collected by: consumption, time, or payments (Blue Book, class 113). */
export const chargeKinds: Readonly<Record<ChargeName, "consumption" | "time" | "payment">> = {
  energy: "consumption",
  standing: "time",
  debt1: "time",
  debt2: "time",
  paymentDebt: "payment",
  tax: "payment",
};

/** As what the ledger books a charge. */
export const chargeCauses: Readonly<Record<ChargeName, LedgerCause>> = {
  energy: "consumption",
  standing: "standing",
  debt1: "debt1",
  debt2: "debt2",
  paymentDebt: "paymentDebt",
  tax: "tax",
};

/** A price by what it is for: step and rate as one octet (16 times the step and the rate), a rate, or nothing for all. */
export interface ChargePrice {
  readonly index: readonly number[];
  readonly price: number;
}

/** Prices as integers of 10^priceScale in the account's unit (kWh, or the currency) for 10^commodityScale of what is counted. */
export interface UnitCharge {
  readonly commodityScale: number;
  readonly priceScale: number;
  readonly prices: readonly ChargePrice[];
}

export interface ChargeState {
  priority: number;
  active: UnitCharge;
  passive: UnitCharge;
  /** Clock time at which the passive prices replace the active ones; undefined for never. */
  activateAt: Instant | undefined;
  /** Seconds between collections of a charge by time; 0 for never. */
  period: number;
  /** Of payments: a share of each, and not an amount. */
  percentage: boolean;
  /** Collected for ever, and not until a debt is paid. */
  continuous: boolean;
  /** Clock times of the last collection and, of a charge by time, of the one after which periods are counted. */
  lastAt: Instant | undefined;
  countedFrom: Instant | undefined;
  /** Ledger units: collected last, collected in all, left of the debt, and due but not to be had yet. */
  lastAmount: number;
  paid: number;
  remaining: number;
  owed: number;
  /** 0.01 % of a payment. */
  proportion: number;
}

const noPrices = (commodityScale: number, priceScale: number): UnitCharge => ({ commodityScale, priceScale, prices: [] });

/** A charge that costs nothing: nobody has any debt. */
export function newCharge(name: ChargeName): ChargeState {
  const kilo = 3;
  const prices = chargeKinds[name] === "consumption" ? noPrices(kilo, -4) : noPrices(0, -4);
  return {
    priority: chargeNames.indexOf(name) + 1,
    active: prices,
    passive: prices,
    activateAt: undefined,
    period: 0,
    percentage: name === "tax",
    continuous: name === "energy" || name === "standing" || name === "tax",
    lastAt: undefined,
    countedFrom: undefined,
    lastAmount: 0,
    paid: 0,
    remaining: 0,
    owed: 0,
    proportion: 0,
  };
}

/** Prices a charge takes: as fine as the ledger counts, and of 16 bits. */
export function isUnitCharge(name: ChargeName, { commodityScale, priceScale, prices }: UnitCharge): boolean {
  const consumption = chargeKinds[name] === "consumption";
  const fits = (price: number) => Number.isInteger(price) && Math.abs(price) <= 0x7fff;
  const scales = consumption
    ? commodityScale === 3 && priceScale >= -5 && priceScale <= 3
    : commodityScale === 0 && priceScale >= -6 && priceScale <= 3;
  return (
    scales &&
    prices.length <= mostPrices &&
    prices.every(({ index, price }) => fits(price) && price >= 0 && index.length <= (consumption ? 1 : 0))
  );
}

/** Steps and rates. */
const mostPrices = 80;

/** The price for a step and a rate, the most particular that there is; undefined without any. */
export function priceOf({ prices }: UnitCharge, step: number, rate: Rate): number | undefined {
  const at = (index: readonly number[]) =>
    prices.find((price) => price.index.length === index.length && price.index[0] === index[0])?.price;
  return at([step * 16 + rate]) ?? at([rate]) ?? at([]);
}
