import type { CaseResult, SubtestResult } from "../../conformance/case.ts";
import { type Verdict, verdicts } from "../../conformance/verdict.ts";
import { formatTrace } from "../../log/trace-format.ts";

/** A case as JSON has it; `log` has the octets that passed the line, where the verdict needs evidence. */
export function caseAsJson({ id, title, group, source, verdict, subtests }: CaseResult, expected: string | undefined): unknown {
  return {
    id,
    title,
    group,
    source,
    verdict,
    ...(expected === undefined ? {} : { expected }),
    subtests: subtests.map((subtest) => ({
      id: subtest.id,
      title: subtest.title,
      verdict: subtest.verdict,
      ...(subtest.reason === undefined ? {} : { reason: subtest.reason }),
      ...(needsEvidence(subtest) ? { log: linesOf(subtest) } : {}),
    })),
  };
}

/** A case for people: a line, and below it what did not pass. Of what does not apply, the reason is all there is to say. */
export function caseAsText({ id, title, verdict, subtests }: CaseResult, expected: string | undefined, withLog: boolean): string {
  const line = (text: string): string => `${verdict.padEnd(12)} ${id.padEnd(26)} ${text}`;
  const asExpected = expected === verdict ? ", as expected" : expected === undefined ? "" : `, expected: ${expected}`;
  const [reason, ...others] = new Set(subtests.map((subtest) => subtest.reason));
  if (verdict === "inapplicable" && others.length === 0) return line(`(${reason}${asExpected})`);
  const told = subtests.filter((subtest) => subtest.verdict !== "passed");
  const lines = told.flatMap((subtest) => [
    `    ${subtest.id} ${subtest.verdict}: ${subtest.title}`,
    ...(subtest.reason === undefined ? [] : [`       ${subtest.reason}`]),
    ...(withLog && needsEvidence(subtest) ? linesOf(subtest).map((octets) => `       ${octets}`) : []),
  ]);
  const passed = subtests.filter((subtest) => subtest.verdict === "passed").length;
  return [line(`${title} (${passed}/${subtests.length}${asExpected})`), ...lines].join("\n");
}

/** "41 passed, 1 failed, 0 inconclusive, 8 inapplicable" */
export function sumOf(results: readonly CaseResult[]): string {
  const count = (verdict: Verdict): number => results.filter((result) => result.verdict === verdict).length;
  return verdicts.map((verdict) => `${count(verdict)} ${verdict}`).join(", ");
}

const needsEvidence = ({ verdict }: SubtestResult): boolean => verdict === "failed" || verdict === "inconclusive";

function linesOf({ log }: SubtestResult): readonly string[] {
  const start = log[0]?.at ?? 0;
  return log.flatMap((record) => formatTrace(record, { mode: "hex", start }) ?? []);
}
