import type { CaptureRows } from "../capture-buffer.ts";
import type { UnitSurroundings } from "../unit.ts";
import type { Instant } from "../units.ts";
import { accountUnit, type CreditUnit, type Currency, ledgerUnits } from "./amounts.ts";
import type { ChargeName } from "./charge.ts";
import { Charges } from "./charges.ts";
import type { CreditAmounts } from "./credit-amounts.ts";
import type { Buzzer, CreditName, CreditState, CreditTerms, PaymentMode } from "./credit-state.ts";
import { CreditSupply } from "./credit-supply.ts";
import type { CreditSurroundings } from "./credit-surroundings.ts";
import type { CreditStatus } from "./emergency-credit.ts";
import { type FriendlySchedule, isFriendly, nextFriendlyChange } from "./friendly-periods.ts";
import { Ledger, type LedgerCause } from "./ledger.ts";
import { Spending } from "./spending.ts";

/** Parameters of payment that clients may change; amounts are apart, as `CreditTerms`. */
export interface CreditSettings {
  readonly emergencyConfirmed: boolean;
  readonly negativeAtSwitch: boolean;
  readonly maximumProvisionPeriod: number;
  readonly collection: CreditState["collection"];
}

/** What can be read of payment. All amounts are in units of the account, rounded down; the ledger behind them is exact. */
export class CreditReadings implements CreditAmounts {
  /** What is collected besides consumption, and what a kWh costs. */
  readonly charges: Charges;
  protected readonly held: CreditState;
  protected readonly surroundings: UnitSurroundings;
  protected readonly meter: CreditSurroundings;
  protected readonly ledger: Ledger;
  protected readonly spending: Spending;
  protected readonly supply: CreditSupply;

  protected constructor(state: CreditState, surroundings: UnitSurroundings, meter: CreditSurroundings) {
    this.held = state;
    this.surroundings = surroundings;
    this.meter = meter;
    this.ledger = new Ledger(state.ledger);
    this.spending = new Spending(state.spending);
    this.supply = new CreditSupply(state, this.ledger, surroundings, meter);
    this.charges = new Charges(state, this.ledger, surroundings, () => ({
      creditInUse: this.creditInUse,
      loan: this.supply.loan,
      disconnected: meter.relay.openCommanded,
      limited: meter.limited,
    }));
  }

  get mode(): PaymentMode {
    return this.held.mode;
  }

  get nextMode(): PaymentMode {
    return this.held.nextMode;
  }

  get switchAt(): Instant | undefined {
    return this.held.switchAt;
  }

  get unit(): CreditUnit {
    return this.held.unit;
  }

  get currency(): Currency {
    return this.held.currency;
  }

  get account(): Readonly<CreditState["account"]> {
    return this.held.account;
  }

  /** Amounts in force. */
  get terms(): Readonly<CreditTerms> {
    return this.held.terms[this.held.unit];
  }

  get settings(): CreditSettings {
    return this.held;
  }

  get friendly(): Readonly<FriendlySchedule> {
    return this.held.friendly;
  }

  get inFriendlyTime(): boolean {
    return this.held.inFriendlyTime;
  }

  /** Whether a friendly time is what keeps the supply on. */
  get heldByFriendly(): boolean {
    return this.held.heldByFriendly;
  }

  get balance(): number {
    return this.shown(this.ledger.balance);
  }

  get available(): number {
    return this.shown(this.supply.available);
  }

  get emergencyUsed(): number {
    return this.shown(this.ledger.borrowed);
  }

  /** What is left of the emergency credit, were it used now. */
  get emergencyLeft(): number {
    return this.shown(Math.max(0, this.supply.emergencyLimit - this.ledger.borrowed));
  }

  get owed(): number {
    return this.shown(Math.max(0, -this.ledger.balance) + this.ledger.borrowed);
  }

  /** What the next payment must bring for the supply to be on again; 0 while it is. */
  get amountToClear(): number {
    return this.held.exhausted ? this.owed + this.terms.clearance : 0;
  }

  /** Debts that are collected by time or of payments. */
  get debt(): number {
    return this.shown(this.charges.debt);
  }

  /** Units of the account in an amount that tokens carry. */
  inAccount(unit: CreditUnit, amount: number): number {
    return Math.floor((amount * ledgerUnits[unit].token) / accountUnit(unit, this.held.currency));
  }

  paidOf(name: ChargeName): number {
    return this.shown(this.held.charges[name].paid);
  }

  remainingOf(name: ChargeName): number {
    return this.shown(this.held.charges[name].remaining);
  }

  total(cause: LedgerCause): number {
    return this.shown(Math.abs(this.ledger.total(cause)));
  }

  statusOf(name: CreditName): CreditStatus {
    return this.supply.statusOf(name);
  }

  /** Undefined while there is none: nothing is paid in advance, or nothing is left. */
  get creditInUse(): CreditName | undefined {
    return this.supply.creditInUse;
  }

  get exhausted(): boolean {
    return this.held.exhausted;
  }

  /** 0..3 */
  get lowLevel(): number {
    return this.held.lowLevel;
  }

  /** Days that the credit lasts at the pace of the last week. */
  get daysLeft(): number {
    return this.spending.daysLeft(this.supply.available, this.clockTime, this.surroundings.clock.local);
  }

  get spentToday(): number {
    return this.shown(this.spending.today(this.clockTime, this.surroundings.clock.local));
  }

  get spentYesterday(): number {
    return this.shown(this.spending.yesterday(this.clockTime, this.surroundings.clock.local));
  }

  get spentThisMonth(): number {
    return this.shown(this.spending.month);
  }

  /** What a kWh costs now, in units of the account; a kWh where credit is energy. */
  get price(): number {
    const { currency, unit } = this.held;
    return (this.priceIn(this.meter.steps.step) * 1000) / accountUnit(unit, currency);
  }

  get buzzer(): Buzzer {
    return this.held.buzzer;
  }

  /** Whether low credit is heard at this time of the day. */
  get audible(): boolean {
    const { enabled, quiet } = this.held.buzzer;
    const everyDay = { enabled: true, windows: [quiet], days: Array.from({ length: 8 }, () => true), holidays: [] };
    return enabled && !isFriendly(everyDay, this.clockTime, this.surroundings.clock.local);
  }

  /** When the friendly time ends, or the next begins; undefined without any. */
  get friendlyChangeAt(): Instant | undefined {
    const at = nextFriendlyChange(this.held.friendly, this.clockTime, this.surroundings.clock.local);
    return Number.isFinite(at) ? at : undefined;
  }

  /** The supply was cut once to warn, and waits for the customer. */
  get warning(): boolean {
    return this.held.warning;
  }

  get refunds(): Readonly<CreditState["refunds"]> {
    return this.held.refunds;
  }

  /** What charges collected by time and of payments, live; ledger units. */
  get collections(): CaptureRows & { readonly capacity: number } {
    return this.held.collections.rows;
  }

  /** Ledger units that a Wh costs in a step now. */
  protected priceIn(step: number): number {
    const { steps, rate } = this.meter;
    return this.charges.priceOfEnergy(step, rate, steps.active.steps[step - 1]?.price ?? 0);
  }

  /** Ledger units in a unit of the account. */
  protected get accountUnit(): number {
    return accountUnit(this.held.unit, this.held.currency);
  }

  /** Ledger units as the account shows them. */
  protected shown(amount: number): number {
    return Math.floor(amount / this.accountUnit);
  }

  protected get clockTime(): Instant {
    const { clock, now } = this.surroundings;
    return clock.at(now);
  }
}
