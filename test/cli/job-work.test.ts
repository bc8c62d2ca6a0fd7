import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { ChangeLog } from "../../src/cli/job/change-log.ts";
import { clockStep } from "../../src/cli/job/clock-step.ts";
import { ConnectedMeter } from "../../src/cli/job/connected-meter.ts";
import { prepareSteps } from "../../src/cli/job/job-work.ts";
import { type JobMeter, type MeterReport, runJob } from "../../src/cli/job/run-job.ts";
import { readDeviceView } from "../../src/client/object-reader.ts";
import { jobSchema } from "../../src/config/job.ts";
import { parseYaml } from "../../src/config/load.ts";
import { type CosemDateTime, instantToDateTime, unspecifiedDateTime } from "../../src/dlms/axdr/date-time.ts";
import { ConfigError, TransportError } from "../../src/errors.ts";
import { inMemory } from "../support/in-memory.ts";
import { sampleStart } from "../support/sample-meter.ts";
import { asClient, SecuredMeter } from "../support/secured-meter.ts";

const hour = 3_600_000;
/** The meters of the tests have run for an hour, and show the time in UTC. */
const meterTime = sampleStart + hour;

const set = `steps:
  - { set: 1-0:12.31.0, value: 2000 }
  - { set: 1.0.0.8.0.255, value: 1800 }
  - { invoke: 0.0.13.0.0.255, method: 1 }
  - { set: 1.0.12.43.0.255, value: 30 }
`;

describe("the work of a job at virtual meters", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "dlms-job-"));
    writeFileSync(join(folder, "set.yaml"), set);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  interface World {
    /** Milliseconds that this computer's clock is ahead of the meters'. */
    readonly ahead?: number;
    readonly dryRun?: boolean;
    readonly retries?: number;
    /** SETs and ACTIONs of the first association that are answered; the next one is done, and its answer lost. */
    readonly answered?: number;
  }

  /** Runs a job with these meters, each in memory; how often the servers were asked for a change, and what became of it. */
  async function run(steps: string, { ahead = 0, dryRun = false, retries = 0, answered }: World = {}, ids: readonly string[] = ["house"]) {
    const memory = inMemory();
    let changing = 0;
    const devices = new Map(ids.map((id) => [id, new SecuredMeter({ server: { observer: { afterChange: () => void (changing += 1) } } })]));
    const job = parseYaml(`meters: ["*"]\nsteps: ${steps}`, jobSchema, "job.yaml");
    const now = (): number => meterTime + ahead;
    const log = dryRun ? undefined : new ChangeLog(join(folder, "changes.ndjson"), now);
    const prepared = prepareSteps(job.steps, { file: join(folder, "job.yaml"), dryRun, log, environment: {}, now });
    const meters = ids.map((id): JobMeter => ({ id, address: { kind: "tcp", host: id, port: 4059 } }));
    let left = answered ?? Number.POSITIVE_INFINITY;
    const reports = await memory.settle(
      runJob(
        meters,
        { retries, pause: 0, parallel: 1 },
        {
          async connect({ id }) {
            const device = devices.get(id) as SecuredMeter;
            const client = await memory.connect(device.server, "wrapper", asClient("management", 0));
            const lose = async <T>(request: Promise<T>): Promise<T> => {
              const answer = await request;
              if (left-- > 0) return answer;
              left = Number.POSITIVE_INFINITY;
              await client.close();
              throw new TransportError("closed", "the cable was pulled");
            };
            const [setRaw, invokeRaw] = [client.setRaw.bind(client), client.invokeRaw.bind(client)];
            client.setRaw = (...request) => lose(setRaw(...request));
            client.invokeRaw = (...request) => lose(invokeRaw(...request));
            changing = 0;
            return new ConnectedMeter(client, async () => ({ view: await readDeviceView(client), save: () => {} }));
          },
          workAt: ({ id }) => prepared.map(({ at }) => at(id)),
          sleep: async () => {},
        },
      ),
      600_000,
    );
    return { reports, changing: () => changing, titles: prepared.map(({ title }) => title) };
  }

  const jsonOf = (report: MeterReport | undefined) => report?.steps.map(({ json }) => json) as Record<string, unknown>[];
  const log = () =>
    readFileSync(join(folder, "changes.ndjson"), "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line));

  it("reads attributes into the report, and into a file of each meter where one is named", async () => {
    const { reports, titles } = await run('[{ read: ["1-0:1.8.0", clock:time_zone], out: "readings/{meter}.json" }]', {}, ["a", "b"]);
    expect(titles).to.deep.equal(["Read 1-0:1.8.0, clock:time_zone"]);
    for (const report of reports) {
      expect(report).to.deep.include({ result: "done", exitCode: 0 });
      expect(report.steps[0]?.text).to.equal("1000 Wh, 0");
      const [{ readings } = { readings: undefined }] = jsonOf(report);
      expect(JSON.parse(readFileSync(join(folder, "readings", `${report.meter}.json`), "utf8"))).to.deep.equal(readings);
    }
  });

  it("calls what a meter does not let be read a finding, and goes on", async () => {
    const { reports } = await run('[{ read: ["1-0:1.8.0", "1-0:99.99.0"] }, { clock: check }]');
    expect(reports[0]).to.deep.include({ result: "attention", exitCode: 1 });
    expect(reports[0]?.steps.map(({ text }) => text)).to.deep.equal(["1000 Wh, (object-undefined)", "clock 0 s"]);
  });

  it("reads profiles into files of the format that was asked for", async () => {
    const profiles = `[{ profile: load, last: 2, out: "{meter}-last.csv" },
      { profile: load, since: 31m, out: "{date}/{meter}-since.csv" },
      { profile: load, from: 2026-01-05T00:15Z, to: 2026-01-05T00:30Z, format: json, out: "{meter}-range.json" }]`;
    const { reports } = await run(profiles);
    expect(reports[0]?.steps.map(({ text }) => text)).to.deep.equal(["load 2 rows", "load 3 rows", "load 2 rows"]);
    const last = readFileSync(join(folder, "house-last.csv"), "utf8").split("\n");
    expect(last).to.have.length(4);
    expect(last[1]).to.match(/^2026-01-05T00:45:00/);
    const day = readdirSync(folder).find((name) => /^2026-01-0\d$/.test(name)) ?? "";
    expect(readFileSync(join(folder, day, "house-since.csv"), "utf8").split("\n")).to.have.length(5);
    const { rows, logicalName } = JSON.parse(readFileSync(join(folder, "house-range.json"), "utf8"));
    expect([logicalName, rows.length]).to.deep.equal(["1.0.99.1.0.255", 2]);
    expect(readdirSync(folder).some((name) => name.endsWith(String(process.pid)))).to.equal(false);
  });

  it("applies parameter sets, with every change in the log under the name of the meter", async () => {
    const { reports, changing } = await run("[{ apply: set.yaml }]", {}, ["a", "b"]);
    expect(reports.map(({ steps: [step] }) => step?.text)).to.deep.equal(["3 changed, 1 invoked", "3 changed, 1 invoked"]);
    expect(changing()).to.equal(4);
    expect(log().map(({ meter, result }) => `${meter} ${result}`)).to.deep.equal(
      ["a", "b"].flatMap((id) => ["changed", "changed", "invoked", "changed"].map((result) => `${id} ${result}`)),
    );
  });

  it("stops the work at a meter that refuses part of a set, and at that meter alone", async () => {
    writeFileSync(join(folder, "refused.yaml"), "steps: [{ set: 1-0:1.8.0, value: 0 }]");
    const { reports } = await run("[{ apply: refused.yaml }, { clock: check }]", {}, ["a", "b"]);
    expect(reports.map(({ result, exitCode, steps }) => [result, exitCode, steps.length])).to.deep.equal([
      ["failed", 1, 1],
      ["failed", 1, 1],
    ]);
    expect(log().map(({ meter, result, error }) => [meter, result, error])).to.deep.equal([
      ["a", "refused", "read-write-denied"],
      ["b", "refused", "read-write-denied"],
    ]);
  });

  it("changes neither meters nor files in a dry run, and tells what it would do", async () => {
    const before = readdirSync(folder);
    const all = `[{ read: [clock], out: "{meter}.json" }, { profile: load, out: "profiles/{meter}.csv" }, { clock: set }, { apply: set.yaml }]`;
    const { reports, changing } = await run(all, { dryRun: true, ahead: 60_000 });
    expect(changing()).to.equal(0);
    expect(readdirSync(folder)).to.deep.equal(before);
    expect(reports[0]).to.deep.include({ result: "done", exitCode: 0 });
    expect(jsonOf(reports[0]).map(({ step, result }) => [step, result])).to.deep.equal([
      ["read", "done"],
      ["profile", "would-read"],
      ["clock", "would-set"],
      ["apply", "done"],
    ]);
    expect(reports[0]?.steps.at(-1)?.text).to.equal("3 would-change, 1 would-invoke");
  });

  it("brings a set to its end over lost connections: every change in the log once, every method invoked once", async () => {
    const { reports } = await run("[{ apply: set.yaml }]", { retries: 1, answered: 1 });
    expect(reports[0]).to.deep.include({ result: "done", attempts: 2 });
    expect(reports[0]?.steps[0]?.text).to.equal("3 changed, 1 invoked");
    expect(log().map(({ object, result }) => [object, result])).to.deep.equal([
      ["1.0.12.31.0.255", "changed"],
      // The answer was lost, and the next attempt found that it was done.
      ["1.0.0.8.0.255", "unknown"],
      ["1.0.0.8.0.255", "changed"],
      ["0.0.13.0.0.255", "invoked"],
      ["1.0.12.43.0.255", "changed"],
    ]);
  });

  it("does not build on a method of which nobody knows whether it was done", async () => {
    const { reports } = await run("[{ apply: set.yaml }]", { retries: 3, answered: 2 });
    expect(reports[0]).to.deep.include({ result: "failed", attempts: 2, exitCode: 1 });
    expect(log().filter(({ object }) => object === "0.0.13.0.0.255")).to.have.length(1);
    expect(reports[0]?.steps[0]?.text).to.equal("2 changed, 1 unknown, 1 skipped");
  });

  it("refuses what is wrong whatever the meters are before anything is connected, and names the step", () => {
    const options = { file: join(folder, "job.yaml"), dryRun: false, log: undefined, environment: {}, now: () => meterTime };
    const prepare = (step: string) => () => prepareSteps(parseYaml(`meters: [a]\nsteps: [${step}]`, jobSchema, "job.yaml").steps, options);
    expect(prepare('{ profile: nonsense, out: "{meter}" }')).to.throw(ConfigError, /^steps\[0\]: profile: "nonsense" is no profile$/);
    expect(prepare('{ profile: load, from: yesterday, out: "{meter}" }')).to.throw(ConfigError, /^steps\[0\]: --from: expected a time/);
    expect(prepare("{ apply: none.yaml }")).to.throw(ConfigError, /^steps\[0\]: there is no file .*none\.yaml$/);
  });

  it("names the file that it cannot write, and fails at that meter alone", async () => {
    mkdirSync(join(folder, "house.json"));
    const { reports } = await run('[{ read: [clock], out: "{meter}.json" }]', {}, ["house", "office"]);
    expect(reports.map(({ result, exitCode }) => [result, exitCode])).to.deep.equal([
      ["failed", 2],
      ["done", 0],
    ]);
    expect(reports[0]?.error?.message).to.match(/cannot write .*house\.json/);
  });
});

describe("the clock step of a job", () => {
  const now = Date.UTC(2026, 10, 23, 12);

  /** A clock that is so many milliseconds ahead, in a zone; `keeps` is what it makes of a time that it is set to. */
  function clock(drift: number, deviation = -60, keeps = (time: CosemDateTime): CosemDateTime => time) {
    let time: CosemDateTime = instantToDateTime(now + drift, deviation);
    const written: CosemDateTime[] = [];
    const client = {
      get: async (_class: unknown, _name: string, attribute: string) => (attribute === "time" ? time : deviation),
      set: async (_class: unknown, _name: string, _attribute: string, value: CosemDateTime) => {
        written.push(value);
        time = keeps(value);
      },
    } as unknown as Parameters<typeof clockStep>[0];
    const step = (mode: "check" | "set", dryRun = false) =>
      clockStep(client, { mode, limit: 30_000, most: 300_000, dryRun, now: () => now });
    return { step, written, show: (value: CosemDateTime) => void (time = value) };
  }

  it("leaves alone what is within the limit, on either side", async () => {
    for (const drift of [-30_000, 0, 30_000]) {
      const { step, written } = clock(drift);
      expect((await step("set")).json).to.deep.equal({ step: "clock", result: "within", driftSeconds: drift / 1000 });
      expect(written).to.deep.equal([]);
    }
  });

  it("sets what is further off, in the zone of the meter, and looks again", async () => {
    const { step, written } = clock(-45_000, -120);
    expect(await step("set")).to.deep.equal({
      json: { step: "clock", result: "set", driftSeconds: 0, wasSeconds: -45 },
      text: "clock set, was -45 s",
      verdict: "ok",
    });
    expect(written).to.deep.equal([instantToDateTime(now, -120)]);
  });

  it("only tells where it is to check, where it is too far to be set, and in a dry run", async () => {
    const cases = [
      [31_000, "check", false, "off", "finding"],
      [301_000, "set", false, "off", "finding"],
      [31_000, "set", true, "would-set", "ok"],
    ] as const;
    for (const [drift, mode, dryRun, result, verdict] of cases) {
      const { step, written } = clock(drift);
      const report = await step(mode, dryRun);
      expect([report.json["result"], report.verdict]).to.deep.equal([result, verdict]);
      expect(written).to.deep.equal([]);
    }
  });

  it("tells of a clock that does not keep its time, or shows none", async () => {
    const stubborn = clock(60_000, -60, () => instantToDateTime(now + 60_000, -60));
    expect((await stubborn.step("set")).json).to.deep.include({ result: "off", driftSeconds: 60 });
    const silent = clock(0);
    silent.show(unspecifiedDateTime);
    expect(await silent.step("set")).to.deep.include({ verdict: "finding", text: "clock shows no time" });
    expect(silent.written).to.deep.equal([]);
  });

  it("goes by the zone of a clock whose time does not tell it", async () => {
    const { step, show } = clock(0, -60);
    show({ ...instantToDateTime(now + 20_000, -60), deviation: undefined });
    expect((await step("check")).json).to.deep.include({ result: "within", driftSeconds: 20 });
  });
});
