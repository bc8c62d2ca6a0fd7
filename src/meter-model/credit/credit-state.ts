import type { LocalTime } from "../local-time.ts";
import type { Instant } from "../units.ts";
import { accountUnit, type CreditUnit, type Currency } from "./amounts.ts";
import { type ChargeName, type ChargeState, chargeNames, newCharge } from "./charge.ts";
import { type Collections, newCollections } from "./collections.ts";
import { type EmergencyState, newEmergency } from "./emergency-credit.ts";
import type { FriendlySchedule, FriendlyWindow } from "./friendly-periods.ts";
import { Ledger, type LedgerState, newLedger } from "./ledger.ts";
import { newSpending, type SpendingState } from "./spending.ts";

/** Whether energy is paid for before or after it is used. */
export const paymentModes = ["postpaid", "prepaid"] as const;
export type PaymentMode = (typeof paymentModes)[number];

/** Life of an account (Blue Book, class 111). */
export const accountStatuses = ["new", "active", "closed"] as const;
export type AccountStatus = (typeof accountStatuses)[number];

/** Amounts that credit goes by, in units of the account; one set for each unit, so that neither means the other. */
export interface CreditTerms {
  /** Most that may be stored, and that one token may bring. */
  maximumCredit: number;
  maximumToken: number;
  /** Credit from which on it is called low, by three levels; 0 for never. The third warns by disconnecting once. */
  low1: number;
  low2: number;
  low3: number;
  /** Emergency credit: how much, how much for a customer who never had any, offered from which balance on, low from which rest on. */
  emergencyLimit: number;
  emergencyInitial: number;
  emergencyOffer: number;
  emergencyLow: number;
  /** Most that may be consumed without credit in friendly times; 0 for no limit. */
  overdraft: number;
  /** Needed beyond 0 to be connected again. */
  clearance: number;
  /** Given once to a customer who begins to pay in advance without credit. */
  activationCredit: number;
  /** Most that is collected of payments within `maximumProvisionPeriod`; 0 for no limit. */
  maximumProvision: number;
}

/** When a charge may be collected of a credit. */
export interface CollectionRule {
  readonly credit: CreditName;
  readonly charge: ChargeName;
  readonly disconnected: boolean;
  readonly limited: boolean;
  readonly friendly: boolean;
}

/** Whether low credit is heard, how many minutes apart, and when it is not; seconds since local midnight. */
export interface Buzzer {
  readonly enabled: boolean;
  readonly repeat: number;
  readonly quiet: FriendlyWindow;
}

/** The credits of the account, in the order of their objects 0.0.19.10.n and in that of use. */
export const creditNames = ["token", "emergency", "friendly"] as const;
export type CreditName = (typeof creditNames)[number];

/** The part of the meter's state that is payment. */
export interface CreditState {
  mode: PaymentMode;
  unit: CreditUnit;
  currency: Currency;
  /** Mode that the meter takes at clock time `switchAt`. */
  nextMode: PaymentMode;
  switchAt: Instant | undefined;
  account: { status: AccountStatus; activatedAt: Instant | undefined; closedAt: Instant | undefined };
  ledger: LedgerState;
  terms: Record<CreditUnit, CreditTerms>;
  /** Seconds. */
  maximumProvisionPeriod: number;
  /** Collected of payments lately: clock time and ledger units of each. */
  provisions: { at: Instant; amount: number }[];
  emergency: EmergencyState;
  /** Whether emergency credit has to be taken by the customer. */
  emergencyConfirmed: boolean;
  friendly: FriendlySchedule;
  /** Whether the wall clock is in a friendly time, and whether that keeps the supply on. */
  inFriendlyTime: boolean;
  heldByFriendly: boolean;
  /** No credit is left. */
  exhausted: boolean;
  /** 0..3 */
  lowLevel: number;
  /** The customer has not yet answered to the disconnection that warns. */
  warning: boolean;
  charges: Record<ChargeName, ChargeState>;
  /** What charges collected by time and of payments. */
  collections: Collections;
  /** Without any every charge is collected of every credit. */
  collection: readonly CollectionRule[];
  /** Wh of the import register up to which energy was charged. */
  chargedEnergy: number;
  spending: SpendingState;
  activationCreditGiven: boolean;
  negativeAtSwitch: boolean;
  buzzer: Buzzer;
  refunds: { count: number; lastAmount: number; lastAt: Instant | undefined };
}

/** What a meter is built with to begin its life as a payment meter. */
export interface CreditConfig {
  readonly mode: PaymentMode;
  readonly unit: CreditUnit;
  readonly currency: Currency;
  /** Units of the account. */
  readonly opening: number;
  readonly terms: Readonly<Record<CreditUnit, Readonly<CreditTerms>>>;
  readonly friendly: Readonly<FriendlySchedule>;
}

const kilowattHour = 1000;
const hour = 3600;

/** Wh */
const energyTerms: CreditTerms = {
  maximumCredit: 9_999_900,
  maximumToken: 2000 * kilowattHour,
  low1: 20 * kilowattHour,
  low2: 5 * kilowattHour,
  low3: 0,
  emergencyLimit: 10 * kilowattHour,
  emergencyInitial: 10 * kilowattHour,
  emergencyOffer: 0,
  emergencyLow: 2 * kilowattHour,
  overdraft: 0,
  clearance: 0,
  activationCredit: 0,
  maximumProvision: 0,
};

/** A postpaid meter with an account that nothing was paid into; nights and weekends are friendly once that is switched on. */
export const defaultCredit: CreditConfig = {
  mode: "postpaid",
  unit: "energy",
  currency: { name: "EUR", scale: -4 },
  opening: 0,
  terms: {
    energy: energyTerms,
    currency: {
      ...energyTerms,
      maximumCredit: 20_000_000,
      maximumToken: 5_000_000,
      low1: 50_000,
      low2: 20_000,
      emergencyLimit: 50_000,
      emergencyInitial: 50_000,
      emergencyLow: 10_000,
    },
  },
  friendly: {
    enabled: false,
    windows: [{ start: 20 * hour, end: 8 * hour }],
    days: [true, true, true, true, true, true, true, true],
    holidays: [],
  },
};

/** Debts wait while credit is lent; what is fixed by time is collected without supply as well. */
const collectionRules: readonly CollectionRule[] = [
  ...chargeNames.map((charge) => ({ credit: "token", charge, disconnected: true, limited: true, friendly: true }) as const),
  ...(["emergency", "friendly"] as const).map(
    (credit) => ({ credit, charge: "energy", disconnected: true, limited: true, friendly: true }) as const,
  ),
];

/** The account of a meter that leaves the factory at clock time `at`. */
export function newCredit(config: CreditConfig, at: Instant, local: LocalTime): CreditState {
  const { mode, unit, currency, opening, terms, friendly } = config;
  const ledger = newLedger();
  if (opening > 0) new Ledger(ledger).give("activation", opening * accountUnit(unit, currency));
  return {
    mode,
    unit,
    currency,
    nextMode: mode,
    switchAt: undefined,
    account: { status: "active", activatedAt: at, closedAt: undefined },
    ledger,
    terms: { energy: { ...terms.energy }, currency: { ...terms.currency } },
    maximumProvisionPeriod: 0,
    provisions: [],
    emergency: newEmergency(),
    emergencyConfirmed: true,
    friendly: { ...friendly },
    inFriendlyTime: false,
    heldByFriendly: false,
    exhausted: false,
    lowLevel: 0,
    warning: false,
    charges: Object.fromEntries(chargeNames.map((name) => [name, newCharge(name)])) as CreditState["charges"],
    collections: newCollections(),
    collection: collectionRules,
    chargedEnergy: 0,
    spending: newSpending(at, local),
    activationCreditGiven: false,
    negativeAtSwitch: true,
    buzzer: { enabled: true, repeat: 10, quiet: { start: 22 * hour, end: 7 * hour } },
    refunds: { count: 0, lastAmount: 0, lastAt: undefined },
  };
}
