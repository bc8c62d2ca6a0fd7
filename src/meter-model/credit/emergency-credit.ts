/** States of a credit (Blue Book, class 112). */
export const creditStatuses = ["enabled", "selectable", "selected", "in-use", "exhausted"] as const;
export type CreditStatus = (typeof creditStatuses)[number];

/** Why emergency credit cannot be had. */
export type EmergencyRefusal = "already-active" | "not-needed" | "account-not-open" | "in-debt";

export interface EmergencyState {
  status: CreditStatus;
  /** Whether the larger or smaller amount of a new customer was used up or given back. */
  initialUsed: boolean;
}

export function newEmergency(): EmergencyState {
  return { status: "enabled", initialUsed: false };
}

/** What the emergency credit goes by, in ledger units. */
export interface EmergencyTerms {
  /** Of the token credit. */
  readonly balance: number;
  readonly borrowed: number;
  /** 0 for a meter that lends nothing. */
  readonly limit: number;
  /** It is offered from this balance down. */
  readonly offer: number;
  /** Whether the customer has to take it; otherwise it begins by itself. */
  readonly confirmed: boolean;
}

/** What happened to the emergency credit. */
export type EmergencyChange = "offered" | "selected" | "exhausted" | "repaid";

/** Takes the credit as far through its states as the terms allow, and says what happened. */
export function followEmergency(state: EmergencyState, terms: EmergencyTerms): readonly EmergencyChange[] {
  const { balance, borrowed, limit, offer, confirmed } = terms;
  const changes: EmergencyChange[] = [];
  const lent = state.status === "selected" || state.status === "in-use" || state.status === "exhausted";
  if (lent && borrowed === 0 && balance > (state.status === "selected" ? offer : 0)) {
    if (state.status !== "selected") {
      state.initialUsed = true;
      changes.push("repaid");
    }
    state.status = "enabled";
  }
  if (state.status === "selectable" && (balance > offer || limit === 0)) state.status = "enabled";
  // A balance that is negative is an older debt: nothing is lent on top of it, unless what is owed was lent.
  if (state.status === "enabled" && limit > 0 && balance <= offer && balance >= 0) {
    state.status = confirmed ? "selectable" : "selected";
    changes.push(confirmed ? "offered" : "selected");
  }
  if (state.status === "selected" && balance <= 0) state.status = "in-use";
  if (state.status === "in-use" && borrowed >= limit) {
    state.status = "exhausted";
    changes.push("exhausted");
  } else if (state.status === "exhausted" && borrowed === 0 && balance === 0) {
    // Paid back to the unit: it may be had again.
    state.initialUsed = true;
    state.status = confirmed ? "selectable" : "in-use";
    changes.push("repaid");
  }
  return changes;
}
