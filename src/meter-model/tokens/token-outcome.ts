import type { CreditEventName } from "../events/credit-events.ts";
import type { TokenResult } from "./token-result.ts";

/** What an authentic token led to. */
export interface TokenOutcome {
  readonly result: TokenResult;
  /** What is logged of it, where that is not the same for every token with its result. */
  readonly event?: CreditEventName;
  /** Credit that it brought; units of the account. */
  readonly amount?: number;
  /** Tests that a class 1 token asks for and the meter has, by their numbers. */
  readonly tests?: readonly number[];
}
