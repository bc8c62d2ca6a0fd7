/** What became of the tests: how many passed, and the full titles of the others. */
export interface TestSummary {
  readonly passed: number;
  readonly failed: readonly string[];
  readonly skipped: readonly string[];
}

/**
 * Counts the lines of a report file (undefined: there is none) and judges them by how the process ended. A run without
 * its end line, or with a bad exit code and no failed test, counts as one more failure.
 */
export function summarize(reportText: string | undefined, exitCode: number | null, signal?: NodeJS.Signals | null): TestSummary;

/** The end of `npm test`: the named lines, the one final line and the exit code, with every failed step as one failure. */
export function combine(
  summary: TestSummary,
  failedSteps: readonly string[],
): { readonly lines: readonly string[]; readonly finalLine: string; readonly exitCode: 0 | 1 };
