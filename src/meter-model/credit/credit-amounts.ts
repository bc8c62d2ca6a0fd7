import type { ChargeName } from "./charge.ts";
import type { LedgerCause } from "./ledger.ts";

/** Amounts of payment that profiles capture, in units of the account. */
export interface CreditAmounts {
  /** What can be consumed: the balance and what is lent. */
  readonly available: number;
  /** Of the token credit; negative for a debt. */
  readonly balance: number;
  /** What was lent and not paid back. */
  readonly emergencyUsed: number;
  /** What is owed: a negative balance, and what was lent. */
  readonly owed: number;
  readonly spentYesterday: number;
  /** Since the billing period began. */
  readonly spentThisMonth: number;
  /** Sum of all changes by a cause, without its sign. */
  total(cause: LedgerCause): number;
  /** Collected by a charge in all. */
  paidOf(name: ChargeName): number;
  /** Left of the debt that a charge collects. */
  remainingOf(name: ChargeName): number;
}
