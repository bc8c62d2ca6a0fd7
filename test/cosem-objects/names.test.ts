import { expect } from "chai";
import fc from "fast-check";
import type { LogicalName } from "../../src/cosem-objects/logical-name.ts";
import { logicalNameByName, nameKey, nameOf, profileNames } from "../../src/cosem-objects/names.ts";
import { standardNames } from "../../src/cosem-objects/standard-names.ts";
import { logicalName } from "../support/arbitraries.ts";

const table = Object.entries(standardNames) as [LogicalName, string][];

describe("Names of objects", () => {
  it("come from the table", () => {
    expect(nameOf("0.0.96.1.0.255")).to.equal("Device ID 1 (manufacturing serial number)");
    for (const [name, text] of table) expect(nameOf(name)).to.equal(text);
  });

  it("tell the rate of tariff registers", () => {
    const total = nameOf("1.0.1.8.0.255");
    expect(nameOf("1.0.1.8.2.255")).to.equal(`${total} rate 2`);
    expect(nameOf("1.0.1.8.63.255")).to.equal(`${total} rate 63`);
    expect(nameOf("1.0.1.8.64.255")).not.to.contain("rate 64");
  });

  it("tell the billing period of historical values", () => {
    const now = nameOf("1.0.1.8.0.255");
    expect(nameOf("1.0.1.8.0.101")).to.equal(`${now}, 1. last billing`);
    expect(nameOf("1.0.1.8.0.126")).to.equal(`${now}, 26. last billing`);
    expect(nameOf("1.0.1.8.0.3")).to.equal(`${now}, billing 3`);
  });

  it("are composed of the value groups where the table has none", () => {
    expect(nameOf("1.0.51.4.0.255")).to.equal("Current average current L2");
    expect(nameOf("1.1.13.24.0.255")).to.equal("Average power factor");
  });

  it("are left out where the standard says nothing", () => {
    for (const name of ["9.9.9.9.9.255", "0.5.200.1.2.255", "1.0.200.8.0.255", "1.0.1.200.0.255", "9.9.9.9.9.9"] as const) {
      expect(nameOf(name), name).to.equal(undefined);
    }
  });

  it("are there or not for any logical name, and never throw", () => {
    fc.assert(
      fc.property(logicalName, (name) => {
        const text = nameOf(name);
        if (text !== undefined) expect(text).to.match(/^\S.*\S$/);
      }),
    );
  });

  it("turn into keys of lower-case words", () => {
    expect(nameKey("Device ID 1 (manufacturing serial number)")).to.equal("device_id_1");
    expect(nameKey("  Voltage – L1, (x) y ")).to.equal("voltage_l1_y");
  });
});

describe("Objects by name", () => {
  it("are found however the name is written", () => {
    for (const text of ["Device ID 1", "device_id_1", "DEVICE-ID 1", "device id 1 (manufacturing serial number)"]) {
      expect(logicalNameByName(text), text).to.equal("0.0.96.1.0.255");
    }
  });

  it("are found by every name of the table, the first where names repeat", () => {
    const first = new Map<string, LogicalName>(Object.entries(profileNames));
    for (const [name, text] of table) if (!first.has(nameKey(text))) first.set(nameKey(text), name);
    for (const [, text] of table) expect(logicalNameByName(text), text).to.equal(first.get(nameKey(text)));
  });

  it("are found by the short names of profiles", () => {
    expect(logicalNameByName("load")).to.equal("1.0.99.1.0.255");
    expect(logicalNameByName("Monthly")).to.equal("0.0.98.1.0.255");
  });

  it("are found with their rate", () => {
    const total = nameOf("1.0.1.8.0.255") as string;
    expect(logicalNameByName(`${total} rate 2`)).to.equal("1.0.1.8.2.255");
    expect(logicalNameByName(`${total} rate 63`)).to.equal("1.0.1.8.63.255");
  });

  it("do not exist for rates that nothing is called by", () => {
    const total = nameOf("1.0.1.8.0.255") as string;
    for (const text of [`${total} rate 0`, `${total} rate 64`, `${total} rate 99`, "device id 1 rate 2", "load rate 1"]) {
      expect(logicalNameByName(text), text).to.equal(undefined);
    }
  });

  it("do not exist for names nobody gave", () => {
    for (const text of ["", "no such thing", "rate 1", "_rate_1", "1.0.1.8.0.255", "__proto__", "constructor"]) {
      expect(logicalNameByName(text), text).to.equal(undefined);
    }
  });

  it("are called what they were found by", () => {
    fc.assert(
      fc.property(fc.constantFrom(...table), fc.integer({ min: 1, max: 63 }), ([, text], rate) => {
        for (const name of [text, `${text} rate ${rate}`]) {
          const found = logicalNameByName(name);
          if (found === undefined || Object.values<string>(profileNames).includes(found)) continue;
          expect(nameKey(nameOf(found) ?? "")).to.equal(nameKey(name));
        }
      }),
    );
  });
});
