import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { MeterHost } from "../../../src/cli/meter-host.ts";
import { parseYaml } from "../../../src/config/load.ts";
import { virtualMeterSchema } from "../../../src/config/virtual-meter.ts";
import { day, hour, type Meter, minute } from "../../../src/meter-model/index.ts";
import { entries, start } from "./support.ts";

const scenario = `
name: three-days
events:
  - { at: 12h, for: 1h, outage: true }
  - { at: 1d, clockError: 10m }
  - { at: 2d12h, for: 10m, tamper: meterCover }
`;

describe("a meter that is served with a scenario", function () {
  this.timeout(20_000);
  let root = "";

  before(() => {
    root = mkdtempSync(join(tmpdir(), "dlms-scenario-"));
    writeFileSync(join(root, "three-days.yaml"), scenario);
    writeFileSync(join(root, "wrong.yaml"), scenario.replace("meterCover", "cover"));
  });
  after(() => rmSync(root, { recursive: true, force: true }));

  function host(lines: string): MeterHost {
    const yaml = `serialNumber: "1"\ntimezone: Europe/Paris\nassociations: []\nhistory: P2D\n${lines}`;
    const onFailure = (error: unknown) => {
      throw error;
    };
    return new MeterHost({ config: parseYaml(yaml, virtualMeterSchema, "meter.yaml"), directory: root, onFailure });
  }

  /** The meter after it was served for a moment from a local time on. */
  async function served(from: string): Promise<Meter> {
    const one = host(`scenario: three-days.yaml\nstate: ${JSON.stringify(join(root, "state"))}\nstart: ${from}`);
    try {
      await one.start("127.0.0.1", {});
    } finally {
      await one.stop();
    }
    return one.meter;
  }

  it("has the scenario in its simulated past, and each act once, whatever is started again in between", async () => {
    // Two days of history before: the scenario starts on the first of June.
    const first = await served("2026-06-03T00:00");
    expect(first.supply).to.include({ failures: 1, lastFailureDuration: hour });
    expect(first.events.count("programming")).to.equal(1);
    expect(first.clockTime - first.now).to.equal(10 * minute);

    const second = await served("2026-06-03T00:00");
    expect(second.supply.failures).to.equal(1);
    expect(second.events.count("programming")).to.equal(1);
    expect(second.now).to.be.within(first.now, start + 2 * day + minute);

    // Not run for a day, in which the cover is opened; it counts from the start that it knows, not from this one.
    const third = await served("2026-06-04T00:00");
    expect(third.supply.failures).to.equal(2);
    expect(third.events.count("programming")).to.equal(1);
    // The clock is ten minutes ahead.
    expect(entries(third, "fraud")).to.deep.equal(["2d 12:10:01 44", "2d 12:20:01 45"]);
  });

  it("does not begin with a scenario that is wrong, or not there", () => {
    expect(() => host("scenario: wrong.yaml"))
      .to.throw('events[2].tamper: expected one of meterCover, terminalCover, magneticField, or a list of them, got "cover"')
      .with.property("hint", `see line 6 of ${join(root, "wrong.yaml")}`);
    expect(() => host("scenario: absent.yaml")).to.throw(`there is no file ${join(root, "absent.yaml")}`);
  });
});
