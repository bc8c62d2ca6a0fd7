import {
  defaultCredit,
  defaultMeterConfig,
  initialState,
  type MeterConfig,
  type MeterState,
  minute,
} from "../../../src/meter-model/index.ts";
import { stsConfig, Vendor } from "../../meter-model/tokens/support.ts";

const start = Date.UTC(2026, 0, 1);
const vendor = new Vendor();
const firstIdentifier = vendor.identifier(start);

const none = { emergencyInitial: 0, emergencyLimit: 0, low1: 0, low2: 0, low3: 0, activationCredit: 0 };
const { terms } = defaultCredit;
const most = Number.MAX_SAFE_INTEGER / 1000;

/** A meter that is paid in advance and can hold any credit, so that each token is good. */
export const tokenConfig: MeterConfig = {
  ...defaultMeterConfig,
  credit: { ...defaultCredit, mode: "prepaid", terms: { ...terms, energy: { ...terms.energy, ...none, maximumCredit: Math.floor(most) } } },
  sts: stsConfig(vendor, start - minute),
};

/** The state that it begins with. */
export function firstTokenState(): MeterState {
  return initialState(tokenConfig, start);
}

/** What each token that is sold brings, in Wh: seldom the same as its neighbours. */
export function amountOf(index: number): number {
  return 100 * (1 + ((index * 7919) % 500));
}

/** Identifier of the token sold as number `index`. */
export function identifierOf(index: number): number {
  return firstIdentifier + 1 + index;
}

/** Its 20 digits. */
export function digitsOf(index: number): string {
  return vendor.encode({
    service: "transfer-credit-electricity",
    random: index & 0xf,
    tokenIdentifier: identifierOf(index),
    amount: amountOf(index) / 100,
  });
}
