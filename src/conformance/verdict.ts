/** What a subtest comes to (Yellow Book DLMS UA 1001-1): inconclusive where the tester could not find out, inapplicable where the device does not claim it. */
export const verdicts = ["passed", "failed", "inconclusive", "inapplicable"] as const;
export type Verdict = (typeof verdicts)[number];

/** Ends a subtest with any verdict but passed. */
export class VerdictError extends Error {
  readonly verdict: Exclude<Verdict, "passed">;

  constructor(verdict: Exclude<Verdict, "passed">, reason: string) {
    super(reason);
    this.name = "VerdictError";
    this.verdict = verdict;
  }
}

/** The device does what it must not, or does not what it must. */
export function fail(reason: string): never {
  throw new VerdictError("failed", reason);
}

/** Nothing can be said: what the subtest begins with could not be brought about. */
export function inconclusive(reason: string): never {
  throw new VerdictError("inconclusive", reason);
}

/** The device does not claim what the subtest is about. */
export function inapplicable(reason: string): never {
  throw new VerdictError("inapplicable", reason);
}

/** Fails unless it holds. */
export function must(holds: boolean, reason: string): asserts holds {
  if (!holds) fail(reason);
}

/** The verdict of a whole: failed where any part is, then inconclusive where any is; passed where a part passed. */
export function worstOf(parts: readonly Verdict[]): Verdict {
  if (parts.includes("failed")) return "failed";
  if (parts.includes("inconclusive")) return "inconclusive";
  return parts.includes("passed") ? "passed" : "inapplicable";
}
