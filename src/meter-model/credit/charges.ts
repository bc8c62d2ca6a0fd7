import { RowStatus } from "../profiles.ts";
import { never, type UnitSurroundings } from "../unit.ts";
import { type Instant, minute, second } from "../units.ts";
import { accountUnit, ledgerUnits } from "./amounts.ts";
import {
  type ChargeName,
  type ChargePrice,
  type ChargeState,
  chargeCauses,
  chargeKinds,
  chargeNames,
  isUnitCharge,
  priceOf,
  type UnitCharge,
} from "./charge.ts";
import type { CreditName, CreditState } from "./credit-state.ts";
import type { Ledger } from "./ledger.ts";

/** What of a charge a client may change; `remaining` in units of the account. */
export interface ChargeSettings {
  readonly priority: number;
  readonly period: number;
  readonly percentage: boolean;
  readonly continuous: boolean;
  readonly proportion: number;
  readonly passive: UnitCharge;
  readonly activateAt: Instant | undefined;
}

/** How things stand while something is collected. */
export interface CollectionTerms {
  readonly creditInUse: CreditName | undefined;
  /** Ledger units that may still be lent. */
  readonly loan: number;
  readonly disconnected: boolean;
  readonly limited: boolean;
}

/** Longest list of collections from payments that is remembered. */
const mostProvisions = 50;

/** The charges of the account: their prices, and what they collect by time and of payments. What consumption costs is the engine's. */
export class Charges {
  readonly #state: CreditState;
  readonly #ledger: Ledger;
  readonly #surroundings: UnitSurroundings;
  readonly #terms: () => CollectionTerms;

  constructor(state: CreditState, ledger: Ledger, surroundings: UnitSurroundings, terms: () => CollectionTerms) {
    this.#state = state;
    this.#ledger = ledger;
    this.#surroundings = surroundings;
    this.#terms = terms;
  }

  get(name: ChargeName): Readonly<ChargeState> {
    return this.#state.charges[name];
  }

  /** Ledger units of all debts that payments or time are to clear. */
  get debt(): number {
    return chargeNames.reduce((sum, name) => sum + (this.get(name).continuous ? 0 : this.get(name).remaining), 0);
  }

  /** Ledger units that a Wh costs in a step and at a rate; the step's own price where the charge has none. */
  priceOfEnergy(step: number, rate: number, stepPrice: number): number {
    const { unit, currency, charges } = this.#state;
    if (unit === "energy") return accountUnit(unit, currency);
    const { active } = charges.energy;
    const price = priceOf(active, step, rate);
    // A price is for a kWh; a step's is in units of the account.
    if (price === undefined) return (stepPrice * accountUnit(unit, currency)) / 1000;
    return scaled(price, active.priceScale + 5);
  }

  /** Clock time of the next thing that is done by the clock; `collecting`: whether there is an account to collect from. */
  nextAt(collecting: boolean): Instant {
    const next = (name: ChargeName) => Math.min(this.get(name).activateAt ?? never, collecting ? this.#nextCollection(name) : never);
    return Math.min(...chargeNames.map(next));
  }

  /** Activates prices, and collects what is due at clock time `at`. */
  follow(at: Instant, collecting: boolean): void {
    for (const name of chargeNames) {
      const { activateAt } = this.get(name);
      if (activateAt !== undefined && at >= activateAt) this.activate(name);
    }
    if (!collecting) return;
    for (const name of this.#byPriority("time")) {
      const charge = this.#state.charges[name];
      if (charge.period === 0) continue;
      const from = charge.countedFrom ?? at;
      const periods = Math.floor((at - from) / (charge.period * second));
      if (periods <= 0) continue;
      charge.countedFrom = from + periods * charge.period * second;
      this.#collect(name, periods * this.#amountOf(name), at);
    }
  }

  /** Collects what could not be had before. */
  collectOwed(at: Instant): void {
    for (const name of this.#byPriority("time")) if (this.get(name).owed > 0) this.#collect(name, 0, at);
  }

  /** Collects of a payment of `amount`, of which `rest` is there to be taken; ledger units. */
  collectOfPayment(amount: number, rest: number, at: Instant): void {
    let left = rest;
    for (const name of this.#byPriority("payment")) {
      const charge = this.#state.charges[name];
      const wanted = charge.percentage ? share(amount, charge.proportion) : this.#amountOf(name);
      const due = charge.continuous ? wanted : Math.min(wanted, charge.remaining);
      const taken = Math.min(due, left, this.#provision(at));
      if (taken <= 0) continue;
      left -= taken;
      this.#remember(at, taken);
      this.#book(name, taken, at);
    }
  }

  /** Collects once more, now. False where nothing may be collected. */
  collectNow(name: ChargeName): boolean {
    if (chargeKinds[name] !== "time" || !this.#allowed(name)) return false;
    this.#collect(name, this.#amountOf(name), this.#now);
    return true;
  }

  /** Books what consumption cost, which was taken already. */
  consumed(cost: number): void {
    const { energy } = this.#state.charges;
    energy.paid += cost;
    energy.lastAmount = cost;
    energy.lastAt = this.#now;
  }

  /** False, and nothing changed, for what is out of range. */
  configure(name: ChargeName, changes: Partial<ChargeSettings>): boolean {
    const charge = this.#state.charges[name];
    const { priority, period, proportion, passive } = { ...charge, ...changes };
    const whole = (value: number, most: number) => Number.isInteger(value) && value >= 0 && value <= most;
    if (!whole(priority, 0xff) || !whole(period, 0xffff_ffff) || !whole(proportion, 10_000) || !isUnitCharge(name, passive)) return false;
    if (changes.period !== undefined && changes.period !== charge.period) charge.countedFrom = this.#now;
    Object.assign(charge, changes);
    return true;
  }

  /** Replaces prices of the passive set, and adds those it has not. */
  update(name: ChargeName, prices: readonly ChargePrice[]): boolean {
    const { passive } = this.get(name);
    const others = passive.prices.filter(({ index }) => !prices.some((price) => sameIndex(price.index, index)));
    return this.configure(name, { passive: { ...passive, prices: [...others, ...prices] } });
  }

  /** Puts both sets of prices in place at once. */
  setPrices(name: ChargeName, prices: UnitCharge): boolean {
    if (!isUnitCharge(name, prices)) return false;
    Object.assign(this.#state.charges[name], { active: prices, passive: prices });
    return true;
  }

  /** The passive prices become the active ones. */
  activate(name: ChargeName): void {
    const charge = this.#state.charges[name];
    charge.active = charge.passive;
    charge.activateAt = undefined;
    this.#surroundings.record("pricesActivated", this.#now);
  }

  /** Changes what is left of a debt to an amount in ledger units, never below 0; nothing changes for what is collected for ever. */
  setRemaining(name: ChargeName, amount: number): void {
    const charge = this.#state.charges[name];
    if (charge.continuous) return;
    // The first instalment of a new debt is due after a period.
    if (charge.remaining === 0) charge.countedFrom = this.#now;
    charge.remaining = Math.max(0, amount);
    this.#surroundings.record("debtChanged", this.#now);
  }

  /** Forgets debts and what was collected. */
  clear(): void {
    for (const name of chargeNames) {
      Object.assign(this.#state.charges[name], {
        lastAt: undefined,
        lastAmount: 0,
        paid: 0,
        remaining: 0,
        owed: 0,
        countedFrom: this.#now,
      });
    }
    this.#state.provisions = [];
  }

  /** Periods begin anew: the clock says something else. */
  restart(): void {
    for (const name of chargeNames) this.#state.charges[name].countedFrom = this.#now;
  }

  #nextCollection(name: ChargeName): Instant {
    const { period, countedFrom, continuous, remaining } = this.get(name);
    if (chargeKinds[name] !== "time" || period === 0 || (!continuous && remaining === 0)) return never;
    return countedFrom === undefined ? this.#now : countedFrom + period * second;
  }

  #collect(name: ChargeName, amount: number, at: Instant): void {
    const charge = this.#state.charges[name];
    const due = charge.continuous ? amount + charge.owed : Math.min(amount, charge.remaining);
    const taken = this.#allowed(name) ? Math.min(due, this.#obtainable) : 0;
    if (charge.continuous) charge.owed = due - taken;
    if (taken > 0) this.#book(name, taken, at);
  }

  #book(name: ChargeName, taken: number, at: Instant): void {
    const charge = this.#state.charges[name];
    this.#ledger.take(chargeCauses[name], taken, this.#terms().loan);
    charge.paid += taken;
    charge.lastAmount = taken;
    charge.lastAt = at;
    if (!charge.continuous) {
      charge.remaining -= taken;
      if (charge.remaining === 0) this.#surroundings.record("debtCollected", at);
    } else if (name === "standing") this.#surroundings.record("standingChargeCollected", at);
    const { local } = this.#surroundings.clock;
    this.#state.collections.rows.append({
      stamp: at,
      offsetMinutes: local.offsetAt(at) / minute,
      status: this.#surroundings.clock.valid ? 0 : RowStatus.clockInvalid,
      values: [...chargeNames.map((one) => (one === name ? taken : 0)), this.#ledger.balance],
    });
  }

  /** Ledger units that a charge may take now without a debt of its own. */
  get #obtainable(): number {
    const { creditInUse, loan } = this.#terms();
    return Math.max(0, this.#ledger.balance) + (creditInUse === "emergency" ? loan : 0);
  }

  #allowed(name: ChargeName): boolean {
    const { creditInUse, disconnected, limited } = this.#terms();
    if (creditInUse === undefined) return false;
    const { collection, heldByFriendly } = this.#state;
    if (collection.length === 0) return true;
    return collection.some(
      (rule) =>
        rule.charge === name &&
        rule.credit === creditInUse &&
        (rule.disconnected || !disconnected) &&
        (rule.limited || !limited) &&
        (rule.friendly || !heldByFriendly),
    );
  }

  /** Ledger units of one collection that is no share. */
  #amountOf(name: ChargeName): number {
    const { active } = this.get(name);
    const price = active.prices[0]?.price ?? 0;
    return scaled(price * ledgerUnits[this.#state.unit].whole, active.priceScale);
  }

  /** Ledger units that may be collected of payments until the period of the limit is over. */
  #provision(at: Instant): number {
    const { unit, currency, terms, maximumProvisionPeriod, provisions } = this.#state;
    const limit = terms[unit].maximumProvision * accountUnit(unit, currency);
    if (limit === 0) return Number.POSITIVE_INFINITY;
    const since = at - maximumProvisionPeriod * second;
    const collected = provisions.reduce((sum, one) => sum + (one.at > since && one.at <= at ? one.amount : 0), 0);
    return Math.max(0, limit - collected);
  }

  #remember(at: Instant, amount: number): void {
    this.#state.provisions = [...this.#state.provisions, { at, amount }].slice(-mostProvisions);
  }

  #byPriority(kind: "time" | "payment"): readonly ChargeName[] {
    return chargeNames
      .filter((name) => chargeKinds[name] === kind && this.get(name).priority > 0)
      .sort((a, b) => this.get(a).priority - this.get(b).priority);
  }

  get #now(): Instant {
    const { clock, now } = this.#surroundings;
    return clock.at(now);
  }
}

/** An integer times a power of ten: exact where the result is an integer. */
function scaled(value: number, exponent: number): number {
  return exponent >= 0 ? value * 10 ** exponent : value / 10 ** -exponent;
}

/** `proportion` in 0.01 %, rounded down, without leaving the safe integers. */
function share(amount: number, proportion: number): number {
  const rest = amount % 10_000;
  return ((amount - rest) / 10_000) * proportion + Math.floor((rest * proportion) / 10_000);
}

function sameIndex(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a[0] === b[0];
}
