import { expect } from "chai";
import { hour, minute } from "../../../src/meter-model/index.ts";
import { newMeter } from "../support.ts";

const newYear = Date.UTC(2026, 0, 1);

describe("Intrusions", () => {
  it("are counted, and logged when there are several in a while, once while they last", () => {
    const meter = newMeter(newYear);
    const entries = () => [meter.events.count("fraud"), meter.events.count("security")];
    meter.intrusions.note("replay");
    meter.intrusions.note("replay");
    expect(entries(), "a client that has lost its place").to.deep.equal([0, 0]);
    for (let count = 0; count < 1000; count++) meter.intrusions.note("replay");
    expect(entries()).to.deep.equal([1, 1]);
    expect([meter.events.lastCode("fraud"), meter.events.lastCode("security")]).to.deep.equal([50, 50]);
    meter.advance(newYear + 15 * minute);
    for (let count = 0; count < 3; count++) meter.intrusions.note("replay");
    expect(entries()).to.deep.equal([2, 2]);
    for (let count = 0; count < 3; count++) meter.intrusions.note("decryption");
    expect(meter.events.lastCode("fraud")).to.equal(49);
    expect([meter.intrusions.count("replay"), meter.intrusions.count("decryption")]).to.deep.equal([1005, 3]);
  });

  it("are none where a client fails now and then", () => {
    const meter = newMeter(newYear);
    for (let hours = 1; hours < 20; hours++) {
      meter.advance(newYear + hours * hour);
      meter.intrusions.note("decryption");
    }
    expect(meter.events.count("fraud")).to.equal(0);
  });
});
