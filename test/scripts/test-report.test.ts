import { expect } from "chai";
import { combine, summarize } from "../../scripts/lib/test-report.mjs";

const line = (outcome: string, title?: string) => `${JSON.stringify({ outcome, title })}\n`;
const goodReport = line("passed", "a") + line("passed", "b") + line("skipped", "c") + line("ended");

describe("the summary of a test run", () => {
  it("counts what the runner reported", () => {
    expect(summarize(goodReport, 0)).to.deep.equal({ passed: 2, failed: [], skipped: ["c"] });
  });

  it("keeps the titles of failed tests", () => {
    expect(summarize(line("failed", "a does b") + line("ended"), 1).failed).to.deep.equal(["a does b"]);
  });

  it("counts a run that stopped before its end as one more failure, and keeps what came before", () => {
    const { passed, failed } = summarize(line("passed", "a") + line("failed", "b"), 1);
    expect(passed).to.equal(1);
    expect(failed).to.deep.equal(["b", "the test run stopped before its end (exit code 1)"]);
  });

  it("survives a line that was cut off by a kill, and names the signal", () => {
    expect(summarize(`${line("passed", "a")}{"outcome":"pas`, null, "SIGKILL")).to.deep.equal({
      passed: 1,
      failed: ["the test run stopped before its end (SIGKILL)"],
      skipped: [],
    });
  });

  it("counts a missing report as one failure, whatever the exit code", () => {
    expect(summarize(undefined, 0).failed).to.have.lengthOf(1);
    expect(summarize("", 0).failed).to.have.lengthOf(1);
  });

  it("counts a bad exit code without a failed test as one failure", () => {
    expect(summarize(goodReport, 1).failed).to.deep.equal(["the test run ended with exit code 1"]);
  });

  it("does not count a bad exit code twice", () => {
    expect(summarize(line("failed", "a") + line("ended"), 1).failed).to.have.lengthOf(1);
  });
});

describe("the end of npm test", () => {
  it("is one line with three numbers", () => {
    expect(combine(summarize(goodReport, 0), []).finalLine).to.equal("2 passed, 0 failed, 1 skipped");
  });

  it("exits with 0 only when nothing failed", () => {
    expect(combine(summarize(goodReport, 0), []).exitCode).to.equal(0);
    expect(combine(summarize(line("failed", "a") + line("ended"), 1), []).exitCode).to.equal(1);
  });

  it("counts a failed check as a failure", () => {
    const { finalLine, exitCode, lines } = combine(summarize(goodReport, 0), ["types (tsc)"]);
    expect(finalLine).to.equal("2 passed, 1 failed, 1 skipped");
    expect(exitCode).to.equal(1);
    expect(lines).to.include("FAILED: types (tsc)");
  });

  it("names what was skipped", () => {
    expect(combine(summarize(goodReport, 0), []).lines).to.deep.equal(["skipped: c"]);
  });
});
