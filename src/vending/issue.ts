import type { BaseDate } from "../sts/index.ts";
import type { Quantity } from "./measure.ts";

/** What was issued for a meter at one time: one token, or the set of a key change. */
export interface Issue {
  /** The meter's PAN. */
  readonly meter: string;
  /** 1 for the first of the meter, then one more each time. */
  readonly number: number;
  /** The name of the service, as it is ordered. */
  readonly service: string;
  /** What the service was ordered with, as the token carries it. */
  readonly value?: Quantity | string | number;
  /** Twenty digits each. */
  readonly tokens: readonly string[];
  /** Milliseconds since 1970 in UTC: the minute of the identifier, or for a key change when it was made. */
  readonly issued: number;
  /** Absent for a key change. */
  readonly identifier?: TokenIdentifier;
}

/** An identifier and what it is counted from. */
export interface TokenIdentifier {
  readonly tokenIdentifier: number;
  readonly baseDate: BaseDate;
}

/** What a meter was given identifiers of. */
export interface GivenIdentifiers {
  /** The highest that was counted from a base date, undefined where there is none. */
  latest(baseDate: BaseDate): number | undefined;
  /** Whether a number was given, from whatever base date it was counted. */
  has(tokenIdentifier: number): boolean;
}

/** An issue that has no number yet. */
export type NewIssue = Omit<Issue, "number">;

/** Where what was issued is kept. Every method throws `StoreError` where that cannot be. */
export interface IssueBook {
  /**
   * Makes and keeps an issue; nobody else issues meanwhile. On return it is as durable as the book, within `together` when that
   * returns. Where `make` throws, nothing has changed.
   */
  add(meter: string, make: (given: GivenIdentifiers) => NewIssue): Issue;
  /** Keeps all that is added within `work` at once, which takes the disk once; where `work` throws, nothing of it. */
  together<Result>(work: () => Result): Result;
  /** The issue with an identifier. */
  find(meter: string, tokenIdentifier: number): Issue | undefined;
  /** What was issued last. */
  last(meter: string): Issue | undefined;
  /** All that was issued, the first first. */
  all(meter: string): Iterable<Issue>;
  close(): Promise<void>;
}
