import type { PlainValue } from "../../cosem-objects/plain-value.ts";
import type { PageValue } from "../../dashboard/index.ts";
import { displayPlain } from "../readings.ts";

/** A token in full is in nothing that is shown to others (mqtt.md 2.2); whoever has its receipt knows it by its ends. */
export function withoutTokens(text: string): string {
  return text.replace(/(?<!\d)(\d{4})\d{12}(\d{4})(?!\d)/g, "$1 ... $2");
}

/** A value as JSON carries it: lists of texts stay lists, structures become text, counters beyond 2^53 decimal text. */
export function pageValue(value: PlainValue): PageValue {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  if (typeof value === "string") return withoutTokens(value);
  if (!Array.isArray(value)) return value as Exclude<PlainValue, string | bigint | readonly PlainValue[]>;
  const texts = value.filter((item) => typeof item === "string");
  return texts.length > 0 && texts.length === value.length ? texts.map(withoutTokens) : withoutTokens(displayPlain(value));
}

/** The same with its structure, for people who look closely. */
export function jsonValue(value: PlainValue): unknown {
  return Array.isArray(value) ? value.map(jsonValue) : pageValue(value);
}

const withOffset = /(Z|[+-]\d\d:\d\d)$/;

/** Milliseconds since 1970 of a stamp; null where it does not say which instant it is. */
export function instantOfStamp(stamp: string | null): number | null {
  const instant = stamp !== null && withOffset.test(stamp) ? Date.parse(stamp) : Number.NaN;
  return Number.isNaN(instant) ? null : instant;
}
