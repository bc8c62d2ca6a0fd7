import { DecodeError, DlmsError } from "../errors.ts";
import type { CaseResult, ConformanceCase, Subtest, SubtestResult } from "./case.ts";
import type { Declaration } from "./declaration.ts";
import { Tester } from "./tester.ts";
import { type Verdict, VerdictError, worstOf } from "./verdict.ts";

/** Runs cases one after the other, and tells of each when it is done. */
export async function* runCases(cases: readonly ConformanceCase[], declaration: Declaration): AsyncGenerator<CaseResult> {
  const tester = new Tester(declaration);
  for (const conformanceCase of cases) yield await runCase(conformanceCase, tester);
}

/** Runs one case, subtest by subtest: what one of them ends with, no other sees. */
export async function runCase(conformanceCase: ConformanceCase, tester: Tester): Promise<CaseResult> {
  const { id, title, group, source } = conformanceCase;
  const subtests = await subtestsOf(conformanceCase, tester);
  const results: SubtestResult[] = [];
  for (const [index, subtest] of subtests.entries()) results.push(await runSubtest(`S${index + 1}`, subtest, tester));
  return { id, title, group, source, verdict: worstOf(results.map(({ verdict }) => verdict)), subtests: results };
}

/** Where finding the subtests fails, that is the one there is. */
async function subtestsOf({ subtests, title }: ConformanceCase, tester: Tester): Promise<readonly Subtest[]> {
  if (typeof subtests !== "function") return subtests;
  try {
    return await subtests(tester);
  } catch (error) {
    return [{ title, run: () => Promise.reject(error) }];
  } finally {
    await tester.close();
  }
}

async function runSubtest(id: string, { title, run }: Subtest, tester: Tester): Promise<SubtestResult> {
  tester.takeLog();
  let ending: { readonly verdict: Verdict; readonly reason?: string };
  try {
    await run(tester);
    ending = { verdict: "passed" };
  } catch (error) {
    ending = endingOf(error);
  }
  const log = tester.takeLog();
  await tester.close();
  return { id, title, ...ending, log };
}

/** What a device sends and nobody can read is its failure; whatever else goes wrong proves nothing. */
function endingOf(error: unknown): { readonly verdict: Verdict; readonly reason: string } {
  if (error instanceof VerdictError) return { verdict: error.verdict, reason: error.message };
  if (error instanceof DecodeError) return { verdict: "failed", reason: `the answer cannot be decoded: ${error.message}` };
  if (error instanceof DlmsError) return { verdict: "inconclusive", reason: error.message };
  throw error;
}
