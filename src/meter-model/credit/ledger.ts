import { InvariantError } from "../../errors.ts";

/** Why a balance changes. What is consumed, collected and given back lowers it, the others raise it or do either. */
export const ledgerCauses = [
  "token",
  "activation",
  "adjustment",
  "consumption",
  "standing",
  "debt1",
  "debt2",
  "paymentDebt",
  "tax",
  "refund",
  "reset",
] as const;
export type LedgerCause = (typeof ledgerCauses)[number];

/** Credit in ledger units: what there is, what was borrowed, and the sum of all changes by cause. */
export interface LedgerState {
  /** Of the token credit; negative for what was consumed in friendly times. */
  balance: number;
  /** Emergency credit that has to be paid back. */
  borrowed: number;
  readonly totals: Record<LedgerCause, number>;
}

/** An account on which nothing was ever booked. */
export function newLedger(): LedgerState {
  return { balance: 0, borrowed: 0, totals: Object.fromEntries(ledgerCauses.map((cause) => [cause, 0])) as LedgerState["totals"] };
}

/**
 * The one place where credit changes: every change has a cause, and the sum over all causes is always what is held less what
 * was borrowed.
 */
export class Ledger {
  readonly #state: LedgerState;

  /** Takes possession of `state`. */
  constructor(state: LedgerState) {
    this.#state = state;
  }

  get balance(): number {
    return this.#state.balance;
  }

  get borrowed(): number {
    return this.#state.borrowed;
  }

  /** What is held less what was borrowed. */
  get net(): number {
    return this.#state.balance - this.#state.borrowed;
  }

  /** Sum of all changes by a cause; negative for what lowers the balance. */
  total(cause: LedgerCause): number {
    return this.#state.totals[cause];
  }

  /**
   * Takes an amount: from the balance as far as there is one, then from a loan of at most `loan` more, and what is left as
   * a negative balance.
   */
  take(cause: LedgerCause, amount: number, loan: number): void {
    checked(amount);
    const state = this.#state;
    const held = Math.min(amount, Math.max(0, state.balance));
    const borrowed = Math.min(amount - held, Math.max(0, loan));
    state.balance -= amount - borrowed;
    state.borrowed += borrowed;
    state.totals[cause] -= amount;
  }

  /** Gives an amount: a negative balance is levelled first, then the loan is paid back; answers what is left of it as credit. */
  give(cause: LedgerCause, amount: number): number {
    checked(amount);
    const state = this.#state;
    const levelled = Math.min(amount, Math.max(0, -state.balance));
    const repaid = Math.min(amount - levelled, state.borrowed);
    state.borrowed -= repaid;
    state.balance += amount - repaid;
    state.totals[cause] += amount;
    return amount - levelled - repaid;
  }

  /** Forgets why the balance is what it is, which only one of 0 allows. @throws InvariantError for another */
  clearTotals(): void {
    if (this.#state.balance !== 0 || this.#state.borrowed !== 0) throw new InvariantError("totals of a balance are not to be forgotten");
    Object.assign(this.#state.totals, newLedger().totals);
  }

  /** Books what the balance itself, or the loan, is changed by. */
  correct(cause: LedgerCause, part: "balance" | "borrowed", value: number): void {
    if (!Number.isSafeInteger(value)) throw new InvariantError(`a balance of ${value}`);
    const state = this.#state;
    const before = this.net;
    state[part] = value;
    state.totals[cause] += this.net - before;
  }
}

function checked(amount: number): void {
  if (!Number.isSafeInteger(amount) || amount < 0) throw new InvariantError(`an amount of ${amount} in the ledger`);
}
