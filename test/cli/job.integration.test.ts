import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { MeterHost } from "../../src/cli/meter-host.ts";
import { runCli } from "../support/cli.ts";
import { managedMeter, managementEntry, managementKeys } from "./managed-meter.ts";

const steps = `steps:
  - { read: ["1-0:12.31.0"], out: "readings/{meter}.json" }
  - { clock: check, limit: 1h }
  - { profile: load, last: 3, out: "profiles/{meter}.csv" }
  - { apply: set.yaml }
`;

describe("dlms job", function () {
  this.timeout(60_000);
  let folder = "";
  let state = "";
  let meter: MeterHost;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "dlms-job-cli-"));
    state = mkdtempSync(join(tmpdir(), "dlms-job-state-"));
    meter = managedMeter();
    const [tcp] = await meter.start("127.0.0.1", { tcp: 0 });
    const entries = ["feeder7-1", "feeder7-2"].map((id) => managementEntry(id, tcp?.port ?? 0));
    // Without its keys a meter is refused before anything is connected.
    const without = `  - { id: feeder8-2, target: "tcp://127.0.0.1:${tcp?.port}?client=1&auth=gmac", ek: env:NOT_SET, ak: env:NOT_SET }\n`;
    writeFileSync(join(folder, "meters.yaml"), `meters:\n${entries.join("")}${managementEntry("feeder8-1", 1)}${without}`);
    writeFileSync(join(folder, "set.yaml"), "steps: [{ set: 1-0:12.31.0, value: 2000 }]\n");
  });
  after(async () => {
    await meter.stop();
    rmSync(folder, { recursive: true });
    rmSync(state, { recursive: true });
  });

  const at = (name: string): string => join(folder, name);
  function job(meters: string, args: readonly string[] = []) {
    writeFileSync(at("job.yaml"), `meters: ${meters}\nretries: 1\npause: 1ms\nlog: changes.ndjson\n${steps}`);
    // Counters of its own: the meters of other tests count under the same keys, and the faster they answer the higher.
    return runCli(["job", at("job.yaml"), "--book", at("meters.yaml"), ...args], { ...managementKeys, XDG_STATE_HOME: state });
  }

  it("only reads in a dry run, and then does the work at every meter, one after the other on one line", async () => {
    const before = readdirSync(folder);
    const dry = await job('["feeder7-*"]', ["--dry-run", "--json"]);
    expect(dry.code).to.equal(0);
    expect(readdirSync(folder).filter((name) => name !== "job.yaml")).to.deep.equal(before.filter((name) => name !== "job.yaml"));
    expect(JSON.parse(dry.stdout).meters.map((one: { steps: { steps?: { old: number; result: string }[] }[] }) => one.steps[3]?.steps?.[0]))
      .to.have.length(2)
      .and.satisfy((changes: readonly { old: number; result: string }[]) =>
        changes.every(({ old, result }) => old === 184 && result === "would-change"),
      );

    const { code, stdout, stderr } = await job('["feeder7-*"]');
    expect(code, stderr).to.equal(0);
    const lines = stdout.trim().split("\n");
    expect(lines[0]).to.match(/^Meter +Result +Tries +Read 1-0:12\.31\.0 +Clock +Profile load +Apply set\.yaml +Failure$/);
    // Both names stand for one meter, and the second finds what the first has done.
    expect(lines[1]).to.match(/^feeder7-1 +done +1 +184 V +clock -?\d s +load 3 rows +1 changed$/);
    expect(lines[2]).to.match(/^feeder7-2 +done +1 +200 V +clock -?\d s +load 3 rows +1 unchanged$/);
    expect(lines[3]).to.equal("2 done, 0 need attention, 0 failed");
    expect(readFileSync(at("profiles/feeder7-2.csv"), "utf8").trim().split("\n")).to.have.length(4);
    expect(JSON.parse(readFileSync(at("readings/feeder7-1.json"), "utf8"))[0]).to.include({ value: 184, unit: "V" });
    expect(readFileSync(at("changes.ndjson"), "utf8").trim().split("\n")).to.have.length(1);
  });

  it("goes on at the others where one fails, and ends with the worst", async () => {
    const { code, stdout, stderr } = await job('["feeder8-*", feeder7-1]', ["--json", "--parallel", "1"]);
    expect(code).to.equal(3);
    const { meters } = JSON.parse(stdout);
    expect(
      meters.map(({ meter: id, result, attempts, exitCode }: Record<string, unknown>) => [id, result, attempts, exitCode]),
    ).to.deep.equal([
      ["feeder8-1", "failed", 2, 3],
      ["feeder8-2", "failed", 1, 2],
      ["feeder7-1", "done", 1, 0],
    ]);
    expect(meters[0].error).to.include({ code: "refused", layer: "transport" });
    expect(stderr).to.include("feeder8-1: error: tcp 127.0.0.1:1 refused the connection");
  });

  it("refuses a job with a meter that is in no book before anything is done", async () => {
    rmSync(at("profiles"), { recursive: true, force: true });
    const { code, stderr } = await job("[feeder7-1, feeder9]");
    expect(code).to.equal(2);
    expect(stderr).to.match(/^error: meters\[1\]: the address book has no meter "feeder9"/);
    expect(existsSync(at("profiles"))).to.equal(false);
  });
});
