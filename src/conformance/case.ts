import type { TraceRecord } from "../transport/trace.ts";
import type { Tester } from "./tester.ts";
import type { Verdict } from "./verdict.ts";

/** Groups of cases: three of the abstract test suites of the DLMS UA, the objects, and what goes beyond them. */
export const caseGroups = ["hdlc", "application", "objects", "security", "extra"] as const;
export type CaseGroup = (typeof caseGroups)[number];

/** A part of a case with a verdict of its own. */
export interface Subtest {
  /** What is done, and what must come of it. */
  readonly title: string;
  /** Passes where it returns; ends with another verdict by `fail`, `inconclusive` or `inapplicable`. */
  readonly run: (tester: Tester) => Promise<void>;
}

/** A case of the suite, by the id the field knows it by. */
export interface ConformanceCase {
  readonly id: string;
  readonly title: string;
  readonly group: CaseGroup;
  /** Where what is required stands. */
  readonly source: string;
  /** Known beforehand, or found out by talking to the device. */
  readonly subtests: readonly Subtest[] | ((tester: Tester) => Promise<readonly Subtest[]>);
}

/** One subtest as it went. */
export interface SubtestResult {
  readonly id: string;
  readonly title: string;
  readonly verdict: Verdict;
  /** Why, for anything but passed. */
  readonly reason?: string;
  /** What passed the line, where the verdict needs evidence. */
  readonly log: readonly TraceRecord[];
}

export interface CaseResult {
  readonly id: string;
  readonly title: string;
  readonly group: CaseGroup;
  readonly source: string;
  readonly verdict: Verdict;
  readonly subtests: readonly SubtestResult[];
}
