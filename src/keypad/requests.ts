import type { UnitRequest } from "./messages.ts";
import { type ShortCode, shortCodeOf } from "./short-codes.ts";

/** What the digits of a short code ask for. */
export interface CodeRequest {
  readonly meaning: ShortCode;
  /** What the meter is asked; missing where the unit does it alone. */
  readonly request?: UnitRequest;
}

/** Digits of a code that has a value behind it: three, and two of the value. */
const codeWithValue = /^(\d{3})(\d{2})$/;

/** The code whose page the test of the display ends with. */
const firmwareCode = "064";

/** What keyed digits ask for; undefined where they are the code of nothing. */
export function codeRequest(digits: string): CodeRequest | undefined {
  const [, prefix, value] = codeWithValue.exec(digits) ?? [];
  const meaning = shortCodeOf(prefix ?? digits);
  if (meaning === undefined || (meaning.kind === "set") !== (prefix !== undefined)) return undefined;
  const { code } = meaning;
  switch (meaning.kind) {
    case "show":
      return { meaning, request: { type: "show", code } };
    case "act":
      return { meaning, request: { type: "act", code, confirmed: meaning.confirm } };
    case "set":
      return { meaning, request: { type: "set", code, value: Number(value) } };
    case "unit":
      return meaning.does === "test" ? { meaning, request: { type: "show", code: firmwareCode } } : { meaning };
  }
}
