import { toHex } from "../bytes/hex.ts";
import {
  type BaseDate,
  creditRegisterOf,
  decodeModeChange,
  displayTests,
  issueTime,
  KeyPart,
  layoutOf,
  modeChangeSubclass,
  placeOf,
  type Token,
  testsOf,
} from "../sts/index.ts";
import { amountBits, measureOf, type Quantity, quantityOf } from "./measure.ts";

/** A moment, milliseconds since 1970 in UTC. */
export interface Moment {
  readonly at: number;
}

/** What a field of a token says. */
export type TokenFact = string | number | boolean | Quantity | Moment | readonly (string | number)[];

export interface ExplainOptions {
  /** What the token's identifier counts from. */
  readonly baseDate: BaseDate;
  /** Whether the parts of a new decoder key are shown; otherwise they are named only. */
  readonly showKeys?: boolean;
}

/** What a token says, in the order of its fields: class and subclass, service, time of issue, amounts with their units. */
export function explainToken(token: Token, { baseDate, showKeys = false }: ExplainOptions): Readonly<Record<string, TokenFact>> {
  const { tokenClass, subclass } = placeOf(token);
  const facts: Record<string, TokenFact> = { class: tokenClass, subclass, service: token.service };
  const later: Record<string, TokenFact> = {};
  if ("tokenIdentifier" in token) {
    facts["tid"] = token.tokenIdentifier;
    facts["issued"] = { at: issueTime(token.tokenIdentifier, baseDate) };
  }
  const values = token as Readonly<Record<string, unknown>>;
  for (const { name } of layoutOf(token.service).fields) {
    if (name === "tokenIdentifier" || name === "subclass") continue;
    const value = values[name] as number | bigint | boolean | KeyPart;
    const measure = name === "amount" || name === "limit" ? measureOf(token.service) : undefined;
    if (value instanceof KeyPart) facts[name] = showKeys ? toHex(value.exposeSecret()).toLowerCase() : String(value);
    else if (typeof value === "boolean") facts[name] = value;
    else if (measure !== undefined) {
      facts[name] = quantityOf(value, measure);
      later["field"] = amountBits(value, measure);
    } else facts[name] = Number(value);
  }
  return { ...facts, ...named(token), ...later };
}

/** Numbers that have names; what has none stays a number. */
function named(token: Token): Readonly<Record<string, TokenFact>> {
  switch (token.service) {
    case "clear-credit":
      return { register: creditRegisterOf(token.register) ?? token.register };
    case "test-display":
    case "test-display-long":
      return {
        control: token.control.toString(16),
        tests: testsOf(token.control).map((test) => (displayTests as Readonly<Record<number, string>>)[test] ?? test),
      };
    case "proprietary-management": {
      const mode = token.subclass === modeChangeSubclass ? decodeModeChange(token.value) : undefined;
      return mode === undefined ? {} : { mode };
    }
    default:
      return {};
  }
}
