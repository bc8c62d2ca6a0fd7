import { expect } from "chai";
import { jobSchema } from "../../src/config/job.ts";
import { checkYaml, parseYaml } from "../../src/config/load.ts";

const job = (steps: string, rest = ""): string => `meters: [house]\n${rest}\nsteps: [${steps}]`;
const stepOf = (step: string): unknown => parseYaml(job(step), jobSchema, "test.yaml").steps[0];

function problems(text: string): string[] {
  const result = checkYaml(text, jobSchema, "test.yaml");
  return result.ok ? [] : result.problems.map(({ message }) => message);
}

describe("a job as it is written", () => {
  it("needs meters and steps, and has defaults for the rest", () => {
    expect(parseYaml(job("{ clock: check }"), jobSchema, "test.yaml")).to.deep.equal({
      meters: ["house"],
      retries: 0,
      pause: 5000,
      parallel: 4,
      steps: [{ kind: "clock", mode: "check", limit: 30_000, most: 300_000 }],
    });
    expect(problems("{}")).to.deep.equal(["meters: expected a list, got nothing", "steps: expected a list, got nothing"]);
    expect(problems("meters: []\nsteps: []")).to.deep.equal(["meters: expected at least one meter", "steps: expected at least one step"]);
  });

  it("reads, reads profiles into files, sees to clocks and applies parameter sets", () => {
    expect(stepOf('{ read: ["1-0:1.8.0", clock] }')).to.deep.equal({ kind: "read", objects: ["1-0:1.8.0", "clock"], out: undefined });
    expect(stepOf("{ clock: set, limit: 5s, most: 1h }")).to.deep.equal({ kind: "clock", mode: "set", limit: 5000, most: 3_600_000 });
    expect(stepOf("{ apply: residential.yaml, keepGoing: true }")).to.deep.equal({
      kind: "apply",
      file: "residential.yaml",
      keepGoing: true,
    });
    expect(stepOf('{ profile: load, last: 96, out: "{meter}.csv" }')).to.deep.equal({
      kind: "profile",
      profile: "load",
      rows: { kind: "last", count: 96 },
      format: "csv",
      out: "{meter}.csv",
    });
  });

  it("takes the rows of a profile by number, by age or by a range", () => {
    const rows = {
      "last: 5": { kind: "last", count: 5 },
      "since: 2d": { kind: "since", span: 172_800_000 },
      "from: 2026-11-01T00:00": { kind: "range", from: "2026-11-01T00:00", to: undefined },
      "format: json": { kind: "range", from: undefined, to: undefined },
    };
    for (const [text, expected] of Object.entries(rows))
      expect(stepOf(`{ profile: load, ${text}, out: "{meter}" }`)).to.have.deep.property("rows", expected);
    expect(problems(job('{ profile: load, last: 5, since: 2d, out: "{meter}" }'))).to.deep.equal([
      "steps[0]: last, since and a range exclude each other",
    ]);
  });

  it("has a file for each meter, and for each step", () => {
    expect(problems(job("{ profile: load, out: load.csv }"))).to.deep.equal([
      'steps[0].out: expected a path with {meter} in it, such as profiles/{meter}-load.csv, got "load.csv"',
    ]);
    expect(problems(job("{ profile: load }"))).to.deep.equal(["steps[0].out: expected a path with {meter} in it, got nothing"]);
    expect(problems(job('{ profile: load, out: "{meter}" }, { read: [clock], out: "{meter}" }'))).to.deep.equal([
      "steps[1].out: another step writes this file already",
    ]);
  });

  it("sets no clock within a limit beyond which it would set none", () => {
    expect(problems(job("{ clock: set, limit: 10m }"))).to.deep.equal([
      "steps[0].limit: expected no more than most, which is 5m unless it is given",
    ]);
    expect(problems(job("{ clock: set, limit: 10m, most: 10m }, { clock: check, limit: 10m }"))).to.deep.equal([]);
  });

  it("says what a step has too much", () => {
    expect(problems(job("{ limit: 5s }"))).to.deep.equal(["steps[0]: expected one of read, profile, clock, apply, got none"]);
    expect(problems(job("{ clock: check, apply: x.yaml }"))).to.deep.equal([
      "steps[0]: expected one of read, profile, clock, apply, got clock and apply",
    ]);
    expect(problems(job("{ clock: check, keepGoing: true }"))).to.deep.equal([
      "steps[0].keepGoing: does not go with clock, which takes limit, most",
    ]);
    expect(problems(job("{ clock: check }", "parallel: 0"))).to.deep.equal(["parallel: expected a whole number from 1 to 256, got 0"]);
  });
});
