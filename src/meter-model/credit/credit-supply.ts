import { never, type UnitSurroundings } from "../unit.ts";
import type { Instant } from "../units.ts";
import { accountUnit } from "./amounts.ts";
import type { CreditName, CreditState } from "./credit-state.ts";
import type { CreditSurroundings } from "./credit-surroundings.ts";
import { type CreditStatus, type EmergencyChange, type EmergencyRefusal, followEmergency } from "./emergency-credit.ts";
import { isFriendly, nextFriendlyChange } from "./friendly-periods.ts";
import type { Ledger } from "./ledger.ts";

const emergencyEvents = {
  offered: "emergencyOffered",
  selected: "emergencySelected",
  exhausted: "emergencyExhausted",
  repaid: "emergencyRepaid",
} as const satisfies Readonly<Record<EmergencyChange, string>>;

const lowEvents = ["creditSufficient", "creditLow1", "creditLow2", "creditLow3"] as const;

/** What there is to be consumed, and what follows when it runs out: warnings, emergency credit, friendly times, disconnection. */
export class CreditSupply {
  readonly #state: CreditState;
  readonly #ledger: Ledger;
  readonly #surroundings: UnitSurroundings;
  readonly #meter: CreditSurroundings;

  constructor(state: CreditState, ledger: Ledger, surroundings: UnitSurroundings, meter: CreditSurroundings) {
    this.#state = state;
    this.#ledger = ledger;
    this.#surroundings = surroundings;
    this.#meter = meter;
  }

  /** Ledger units that the emergency credit is about. */
  get emergencyLimit(): number {
    const { emergencyInitial, emergencyLimit } = this.#terms;
    return (this.#state.emergency.initialUsed ? emergencyLimit : emergencyInitial) * this.#unit;
  }

  /** Ledger units that may still be lent. */
  get loan(): number {
    const { status } = this.#state.emergency;
    return status === "selected" || status === "in-use" ? Math.max(0, this.emergencyLimit - this.#ledger.borrowed) : 0;
  }

  /** Ledger units that can be consumed. */
  get available(): number {
    return Math.max(0, this.#ledger.balance) + this.loan;
  }

  get creditInUse(): CreditName | undefined {
    const { mode, heldByFriendly, account, emergency } = this.#state;
    if (mode === "postpaid" || account.status !== "active") return undefined;
    if (this.#ledger.balance > 0) return "token";
    if (emergency.status === "in-use") return "emergency";
    return heldByFriendly ? "friendly" : undefined;
  }

  statusOf(name: CreditName): CreditStatus {
    const { emergency, heldByFriendly, mode } = this.#state;
    if (name === "emergency") return emergency.status;
    if (mode === "postpaid") return "enabled";
    if (name === "token") return this.#ledger.balance > 0 ? "in-use" : "exhausted";
    return heldByFriendly ? "in-use" : "enabled";
  }

  /** Clock time at which a friendly time may begin or end. */
  get nextFriendlyChange(): Instant {
    const { clock, now } = this.#surroundings;
    return this.#active ? nextFriendlyChange(this.#state.friendly, clock.at(now), clock.local) : never;
  }

  /** Ledger units until something changes by consumption; undefined where nothing does any more. */
  get room(): number | undefined {
    const { lowLevel, emergency, heldByFriendly } = this.#state;
    const { low1, low2, low3, emergencyOffer, overdraft } = this.#terms;
    const { available } = this;
    const { balance } = this.#ledger;
    const marks = [available, balance];
    for (const [index, low] of [low1, low2, low3].entries()) if (low > 0 && index >= lowLevel) marks.push(available - low * this.#unit);
    if (emergency.status === "enabled" && this.emergencyLimit > 0) marks.push(balance - emergencyOffer * this.#unit);
    if (heldByFriendly && overdraft > 0) marks.push(balance + overdraft * this.#unit);
    const ahead = marks.filter((mark) => mark > 0);
    return ahead.length === 0 ? undefined : Math.min(...ahead);
  }

  /** The customer takes the emergency credit; meter-behaviour of the field has these refusals. */
  selectEmergency(): "accepted" | EmergencyRefusal {
    const { emergency, account } = this.#state;
    if (!this.#active || account.status !== "active") return "account-not-open";
    switch (emergency.status) {
      case "selectable":
        emergency.status = "selected";
        this.#log("emergencySelected");
        return "accepted";
      case "enabled":
        return this.#ledger.balance < 0 ? "in-debt" : "not-needed";
      case "exhausted":
        return "in-debt";
      default:
        return "already-active";
    }
  }

  /** Whoever begins to pay in advance is not cut off for that: credit is given, or lent, where there is any to be had. */
  welcome(): void {
    const state = this.#state;
    if (this.#ledger.balance > 0) return;
    const { activationCredit } = this.#terms;
    if (activationCredit > 0 && !state.activationCreditGiven) {
      this.#ledger.give("activation", activationCredit * this.#unit);
      state.activationCreditGiven = true;
      return;
    }
    this.#followEmergency();
    if (state.emergency.status === "selectable") this.selectEmergency();
  }

  /** Draws the conclusions from what credit there is now. */
  follow(): void {
    const { mode, account } = this.#state;
    const { relay } = this.#meter;
    if (mode === "postpaid") {
      this.#rest();
      relay.request("notCommissioned", false);
      return;
    }
    if (account.status !== "active") {
      this.#rest();
      relay.request("notCommissioned", true);
      return;
    }
    relay.request("notCommissioned", false);
    this.#followClock();
    this.#followEmergency();
    this.#followLevels();
    this.#followExhaustion();
  }

  #rest(): void {
    const state = this.#state;
    const { relay } = this.#meter;
    Object.assign(state, { exhausted: false, lowLevel: 0, warning: false, heldByFriendly: false, inFriendlyTime: false });
    if (state.emergency.status === "selectable" || state.emergency.status === "selected") state.emergency.status = "enabled";
    // A customer whose credit no longer counts connects himself.
    for (const request of ["outOfCredit", "emergencyExhausted", "creditWarning"] as const) relay.request(request, false, "press");
    relay.request("friendly", false);
  }

  #followClock(): void {
    const state = this.#state;
    const { clock, now } = this.#surroundings;
    const friendly = clock.valid && isFriendly(state.friendly, clock.at(now), clock.local);
    if (friendly === state.inFriendlyTime) return;
    state.inFriendlyTime = friendly;
    this.#log(friendly ? "friendlyPeriodStarted" : "friendlyPeriodEnded");
  }

  #followEmergency(): void {
    const { emergency, emergencyConfirmed } = this.#state;
    const changes = followEmergency(emergency, {
      balance: this.#ledger.balance,
      borrowed: this.#ledger.borrowed,
      limit: this.emergencyLimit,
      offer: this.#terms.emergencyOffer * this.#unit,
      confirmed: emergencyConfirmed,
    });
    for (const change of changes) this.#log(emergencyEvents[change]);
  }

  #followLevels(): void {
    const state = this.#state;
    const { low1, low2, low3 } = this.#terms;
    const { available } = this;
    const level = [low1, low2, low3].reduce((reached, low, index) => (low > 0 && available <= low * this.#unit ? index + 1 : reached), 0);
    if (level !== state.lowLevel) {
      if (level > state.lowLevel || level === 0) this.#log(lowEvents[level] ?? "creditSufficient");
      // What warns by cutting does it once on the way down, and needs some credit that is left.
      state.warning = level === 3 && available > 0;
      state.lowLevel = level;
    }
    if (available === 0) state.warning = false;
    this.#meter.relay.request("creditWarning", state.warning);
  }

  #followExhaustion(): void {
    const state = this.#state;
    const { relay } = this.#meter;
    const was = state.exhausted;
    state.exhausted = this.available <= (was && this.loan === 0 ? this.#terms.clearance * this.#unit : 0);
    if (state.exhausted && !was) {
      this.#log("creditExhausted");
      // Who was cut off before stays so; what runs out in a friendly time is held.
      state.heldByFriendly = state.inFriendlyTime;
    }
    const withinOverdraft = this.#terms.overdraft === 0 || -this.#ledger.balance < this.#terms.overdraft * this.#unit;
    if (state.heldByFriendly && !(state.exhausted && state.inFriendlyTime && withinOverdraft)) {
      state.heldByFriendly = false;
      if (state.exhausted) this.#log("deferredDisconnection");
    }
    const usedUp = state.emergency.status === "exhausted";
    // What holds the supply on is raised before what would cut it, and withdrawn behind it.
    if (state.heldByFriendly) relay.request("friendly", true);
    relay.request("outOfCredit", state.exhausted && !usedUp);
    relay.request("emergencyExhausted", state.exhausted && usedUp);
    if (!state.heldByFriendly) relay.request("friendly", false);
  }

  get #active(): boolean {
    return this.#state.mode === "prepaid";
  }

  get #terms(): CreditState["terms"]["energy"] {
    return this.#state.terms[this.#state.unit];
  }

  get #unit(): number {
    return accountUnit(this.#state.unit, this.#state.currency);
  }

  #log(name: Parameters<UnitSurroundings["record"]>[0]): void {
    const { clock, now } = this.#surroundings;
    this.#surroundings.record(name, clock.at(now));
  }
}
