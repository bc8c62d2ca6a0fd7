import type { DisplayItem, KeypadAmount, KeypadStatus } from "./keypad-status.ts";
import type { KeypadAct, KeypadItem, KeypadSetting } from "./short-codes.ts";
import type { KeypadTokenResult } from "./token-results.ts";

/** How an act or a setting ended; the four in the middle are refusals of emergency credit. */
export const actOutcomes = ["done", "already-active", "not-needed", "account-not-open", "in-debt", "refused", "out-of-range"] as const;

/** One of {@link actOutcomes}. */
export type ActOutcome = (typeof actOutcomes)[number];

/** What the meter made of a token. */
export interface KeypadTokenAnswer {
  readonly result: KeypadTokenResult;
  /** What the token brought, and what there is now. */
  readonly amount?: KeypadAmount;
  readonly credit?: KeypadAmount;
  /** Tests and displays that a token of class 1 asks for, by their numbers. */
  readonly tests?: readonly number[];
}

/** What a keypad unit needs of its meter. Nothing of it throws, and nothing waits. */
export interface KeypadMeter {
  status(): KeypadStatus;
  /** Pages of an item, `index` from 1 where there are several and 0 where there is one; undefined for what the meter has not. */
  show(item: KeypadItem, index: number): readonly DisplayItem[] | undefined;
  act(act: KeypadAct): ActOutcome;
  /** `value` as it was keyed, 0 to 99. */
  set(setting: KeypadSetting, value: number): ActOutcome;
  /** Acts on 20 digits; what is answered has happened, and is stored. */
  enterToken(digits: string): KeypadTokenAnswer;
}
