import type { Instant } from "./units.ts";

/** Billing periods that were closed. */
export interface BillingState {
  closed: number;
  /** Clock time; undefined before the first. */
  lastClosedAt: Instant | undefined;
  /** Clock time of the last close by command, which locks the next one for a while. */
  lastManualAt: Instant | undefined;
}

export function newBilling(): BillingState {
  return { closed: 0, lastClosedAt: undefined, lastManualAt: undefined };
}
