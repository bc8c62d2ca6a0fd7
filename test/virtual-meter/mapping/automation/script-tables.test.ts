import { expect } from "chai";
import { fromHex } from "../../../../src/bytes/hex.ts";
import { Data } from "../../../../src/cosem-objects/classes/data.ts";
import { type ScriptAction, ScriptTable } from "../../../../src/cosem-objects/classes/script-table.ts";
import { bind, type CosemObject, refuse } from "../../../../src/cosem-objects/object.ts";
import { decodeData } from "../../../../src/dlms/axdr/data.ts";
import type { DlmsData } from "../../../../src/dlms/axdr/dlms-data.ts";
import { day } from "../../../../src/meter-model/index.ts";
import { DeviceObjects } from "../../../../src/virtual-meter/device-objects.ts";
import { ScriptExecutor } from "../../../../src/virtual-meter/mapping/automation/script-executor.ts";
import { meterObjects } from "../../../../src/virtual-meter/virtual-meter.ts";
import { identity, sampleMeter, sampleStart } from "../../../support/sample-meter.ts";
import { BareObjects, itFollowsTheObjectList } from "../bare-objects.ts";
import { longUnsigned } from "./coded.ts";

function objects() {
  const meter = sampleMeter(40 * day);
  const bare = new BareObjects(meterObjects(meter, identity));
  return { meter, bare, execute: (table: string, script: number) => bare.invoke(`${table}:1`, longUnsigned(script)) };
}

describe("Script tables", () => {
  itFollowsTheObjectList(() => objects().bare);

  it("do nothing by script 0, and know no other than their own", () => {
    const { execute } = objects();
    for (const table of ["0.0.10.0.0.255", "0.0.10.0.103.255", "0.0.10.0.104.255", "0.0.10.0.108.255", "0.0.10.0.109.255"]) {
      expect(execute(table, 0), table).to.equal("success");
      expect(execute(table, 9), table).to.equal("other-reason");
    }
  });

  it("tell what their scripts do, by class, name and number", () => {
    const { bare } = objects();
    const image = decodeData(fromHex(bare.read("0.0.10.0.107.255:2")));
    expect(image).to.deep.equal({
      type: "array",
      value: [
        {
          type: "structure",
          value: [
            { type: "long-unsigned", value: 1 },
            {
              type: "array",
              value: [
                {
                  type: "structure",
                  value: [
                    { type: "enum", value: 2 },
                    { type: "long-unsigned", value: 18 },
                    { type: "octet-string", value: Uint8Array.of(0, 0, 44, 0, 0, 255) },
                    { type: "integer", value: 4 },
                    { type: "integer", value: 0 },
                  ],
                },
              ],
            },
          ],
        },
      ],
    });
  });

  it("reset what was read, and neither energies nor bills nor what happened", () => {
    const { meter, execute } = objects();
    const { events } = meter;
    const logged = events.count("standard");
    const energy = meter.energy("activeImport");
    expect(meter.demand("activeImport").maximum).to.be.greaterThan(0);
    expect(execute("0.0.10.0.0.255", 1)).to.equal("success");
    expect((["load", "hourly", "daily", "monthly"] as const).map((name) => meter.profile(name).rows.length)).to.deep.equal([0, 0, 0, 1]);
    expect(meter.demand("activeImport").maximum).to.equal(0);
    expect(meter.energy("activeImport")).to.equal(energy);
    expect(events.count("standard")).to.be.at.least(logged);
  });

  it("switch signals and choose what the test output shows, which outlasts a restart", () => {
    const { meter, execute } = objects();
    expect(meter.automation.outputs).to.deep.equal({ signals: 0, test: 1 });
    execute("0.0.10.0.103.255", 1);
    execute("0.0.10.0.103.255", 3);
    expect(meter.automation.outputs.signals).to.equal(0b11);
    execute("0.0.10.0.103.255", 2);
    execute("0.0.10.0.104.255", 5);
    expect(meter.state.automation.outputs).to.deep.equal({ signals: 0b10, test: 5 });
  });

  it("stop the load profile, start it again, and capture a row", () => {
    const { meter, execute } = objects();
    meter.advance(sampleStart + 40 * day + 60_000);
    const rows = meter.profile("load").rows.length;
    expect(execute("0.0.10.0.109.255", 3)).to.equal("success");
    expect(meter.profile("load").rows.length).to.equal(rows + 1);
    expect(execute("0.0.10.0.109.255", 3)).to.equal("other-reason");
    expect(execute("0.0.10.0.109.255", 2)).to.equal("success");
    expect(meter.profile("load").period).to.equal(0);
    expect(execute("0.0.10.0.109.255", 1)).to.equal("success");
    expect(meter.profile("load").period).to.equal(900);
  });

  it("answer that what is not there cannot be done", () => {
    const { execute } = objects();
    expect(execute("0.0.10.0.108.255", 8)).to.equal("object-undefined");
    expect(execute("0.0.10.1.100.255", 5)).to.equal("other-reason");
  });

  it("change how energy is paid for", () => {
    const { execute, meter } = objects();
    expect(execute("0.0.10.1.100.255", 1)).to.equal("success");
    expect(meter.credit.mode).to.equal("prepaid");
    expect(execute("0.0.10.1.100.255", 2)).to.equal("success");
    expect(meter.credit.mode).to.equal("postpaid");
    meter.credit.charges.configure("tax", { passive: { commodityScale: 0, priceScale: 0, prices: [{ index: [], price: 1 }] } });
    expect(execute("0.0.10.1.100.255", 4)).to.equal("success");
    expect(meter.credit.charges.get("tax").active.prices).to.have.length(1);
    expect(execute("0.0.10.1.100.255", 3)).to.equal("success");
  });
});

describe("The script executor", () => {
  const data = (value: { current: DlmsData }, write?: () => Promise<undefined>): CosemObject =>
    bind(Data, {
      logicalName: "0.0.96.1.9.255",
      attributes: {
        value: {
          get: () => value.current,
          set: (written) => {
            if (write !== undefined) return write();
            if (written.type === "null-data") return refuse("type-unmatched");
            value.current = written;
            return undefined;
          },
        },
      },
    });
  const write = (value: DlmsData, changes: Partial<ScriptAction> = {}): ScriptAction => ({
    serviceId: "write",
    classId: 1,
    logicalName: "0.0.96.1.9.255",
    index: 2,
    parameter: value,
    ...changes,
  });
  const number = (value: number): DlmsData => ({ type: "unsigned", value });

  function device(...more: readonly CosemObject[]) {
    const value: { current: DlmsData } = { current: number(0) };
    const found = new DeviceObjects();
    found.add(more.length === 0 ? [data(value)] : more);
    return { value, found, executor: new ScriptExecutor(found) };
  }

  it("carries out actions in their order, up to the first that fails", () => {
    const { executor, value } = device();
    expect(executor.execute([write(number(1)), write(number(2))])).to.equal("success");
    expect(value.current).to.deep.equal(number(2));
    expect(executor.execute([write(number(3)), write({ type: "null-data", value: null }), write(number(4))])).to.equal("type-unmatched");
    expect(value.current).to.deep.equal(number(3));
  });

  it("refuses objects, classes, attributes and services that there are not", () => {
    const { executor } = device();
    expect(executor.execute([write(number(1), { logicalName: "0.0.96.1.8.255" })])).to.equal("object-undefined");
    expect(executor.execute([write(number(1), { classId: 3 })])).to.equal("object-undefined");
    expect(executor.execute([write(number(1), { index: 9 })])).to.equal("object-undefined");
    expect(executor.execute([write(number(1), { serviceId: "execute", index: 1 })])).to.equal("object-undefined");
    expect(executor.execute([write(number(1), { serviceId: 7 })])).to.equal("type-unmatched");
  });

  it("does not take what goes on for done, nor stumbles over its failure", () => {
    const value: { current: DlmsData } = { current: number(0) };
    const { executor } = device(data(value, () => Promise.reject(new RangeError("later"))));
    expect(executor.execute([write(number(1))])).to.equal("other-reason");
  });

  it("ends with scripts that call themselves", () => {
    let runs = 0;
    const found = new DeviceObjects();
    const executor = new ScriptExecutor(found);
    found.add([
      bind(ScriptTable, {
        logicalName: "0.0.10.0.108.255",
        attributes: { scripts: [] },
        methods: {
          execute: (selector) => {
            runs += 1;
            const result = executor.run({ table: "push", script: selector });
            return result === "success" ? undefined : refuse(result);
          },
        },
      }),
    ]);
    expect(executor.run({ table: "push", script: 1 })).to.equal("other-reason");
    expect(runs).to.equal(4);
  });
});
