import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { MeterHost } from "../../src/cli/meter-host.ts";
import { runCli } from "../support/cli.ts";
import { managedMeter, managementEntry, managementKeys } from "./managed-meter.ts";

describe("dlms apply", function () {
  this.timeout(60_000);
  let folder = "";
  let meter: MeterHost;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "dlms-apply-cli-"));
    meter = managedMeter();
    const [tcp] = await meter.start("127.0.0.1", { tcp: 0 });
    writeFileSync(join(folder, "meters.yaml"), `meters:\n${managementEntry("house", tcp?.port ?? 0)}${managementEntry("nobody", 1)}`);
  });
  after(async () => {
    await meter.stop();
    rmSync(folder, { recursive: true });
  });

  const at = (name: string): string => join(folder, name);
  function apply(steps: string, args: readonly string[] = [], target = "meter:house") {
    writeFileSync(at("set.yaml"), `steps:\n${steps}`);
    // Counters of its own: the meters of other tests count under the same keys, and the faster they answer the higher.
    return runCli(["apply", target, at("set.yaml"), "--book", at("meters.yaml"), "--json", ...args], {
      ...managementKeys,
      XDG_STATE_HOME: folder,
    });
  }
  const resultsOf = (stdout: string) => JSON.parse(stdout).steps.map(({ result }: { readonly result: string }) => result);

  const thresholds = "  - { set: 1-0:12.31.0, value: 2000 }\n  - { set: 1-0:12.35.0, value: 2600 }\n";

  it("shows the difference in a dry run, writes it, and then finds nothing to write", async () => {
    const log = ["--log", at("changes.ndjson")];
    const dry = await apply(thresholds, ["--dry-run", ...log]);
    expect([dry.code, resultsOf(dry.stdout)]).to.deep.equal([0, ["would-change", "would-change"]]);
    expect(existsSync(at("changes.ndjson"))).to.equal(false);
    const first = await apply(thresholds, log);
    expect([first.code, resultsOf(first.stdout)]).to.deep.equal([0, ["changed", "changed"]]);
    const { steps, ...head } = JSON.parse(first.stdout);
    expect(head).to.deep.equal({ target: "meter:house", file: at("set.yaml"), dryRun: false });
    expect(steps[0]).to.deep.equal({
      logicalName: "1.0.12.31.0.255",
      obis: "1-0:12.31.0*255",
      classId: 3,
      name: "Threshold voltage sag",
      attribute: 2,
      old: 184,
      new: 200,
      unit: "V",
      result: "changed",
    });
    const again = await apply(thresholds, log);
    expect([again.code, resultsOf(again.stdout)]).to.deep.equal([0, ["unchanged", "unchanged"]]);
    const lines = readFileSync(at("changes.ndjson"), "utf8").trim().split("\n");
    expect(lines.map((line) => JSON.parse(line).meter)).to.deep.equal(["house", "house"]);
  });

  it("ends with 1 where the meter refuses, with 2 for a file that is wrong, with 3 where nobody answers", async () => {
    const refused = await apply("  - { set: 1-0:1.8.0, value: 1 }\n", ["--keep-going"]);
    expect([refused.code, resultsOf(refused.stdout)]).to.deep.equal([1, ["refused"]]);
    const wrong = await apply("  - { set: 1-0:12.31.0 }\n");
    expect(wrong.code).to.equal(2);
    expect(JSON.parse(wrong.stdout).error).to.include({ code: "config", message: "steps[0]: expected either value or secret beside set" });
    const nobody = await apply(thresholds, [], "meter:nobody");
    expect(nobody.code).to.equal(3);
  });

  it("does not let the query of a target into what it writes", async () => {
    const place = readFileSync(at("meters.yaml"), "utf8").match(/tcp:\/\/127\.0\.0\.1:\d+/)?.[0];
    const { METER_EK, METER_AK } = managementKeys;
    const target = `${place}?client=1&auth=gmac&ek=hex:${METER_EK}&ak=hex:${METER_AK}`;
    const { code, stdout } = await apply("  - { set: 1-0:12.31.0, value: 2010 }\n", ["--log", at("query.ndjson")], target);
    expect(code).to.equal(0);
    for (const written of [stdout, readFileSync(at("query.ndjson"), "utf8")]) {
      expect(written).to.include(place);
      expect(written).not.to.include(METER_EK);
    }
  });
});
