import { InvariantError } from "../errors.ts";

/** The identifiers a meter remembers of the tokens it took: at least 50 in the field, in any order. */
export type IdentifierHistory = readonly number[];

/** What a meter knows of an identifier: below all it remembers, among them, or neither. */
export type IdentifierAge = "old" | "used" | "new";

/** What a history says of an identifier; tokens out of order are new as long as they are above the lowest. */
export function ageOf(tokenIdentifier: number, history: IdentifierHistory): IdentifierAge {
  let lowest = Number.POSITIVE_INFINITY;
  for (const known of history) {
    if (known === tokenIdentifier) return "used";
    if (known < lowest) lowest = known;
  }
  return history.length > 0 && tokenIdentifier < lowest ? "old" : "new";
}

/**
 * A history of the same size that remembers an identifier for the lowest of those it did.
 * @throws InvariantError for a history without a place: a token could be used again
 */
export function withIdentifier(history: IdentifierHistory, tokenIdentifier: number): IdentifierHistory {
  if (history.length === 0) throw new InvariantError("a history of token identifiers without a place");
  return history.with(history.indexOf(Math.min(...history)), tokenIdentifier);
}

/** A full history of one identifier: that of the date of manufacture in a new meter, 0 behind a roll-over. */
export function uniformHistory(size: number, tokenIdentifier: number): IdentifierHistory {
  return new Array<number>(size).fill(tokenIdentifier);
}
