import { expect } from "chai";
import { hour, minute } from "../../src/meter-model/index.ts";
import { sampleStart } from "../support/sample-meter.ts";
import { clockOf, Device, unsigned16, unsigned32 } from "./device.ts";

const energy = "1.0.1.8.0.255";
const demand = "1.0.1.4.0.255";
const maximum = "1.0.1.6.0.255";

describe("class 3 register", () => {
  it("has no method that could reset a legal register", () => {
    const device = new Device(hour);
    expect(device.invoke(`${energy}:1`)).to.equal("object-unavailable");
    expect(device.number(`${energy}:2`)).to.equal(1000);
  });

  it("has the same scaler and unit before and after hours, in live and history", () => {
    const device = new Device();
    const before = device.read(`${energy}:3`);
    expect(before).to.equal("02020F00161E");
    device.until(30 * hour);
    expect(device.read(`${energy}:3`)).to.equal(before);
  });
});

describe("class 4 extended register", () => {
  it("has the end of the demand period that made the maximum as its time, and keeps the first of two that are equal", () => {
    const device = new Device(hour);
    expect(device.number(`${maximum}:2`)).to.equal(1000);
    expect(clockOf(device.value(`${maximum}:5`))).to.equal("00:15:00");
  });

  it("goes to its default by reset", () => {
    const device = new Device(hour);
    expect(device.invoke(`${maximum}:1`)).to.equal("success");
    expect(device.number(`${maximum}:2`)).to.equal(0);
  });
});

describe("class 5 demand register", () => {
  it("has an average that grows during the period, over the whole of it", () => {
    const device = new Device(5 * minute);
    expect(device.number(`${demand}:2`)).to.equal(333);
    device.until(10 * minute);
    expect(device.number(`${demand}:2`)).to.equal(667);
  });

  it("shifts at the end of the period: last from current, its time the boundary, the next from there", () => {
    const device = new Device(16 * minute);
    expect(device.number(`${demand}:3`)).to.equal(1000);
    expect(clockOf(device.value(`${demand}:6`))).to.equal("00:15:00");
    expect(clockOf(device.value(`${demand}:7`))).to.equal("00:15:00");
    expect(device.number(`${demand}:2`)).to.equal(67);
  });

  it("has periods that are aligned to the clock, from midnight", () => {
    const device = new Device(7 * minute);
    device.meter.setClock(sampleStart + 50 * minute);
    device.until(18 * minute);
    expect(clockOf(device.value(`${demand}:6`))).to.equal("01:00:00");
  });

  it("forgets both averages by reset, and begins a period now", () => {
    const device = new Device(20 * minute);
    expect(device.invoke(`${demand}:1`)).to.equal("success");
    expect([device.number(`${demand}:2`), device.number(`${demand}:3`)]).to.deep.equal([0, 0]);
    expect(clockOf(device.value(`${demand}:7`))).to.equal("00:20:00");
  });

  it("closes the running period early by next_period", () => {
    const device = new Device(20 * minute);
    expect(device.invoke(`${demand}:2`)).to.equal("success");
    expect(clockOf(device.value(`${demand}:6`))).to.equal("00:20:00");
    expect(clockOf(device.value(`${demand}:7`))).to.equal("00:20:00");
  });

  it("resets its averages when period or number of periods are written", () => {
    for (const [attribute, value] of [
      [8, unsigned32(1800)],
      [9, unsigned16(2)],
    ] as const) {
      const device = new Device(20 * minute);
      expect(device.write(`${demand}:${attribute}`, value)).to.equal("success");
      expect(device.number(`${demand}:3`), `attribute ${attribute}`).to.equal(0);
    }
  });

  it("slides over several periods", () => {
    const device = new Device();
    device.write(`${demand}:9`, unsigned16(2));
    device.until(31 * minute);
    expect(device.number(`${demand}:3`)).to.equal(1000);
    expect(clockOf(device.value(`${demand}:7`))).to.equal("00:15:00");
  });

  it("refuses periods that do not fit the day, and numbers that there are not", () => {
    const device = new Device();
    for (const wrong of [0, 7, 59, 100_000]) expect(device.write(`${demand}:8`, unsigned32(wrong)), `${wrong} s`).to.equal("other-reason");
    for (const wrong of [0, 16]) expect(device.write(`${demand}:9`, unsigned16(wrong)), `${wrong} periods`).to.equal("other-reason");
  });
});
