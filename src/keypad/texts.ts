import { amountMessage, type Frame, message, page, segments } from "./frame.ts";
import type { ActOutcome } from "./keypad-meter.ts";
import type { LinkError, MeterAnswer } from "./messages.ts";
import { labelOf } from "./short-codes.ts";
import type { KeypadTokenResult } from "./token-results.ts";
import type { LinkLoss } from "./unit-end.ts";

type Text = readonly [main: string, text: string];

/** What a token's result looks like: the wordings of the trade on the large line, plain words below. */
const tokenTexts: { readonly [Result in Exclude<KeypadTokenResult, "locked-out">]: Text } = {
  accepted: ["ACCEPT", "Token accepted"],
  "first-kct": ["1-KCT", "Key part 1, enter others"],
  "second-kct": ["2-KCT", "Key part 2, enter others"],
  "third-kct": ["3-KCT", "Key part 3, enter others"],
  "fourth-kct": ["4-KCT", "Key part 4, enter others"],
  "old-error": ["OLd", "Token is too old"],
  "used-error": ["USEd", "Token was used before"],
  "key-expired-error": ["OLdKEY", "Key has expired"],
  "ddtk-error": ["DEFKEY", "Meter has a default key"],
  "overflow-error": ["OVErFLO", "Too much credit"],
  "key-type-error": ["Err 33", "Key type not allowed"],
  "format-error": ["Err 30", "No token of this kind"],
  "range-error": ["Err 31", "Value out of range"],
  "function-error": ["Err 32", "Not for this meter now"],
  "crc-error": ["rEJEct", "Wrong digits or meter"],
  "mfr-code-error": ["rEJEct", "For another maker"],
  "not-ready": ["bUSY", "Try again in a minute"],
};

/** The four in the middle are the codes that refusals of emergency credit have on meters of the trade. */
const outcomeTexts: { readonly [Outcome in ActOutcome]: Text } = {
  done: ["donE", ""],
  "already-active": ["01rEJECt", "Already in use"],
  "not-needed": ["02rEJECt", "Not needed yet"],
  "account-not-open": ["03rEJECt", "Account is not open"],
  "in-debt": ["SSrEJECt", "Pay what is owed first"],
  refused: ["rEJEct", "Not possible now"],
  "out-of-range": ["Err 31", "Value out of range"],
};

const errorTexts: { readonly [Error in LinkError]?: Text } = {
  "not-available": ["--------", "This meter has it not"],
  "unknown-code": ["Err", "No such code"],
};

/** A finished sequence, and whether it says yes. */
export interface Reply {
  readonly frames: readonly Frame[];
  readonly good: boolean;
}

const framed = ([main, text]: Text): Frame => message(main, text);

/** The sequence for an answer; `label` says of what, where it says no more than that it was done. */
export function replyTo(answer: MeterAnswer, label: string): Reply {
  switch (answer.type) {
    case "token":
      return tokenReply(answer);
    case "outcome":
      return outcomeReply(answer.outcome, label);
    case "error":
      return errorReply(answer.error);
    case "items":
      return answer.items.length > 0
        ? { frames: answer.items.map((item) => page({ label, ...item })), good: true }
        : errorReply("not-available");
  }
}

/** All segments, and then what the meter says of its firmware, where it does. */
export function testReply(answer: MeterAnswer | undefined): Reply {
  return {
    frames: [
      segments,
      ...(answer?.type === "items" ? answer.items.map((item) => page({ label: labelOf("firmwareVersion"), ...item })) : []),
    ],
    good: true,
  };
}

function tokenReply(answer: MeterAnswer & { readonly type: "token" }): Reply {
  const { result, amount, credit, lockedFor } = answer;
  if (result === "locked-out") {
    const minutes = Math.min(99, Math.ceil(lockedFor / 60));
    return { frames: [message(`LOC ${String(minutes).padStart(2, "0")}`, "Locked, minutes left")], good: false };
  }
  const good = result === "accepted" || result.endsWith("-kct");
  const first = { ...framed(tokenTexts[result]), ...(good && { happy: true }) };
  const signed = amount && { ...amount, value: /^[+-]/.test(amount.value) ? amount.value : `+${amount.value}` };
  return {
    frames: [
      first,
      ...(signed ? [amountMessage("Bought", signed)] : []),
      ...(credit ? [amountMessage("Credit", credit)] : []),
      ...(answer.segments ? [segments] : []),
      ...answer.items.map(page),
    ],
    good,
  };
}

/** The message for how an act or a setting ended; `label` says of what, where it went well. */
export function outcomeReply(outcome: ActOutcome, label: string): Reply {
  const [main, text] = outcomeTexts[outcome];
  return { frames: [message(main, outcome === "done" ? label : text)], good: outcome === "done" };
}

function errorReply(error: LinkError): Reply {
  return { frames: [framed(errorTexts[error] ?? ["Err 20", "Link error"])], good: false };
}

/** What was keyed is a code of nothing. */
export const noCode: Reply = { frames: [message("Err", "No such code")], good: false };

/** What was keyed is neither a code nor a token. */
export const notTwenty: Reply = { frames: [message("Err", "A token has 20 digits")], good: false };

/** What stands while the link is lost, by the reason. */
export function lostFrame(reason: LinkLoss): Frame {
  switch (reason) {
    case "other-meter":
      return message("E-PAIr", "Paired with other meter");
    case "other-unit":
      return message("E-PAIr", "Meter has another unit");
    case "unsupported-protocol":
      return message("E-VEr", "Meter speaks otherwise");
    default:
      return message("E-CON", "No link to the meter");
  }
}
