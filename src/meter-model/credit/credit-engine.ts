import type { PaymentModeTarget } from "../../sts/index.ts";
import type { CommandOutcome } from "../command-outcome.ts";
import { type MeterUnit, never, type UnitSurroundings } from "../unit.ts";
import { hour, type Instant } from "../units.ts";
import { type CreditUnit, isAmount, ledgerUnits } from "./amounts.ts";
import { CreditReadings, type CreditSettings } from "./credit-readings.ts";
import type { AccountStatus, Buzzer, CreditName, CreditState, CreditTerms, PaymentMode } from "./credit-state.ts";
import type { CreditSurroundings } from "./credit-surroundings.ts";
import type { EmergencyRefusal } from "./emergency-credit.ts";
import { type FriendlySchedule, isFriendlySchedule, isWindow } from "./friendly-periods.ts";

/** Minutes between two warnings of low credit. */
const longestRepeat = 99;

/** What became of a payment. */
export type TopUpOutcome = "accepted" | "overflow" | "above-vend-limit" | "wrong-unit" | "not-active";

/** Control modes of the relay that go with the payment modes: the meter itself connects only who pays in advance. */
const controlModes = { prepaid: 6, postpaid: 4 } as const;

/** mW ms in a Wh. */
const wattHour = 1000 * hour;

/**
 * Payment: takes what is consumed from what was paid, to the watt-hour, lends where it is told to, and asks the relay to
 * disconnect who has nothing left.
 */
export class CreditEngine extends CreditReadings implements MeterUnit {
  /** When the load is compared with the credit again, though nothing else happens. */
  #lookAgainAt: Instant = 0;

  /** Takes possession of `state`. */
  constructor(state: CreditState, surroundings: UnitSurroundings, meter: CreditSurroundings) {
    super(state, surroundings, meter);
  }

  get due(): Instant {
    if (!this.surroundings.supplied) return never;
    const { switchAt } = this.held;
    const reading = Math.min(switchAt ?? never, this.charges.nextAt(this.#watching), this.supply.nextFriendlyChange, this.#nextMidnight);
    const byClock = reading === never ? never : this.surroundings.clock.whenReading(reading);
    return this.#watching ? Math.min(byClock, this.#crossing, this.#lookAgainAt) : byClock;
  }

  /** Books a payment of `amount` as tokens carry it: 0.1 kWh, or 0.00001 of the currency, which may be negative. */
  topUp(unit: CreditUnit, amount: number): TopUpOutcome {
    const { mode, account } = this.held;
    if (unit !== this.held.unit || mode === "postpaid") return "wrong-unit";
    if (account.status !== "active") return "not-active";
    const paid = amount * ledgerUnits[unit].token;
    if (paid > this.terms.maximumToken * this.accountUnit) return "above-vend-limit";
    const net = this.ledger.net + paid;
    if (net > this.terms.maximumCredit * this.accountUnit || !isAmount(this.shown(net)) || !Number.isSafeInteger(paid)) return "overflow";
    if (paid < 0) this.ledger.take("token", -paid, 0);
    else {
      const rest = this.ledger.give("token", paid);
      this.charges.collectOfPayment(paid, rest, this.clockTime);
      this.charges.collectOwed(this.clockTime);
    }
    this.settle();
    return "accepted";
  }

  /** Takes back what is left of what was paid, and empties the account also of a debt; answers what was refunded. */
  clearCredit(): number {
    const refunded = Math.max(0, this.ledger.net);
    if (refunded > 0) {
      this.ledger.take("refund", refunded, 0);
      const { refunds } = this.held;
      this.held.refunds = { count: refunds.count + 1, lastAmount: refunded, lastAt: this.clockTime };
      this.surroundings.record("creditRefunded", this.clockTime);
    }
    if (this.ledger.balance !== 0) this.ledger.correct("adjustment", "balance", 0);
    this.settle();
    return this.shown(refunded);
  }

  /** Sets the balance (token), or what is left of what is lent (emergency), as a client does it. */
  setAmount(name: CreditName, amount: number): CommandOutcome {
    if (!this.surroundings.supplied) return "no-supply";
    if (!isAmount(amount)) return "out-of-range";
    const value = amount * this.accountUnit;
    if (!Number.isSafeInteger(value)) return "out-of-range";
    if (name === "emergency") {
      const borrowed = this.supply.emergencyLimit - value;
      if (value < 0 || borrowed < 0) return "out-of-range";
      this.ledger.correct("adjustment", "borrowed", borrowed);
    } else {
      if (amount > this.terms.maximumCredit) return "out-of-range";
      this.ledger.correct("adjustment", "balance", value);
    }
    this.surroundings.record("creditAdjusted", this.clockTime);
    this.settle();
    return "accepted";
  }

  /** The customer takes the emergency credit. */
  selectEmergency(): "accepted" | EmergencyRefusal {
    const outcome = this.supply.selectEmergency();
    if (outcome === "accepted") this.settle();
    return outcome;
  }

  /** The customer has seen that credit is low; the supply that was cut to tell it comes back. */
  acknowledgeWarning(): void {
    this.held.warning = false;
    this.settle();
    if (this.surroundings.supplied) this.meter.relay.manualReconnect();
  }

  /** Changes amounts, of the unit in force unless said otherwise; nothing changes where one is out of range. */
  setTerms(changes: Partial<CreditTerms>, unit: CreditUnit = this.held.unit): CommandOutcome {
    if (!this.surroundings.supplied) return "no-supply";
    if (!Object.values(changes).every((amount) => isAmount(amount, 0))) return "out-of-range";
    Object.assign(this.held.terms[unit], changes);
    this.settle();
    return "accepted";
  }

  configure(changes: Partial<CreditSettings>): CommandOutcome {
    if (!this.surroundings.supplied) return "no-supply";
    Object.assign(this.held, changes);
    this.settle();
    return "accepted";
  }

  setFriendly(changes: Partial<FriendlySchedule>): CommandOutcome {
    if (!this.surroundings.supplied) return "no-supply";
    const schedule = { ...this.held.friendly, ...changes };
    if (!isFriendlySchedule(schedule)) return "out-of-range";
    this.held.friendly = schedule;
    this.settle();
    return "accepted";
  }

  setBuzzer(changes: Partial<Buzzer>): CommandOutcome {
    if (!this.surroundings.supplied) return "no-supply";
    const buzzer = { ...this.held.buzzer, ...changes };
    const { quiet, repeat } = buzzer;
    if (!isWindow(quiet) || !Number.isInteger(repeat) || repeat < 1 || repeat > longestRepeat) return "out-of-range";
    this.held.buzzer = buzzer;
    return "accepted";
  }

  /** Plans the change of the payment mode; at once for a time that has passed, never for undefined. */
  planMode(mode: PaymentMode, at: Instant | undefined = this.held.switchAt): CommandOutcome {
    if (!this.surroundings.supplied) return "no-supply";
    this.held.nextMode = mode;
    this.held.switchAt = at;
    this.settle();
    return "accepted";
  }

  /** Changes between paying in advance and paying afterwards; the billing period ends with the old mode. */
  setMode(mode: PaymentMode): CommandOutcome {
    if (!this.surroundings.supplied) return "no-supply";
    const state = this.held;
    if (mode === state.mode) return "accepted";
    if (mode === "prepaid" && this.ledger.net < 0 && !state.negativeAtSwitch) return "refused";
    const { relay } = this.meter;
    this.meter.closeBilling();
    const follows = relay.mode === controlModes[state.mode];
    state.mode = mode;
    state.nextMode = mode;
    // Nothing is charged for the time in which nothing was to be paid in advance.
    this.charges.restart();
    this.surroundings.record(mode === "prepaid" ? "paymentModePrepaid" : "paymentModePostpaid", this.clockTime);
    if (mode === "prepaid") this.supply.welcome();
    this.settle();
    // After what held the supply off was withdrawn: a customer who pays afterwards connects himself.
    if (follows) relay.setMode(controlModes[mode]);
    return "accepted";
  }

  /** Changes what credit is counted in, which only an account without credit and debt allows. */
  setUnit(unit: CreditUnit): CommandOutcome {
    if (!this.surroundings.supplied) return "no-supply";
    const state = this.held;
    if (unit === state.unit) return "accepted";
    if (this.ledger.balance !== 0 || this.ledger.borrowed !== 0 || this.charges.debt !== 0) return "refused";
    state.unit = unit;
    this.ledger.clearTotals();
    this.spending.clear();
    this.charges.clear();
    this.surroundings.record(unit === "energy" ? "creditUnitEnergy" : "creditUnitCurrency", this.clockTime);
    this.settle();
    return "accepted";
  }

  /** Takes mode and unit at once; false, and nothing changed, where one of them is not to be had. */
  setModeAndUnit(target: PaymentModeTarget): boolean {
    if (target === "postpaid") return this.setMode("postpaid") === "accepted";
    // Where the unit changes there is no debt, which is all that could stand against the mode.
    return this.setUnit(target === "prepaid-energy" ? "energy" : "currency") === "accepted" && this.setMode("prepaid") === "accepted";
  }

  /** Opens, closes or empties the account (Blue Book, class 111, methods 1 to 3). */
  setAccount(status: AccountStatus): CommandOutcome {
    if (!this.surroundings.supplied) return "no-supply";
    const { account } = this.held;
    if (status === account.status) return status === "new" ? "accepted" : "refused";
    if (status === "closed" && account.status !== "active") return "refused";
    account.status = status;
    if (status === "active") account.activatedAt = this.clockTime;
    if (status === "closed") account.closedAt = this.clockTime;
    if (status === "new") this.#reset();
    this.charges.restart();
    this.surroundings.record(
      ({ active: "accountActivated", closed: "accountClosed", new: "accountReset" } as const)[status],
      this.clockTime,
    );
    this.settle();
    return "accepted";
  }

  /** Forgets what charges collected, which the ledger does not. */
  clearCollections(): void {
    this.held.collections.rows.clear();
  }

  /** A billing period was closed. */
  billingClosed(): void {
    this.spending.beginMonth();
  }

  accumulate(): void {
    const { imported, steps } = this.meter;
    const wattHours = imported.whole - this.held.chargedEnergy;
    if (wattHours === 0) return;
    this.held.chargedEnergy = imported.whole;
    let cost = 0;
    for (const [step, part] of steps.divide(wattHours)) cost += part * this.priceIn(step);
    this.spending.add(cost);
    if (!this.#watching || cost === 0) return;
    this.ledger.take("consumption", cost, this.supply.loan);
    this.charges.consumed(cost);
  }

  /** A load that uses up no credit before the next look is nobody's business. */
  calm(): boolean {
    return !this.#watching || this.#crossing > this.#lookAgainAt;
  }

  settle(): void {
    if (!this.surroundings.supplied) return;
    const { switchAt, nextMode } = this.held;
    const at = this.clockTime;
    if (switchAt !== undefined && at >= switchAt) {
      this.held.switchAt = undefined;
      this.setMode(nextMode);
    }
    this.spending.follow(at, this.surroundings.clock.local);
    this.charges.follow(at, this.#watching);
    this.supply.follow();
    this.#lookAgainAt = this.surroundings.now + hour;
  }

  clockChanged(stepped: boolean): void {
    if (stepped) this.charges.restart();
    this.settle();
  }

  /** Whether consumption is taken from credit. */
  get #watching(): boolean {
    return this.held.mode === "prepaid" && this.held.account.status === "active";
  }

  /** True time at which what flows now brings the credit to the next mark. */
  get #crossing(): Instant {
    const { power, imported, steps } = this.meter;
    const room = this.supply.room;
    const price = this.priceIn(steps.step);
    if (power === 0 || price === 0 || room === undefined) return never;
    const missing = Math.ceil(room / price) * wattHour - imported.remainder;
    return this.surroundings.now + Math.max(1, Math.ceil(missing / power));
  }

  get #nextMidnight(): Instant {
    return this.surroundings.clock.local.nextBoundary(this.clockTime, 24 * hour);
  }

  #reset(): void {
    this.ledger.correct("reset", "borrowed", 0);
    this.ledger.correct("reset", "balance", 0);
    this.charges.clear();
    this.spending.clear();
  }
}
