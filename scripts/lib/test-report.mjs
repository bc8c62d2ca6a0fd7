// The test run writes one JSON line a test while it goes, so that a run that dies half-way still has numbers.

export function summarize(reportText, exitCode, signal) {
  const records = (reportText ?? "")
    .split("\n")
    .filter((line) => line !== "")
    .map(parse);
  const titles = (outcome) => records.filter((record) => record?.outcome === outcome).map((record) => record.title);
  const failed = titles("failed");
  const ended = records.some((record) => record?.outcome === "ended");
  if (!ended) failed.push(`the test run stopped before its end (${signal ?? `exit code ${exitCode}`})`);
  else if (exitCode !== 0 && failed.length === 0) failed.push(`the test run ended with ${signal ?? `exit code ${exitCode}`}`);
  return { passed: titles("passed").length, failed, skipped: titles("skipped") };
}

function parse(line) {
  try {
    return JSON.parse(line);
  } catch {
    // The line that was being written when the run was killed.
    return undefined;
  }
}

export function combine(summary, failedSteps) {
  const failed = [...failedSteps, ...summary.failed];
  return {
    lines: [...summary.skipped.map((title) => `skipped: ${title}`), ...failed.map((title) => `FAILED: ${title}`)],
    finalLine: `${summary.passed} passed, ${failed.length} failed, ${summary.skipped.length} skipped`,
    exitCode: failed.length === 0 ? 0 : 1,
  };
}
