import type { Issue, Moment, Quantity, TokenFact } from "../../vending/index.ts";

/** What was issued, as JSON. */
export interface IssueJson {
  readonly tokens: readonly string[];
  readonly tid?: number;
  readonly issued: string;
  readonly meter: string;
  readonly service: string;
  readonly value?: QuantityJson | string | number;
}

interface QuantityJson {
  /** A string where a number would not be exact. */
  readonly value: number | string;
  readonly unit: string;
}

/** An issue, as JSON. */
export function issueJson({ meter, service, value, tokens, issued, identifier }: Issue): IssueJson {
  return {
    tokens,
    ...(identifier !== undefined && { tid: identifier.tokenIdentifier }),
    issued: isoSeconds(issued),
    meter,
    service,
    ...(value !== undefined && { value: isQuantity(value) ? quantityJson(value) : value }),
  };
}

/** An issue for people: the digits, then what they are. */
export function issueText(issue: Issue): string {
  const { meter, service, value, tokens, issued, identifier } = issue;
  const facts: (readonly [string, string])[] = [
    ["meter", meter],
    ["service", service],
  ];
  if (value !== undefined) facts.push(["value", factText(value)]);
  if (identifier !== undefined) facts.push(["tid", String(identifier.tokenIdentifier)]);
  facts.push(["issued", isoSeconds(issued)]);
  return [...tokens.map(inGroups), "", ...aligned(facts)].join("\n");
}

/** What a service was ordered with, for people; empty where there was nothing. */
export function valueText({ value }: Issue): string {
  return value === undefined ? "" : factText(value);
}

/** Twenty digits as people read and type them, in groups of four. */
export function inGroups(digits: string): string {
  return digits.replace(/(\d{4})(?=\d)/g, "$1 ");
}

/** Names and what they stand for, in two columns. */
export function aligned(facts: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(...facts.map(([name]) => name.length));
  return facts.map(([name, text]) => `${name.padEnd(width)}  ${text}`);
}

/** A fact of a token, as JSON. */
export function factJson(fact: TokenFact): unknown {
  if (isQuantity(fact)) return quantityJson(fact);
  return isMoment(fact) ? isoSeconds(fact.at) : fact;
}

/** A fact of a token, for people. */
export function factText(fact: TokenFact): string {
  if (isQuantity(fact)) return `${fact.value} ${fact.unit}`;
  if (isMoment(fact)) return isoSeconds(fact.at);
  return Array.isArray(fact) ? fact.join(", ") : String(fact);
}

function isQuantity(fact: TokenFact): fact is Quantity {
  return typeof fact === "object" && "unit" in fact;
}

function isMoment(fact: TokenFact): fact is Moment {
  return typeof fact === "object" && !Array.isArray(fact) && "at" in fact && typeof fact.at === "number";
}

/** An instant, milliseconds since 1970 in UTC, in ISO 8601 to the second. */
function isoSeconds(instant: number): string {
  return `${new Date(instant).toISOString().slice(0, "0000-00-00T00:00:00".length)}Z`;
}

function quantityJson({ value, unit }: Quantity): QuantityJson {
  const number = Number(value);
  return { value: Math.abs(number) <= Number.MAX_SAFE_INTEGER / 1e5 ? number : value, unit };
}
