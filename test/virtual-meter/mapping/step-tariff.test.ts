import { expect } from "chai";
import { hour } from "../../../src/meter-model/index.ts";
import { meterObjects } from "../../../src/virtual-meter/virtual-meter.ts";
import { identity, sampleMeter, sampleStart } from "../../support/sample-meter.ts";
import { BareObjects } from "./bare-objects.ts";

const stepOf = (limit: string, price: string) => `0204 06${limit} 06${price} 0500000000 120000`;
const tariff = `0204 120007 1600 1102 0102 ${stepOf("00000003", "0000000A")} ${stepOf("FFFFFFFF", "00000014")}`.replaceAll(" ", "");

describe("Objects of the step tariff", () => {
  it("take a passive tariff, activate it at its time, and show the step", () => {
    const meter = sampleMeter(hour);
    const bare = new BareObjects(meterObjects(meter, identity));
    expect(bare.write("0.0.96.61.9.255:2", tariff)).to.equal("success");
    expect(bare.read("0.0.96.61.9.255:2")).to.equal(tariff);
    expect(bare.write("0.0.96.61.10.255:2", "090C07EA0105FF020000FF8000FF")).to.equal("success");
    expect(bare.read("0.0.96.61.8.255:2")).to.not.equal(tariff);
    meter.advance(sampleStart + 2 * hour);
    expect(bare.read("0.0.96.61.8.255:2")).to.equal(tariff);
    expect([bare.read("0.0.96.61.12.255:2"), bare.read("0.0.96.61.13.255:2")]).to.deep.equal(["1101", "06000007D0"]);
    meter.advance(sampleStart + 4 * hour);
    expect([bare.read("0.0.96.61.12.255:2"), bare.read("0.0.96.61.13.255:2")]).to.deep.equal(["1102", "0600000FA0"]);
    expect(bare.write("0.0.96.61.11.255:2", "1602")).to.equal("success");
    expect(meter.steps.active.base).to.equal("yearly");
  });

  it("refuse what is no tariff, and keep the one they have", () => {
    const bare = new BareObjects(meterObjects(sampleMeter(hour), identity));
    bare.write("0.0.96.61.9.255:2", tariff);
    for (const [wrong, result] of [
      ["1101", "type-unmatched"],
      [tariff.replace("11020102", "11030102"), "type-unmatched"],
      [tariff.replace("06FFFFFFFF", "0600000004"), "other-reason"],
      [tariff.replace("0600000003", "06FFFFFFFF"), "other-reason"],
    ] as const) {
      expect(bare.write("0.0.96.61.9.255:2", wrong), wrong).to.equal(result);
    }
    expect(bare.read("0.0.96.61.9.255:2")).to.equal(tariff);
    expect(bare.write("0.0.96.61.11.255:2", "1603")).to.equal("other-reason");
    expect(bare.write("0.0.96.61.10.255:2", "0901FF")).to.equal("type-unmatched");
  });
});
