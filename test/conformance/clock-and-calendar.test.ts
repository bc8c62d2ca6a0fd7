import { expect } from "chai";
import { day, hour, minute, second } from "../../src/meter-model/index.ts";
import { sampleStart } from "../support/sample-meter.ts";
import { array, clockOf, Device, enumerated, name, octets, structure, time, unsigned8, unsigned16 } from "./device.ts";

const clock = "0.0.1.0.0.255";
const calendar = "0.0.13.0.0.255";
const rate = "0.0.96.14.0.255:2";

const paris = { zone: { standardOffsetMinutes: 60, dst: { ...new Device().meter.zone.dst, enabled: true } } };

describe("class 8 clock", () => {
  it("has a deviation that leads from local time to UTC, and a time zone of the same sign", () => {
    const device = new Device(0, undefined, paris);
    expect(device.read(`${clock}:2`).slice(-6)).to.equal("FFC400");
    expect(device.value(`${clock}:3`)).to.deep.equal({ type: "long", value: -60 });
  });

  it("takes a time without deviation for local time, and one with it for what it says", () => {
    const device = new Device(0, undefined, paris);
    expect(device.write(`${clock}:2`, "090C07EA0105FF0A000000800000")).to.equal("success");
    expect(clockOf(device.value(`${clock}:2`))).to.equal("10:00:00");
    expect(device.write(`${clock}:2`, "090C07EA0105FF0A000000000000")).to.equal("success");
    expect(clockOf(device.value(`${clock}:2`))).to.equal("11:00:00");
  });

  it("refuses times that are none", () => {
    const device = new Device();
    for (const wrong of ["07EA0D05FF0A000000800000", "07EA0105FF19000000800000", "07EA021EFF0A000000800000"]) {
      expect(device.write(`${clock}:2`, `090C${wrong}`), wrong).to.equal("other-reason");
    }
  });

  it("adjusts to the nearest quarter, minute and measuring period", () => {
    for (const [method, from, to] of [
      [1, 7 * minute + 29 * second, "00:00:00"],
      [1, 7 * minute + 31 * second, "00:15:00"],
      [2, 8 * minute, "00:15:00"],
      [3, 8 * minute + 31 * second, "00:09:00"],
    ] as const) {
      const device = new Device(from);
      expect(device.invoke(`${clock}:${method}`)).to.equal("success");
      expect(clockOf(device.value(`${clock}:2`)), `method ${method}`).to.equal(to);
    }
  });

  it("shifts by at most 900 seconds either way", () => {
    const device = new Device(hour);
    for (const [seconds, result] of [
      [900, "success"],
      [-900, "success"],
      [901, "other-reason"],
      [-901, "other-reason"],
    ] as const) {
      expect(device.invoke(`${clock}:6`, { type: "long", value: seconds }), `${seconds}`).to.equal(result);
    }
    expect(clockOf(device.value(`${clock}:2`))).to.equal("01:00:00");
  });

  it("switches its deviation and a bit of its status with daylight saving, while universal time does not jump", () => {
    const switching = Date.UTC(2026, 2, 29, 1);
    const device = new Device(switching - sampleStart - second, undefined, paris);
    expect([clockOf(device.value(`${clock}:2`)), device.number(`${clock}:4`)]).to.deep.equal(["01:59:59", 0]);
    const unix = device.number("0.0.1.1.0.255:2");
    device.until(switching - sampleStart);
    expect([clockOf(device.value(`${clock}:2`)), device.number(`${clock}:4`)]).to.deep.equal(["03:00:00", 0x80]);
    expect(device.read(`${clock}:2`).slice(-6)).to.equal("FF8880");
    expect(device.number("0.0.1.1.0.255:2")).to.equal(unix + 1);
  });

  it("is invalid in its status once the battery has lost it, until it is set", () => {
    const device = new Device(0, undefined, { batteryReserve: hour });
    device.meter.powerUp(sampleStart + 2 * hour);
    expect(device.number(`${clock}:4`) & 1).to.equal(1);
    device.write(`${clock}:2`, time(sampleStart + day));
    expect(device.number(`${clock}:4`) & 1).to.equal(0);
  });

  it("logs its old and its new time", () => {
    const device = new Device(hour);
    device.write(`${clock}:2`, time(sampleStart + 2 * hour));
    const codes = device.elements("0.0.99.98.0.255:2").map((row) => Number((row.value as readonly { value: unknown }[])[1]?.value));
    expect(codes).to.include.members([4, 5]);
  });
});

describe("class 11 special days table", () => {
  const entry = (index: number, date: string, dayId: number) => structure(unsigned16(index), octets(date), unsigned8(dayId));

  it("overwrites an entry of the same index, and deletes by index", () => {
    const device = new Device();
    const table = "0.0.11.0.0.255";
    expect(device.invoke(`${table}:1`, entry(1, "FFFF0101FF", 0))).to.equal("success");
    expect(device.invoke(`${table}:1`, entry(1, "FFFF0102FF", 0))).to.equal("success");
    expect(device.elements(`${table}:2`).length).to.equal(1);
    expect(device.invoke(`${table}:2`, unsigned16(1))).to.equal("success");
    expect(device.read(`${table}:2`)).to.equal("0100");
    expect(device.invoke(`${table}:2`, unsigned16(1)), "gone").to.equal("other-reason");
  });
});

describe("class 20 activity calendar", () => {
  const action = (at: string, selector: number) => structure(octets(at), name("0.0.10.0.100.255"), unsigned16(selector));
  const dayProfile = (id: number, ...actions: readonly ReturnType<typeof action>[]) => structure(unsigned8(id), array(...actions));
  const week = structure(octets("31"), ...Array.from({ length: 7 }, () => unsigned8(1)));
  const season = structure(octets("31"), octets("FFFF0101FF000000FF800000"), octets("31"));

  function program(device: Device): void {
    expect(device.write(`${calendar}:6`, octets("4E6577"))).to.equal("success");
    expect(device.write(`${calendar}:7`, array(season))).to.equal("success");
    expect(device.write(`${calendar}:8`, array(week))).to.equal("success");
    expect(device.write(`${calendar}:9`, array(dayProfile(1, action("00000000", 2), action("06000000", 3))))).to.equal("success");
  }

  it("copies the passive set by its method, keeps it, and puts the rate of now in force at once", () => {
    const device = new Device(7 * hour);
    program(device);
    expect(device.read(rate)).to.equal("090101");
    expect(device.invoke(`${calendar}:1`)).to.equal("success");
    expect(device.read(rate)).to.equal("090103");
    for (const [active, passive] of [
      [2, 6],
      [3, 7],
      [4, 8],
      [5, 9],
    ]) {
      expect(device.read(`${calendar}:${active}`)).to.equal(device.read(`${calendar}:${passive}`));
    }
  });

  it("activates at the time it is told, and never while that is unspecified", () => {
    const device = new Device(hour);
    program(device);
    expect(device.read(`${calendar}:10`)).to.equal("090CFFFFFFFFFFFFFFFFFF8000FF");
    device.until(3 * hour);
    expect(device.read(rate)).to.equal("090101");
    expect(device.write(`${calendar}:10`, time(sampleStart + 4 * hour))).to.equal("success");
    device.until(4 * hour - 1);
    expect(device.read(rate)).to.equal("090101");
    device.until(4 * hour);
    expect(device.read(rate)).to.equal("090102");
    device.until(6 * hour);
    expect(device.read(rate)).to.equal("090103");
  });

  it("puts the entry of now in force at power-up and when the clock is set", () => {
    const device = new Device(hour);
    program(device);
    device.invoke(`${calendar}:1`);
    expect(device.read(rate)).to.equal("090102");
    device.meter.powerUp(sampleStart + 8 * hour);
    expect(device.read(rate)).to.equal("090103");
    device.write(`${clock}:2`, time(sampleStart + hour));
    expect(device.read(rate)).to.equal("090102");
  });

  it("lets special days win over the week", () => {
    const device = new Device(hour);
    program(device);
    device.write(`${calendar}:9`, array(dayProfile(1, action("00000000", 2)), dayProfile(2, action("00000000", 5))));
    device.invoke(`${calendar}:1`);
    device.invoke("0.0.11.0.0.255:1", structure(unsigned16(1), octets("FFFF0106FF"), unsigned8(2)));
    device.until(day);
    expect(device.read(rate)).to.equal("090105");
    device.until(2 * day);
    expect(device.read(rate)).to.equal("090102");
  });

  it("refuses schedules that do not ascend, rates that there are not, and weeks of days that are not known", () => {
    const device = new Device();
    for (const wrong of [
      array(dayProfile(1, action("06000000", 2), action("00000000", 3))),
      array(dayProfile(1, action("00000000", 9))),
      array(dayProfile(1, action("19000000", 1))),
    ]) {
      expect(device.write(`${calendar}:9`, wrong)).to.equal("other-reason");
    }
    program(device);
    device.write(`${calendar}:8`, array(structure(octets("31"), ...Array.from({ length: 7 }, () => unsigned8(9)))));
    expect(device.invoke(`${calendar}:1`), "incomplete").to.equal("other-reason");
  });

  it("logs that it was programmed, and that it was activated", () => {
    const device = new Device();
    program(device);
    device.invoke(`${calendar}:1`);
    expect(device.number("0.0.96.11.6.255:2")).to.be.oneOf([2, 9, 19]);
    const codes = device.elements("0.0.99.98.0.255:2").map((row) => Number((row.value as readonly { value: unknown }[])[1]?.value));
    expect(codes).to.include.members([9, 19]);
  });
});

describe("class 9 script table", () => {
  it("ignores script 0, and knows no others than its own", () => {
    const device = new Device(hour);
    for (const table of ["0.0.10.0.1.255", "0.0.10.0.100.255", "0.0.10.0.106.255", "0.0.10.0.108.255"]) {
      expect(device.invoke(`${table}:1`, unsigned16(0)), table).to.equal("success");
      expect(device.invoke(`${table}:1`, unsigned16(99)), table).to.be.oneOf(["other-reason", "object-undefined"]);
    }
  });

  it("acts for whoever may call it, whatever rights there are to what it acts on", () => {
    const device = new Device(hour);
    expect(device.invoke("0.0.10.0.100.255:1", unsigned16(4))).to.equal("success");
    expect(device.read(rate)).to.equal("090104");
  });
});

describe("class 6 register activation", () => {
  it("follows the rate in force, and refuses a mask that there is not", () => {
    const device = new Device(hour);
    device.invoke("0.0.10.0.100.255:1", unsigned16(3));
    const before = device.read("0.0.14.0.0.255:4");
    expect(device.write("0.0.14.0.0.255:4", octets("AA"))).to.equal("other-reason");
    expect(device.read("0.0.14.0.0.255:4")).to.equal(before);
  });
});

describe("class 22 single action schedule", () => {
  const at = (hex: string, date: string) => structure(octets(hex), octets(date));

  it("takes as many times, equal or not, with wildcards or without, as its type has it", () => {
    const schedule = "0.0.15.0.1.255";
    const fixed = at("06000000", "07EA0201FF");
    const other = at("07000000", "07EA0201FF");
    const wildcard = at("06000000", "FFFFFF01FF");
    for (const [type, times, result] of [
      [1, [wildcard], "success"],
      [1, [fixed, fixed], "other-reason"],
      [2, [fixed, at("06000000", "07EA0301FF")], "success"],
      [2, [fixed, other], "other-reason"],
      [2, [wildcard], "other-reason"],
      [3, [wildcard, fixed], "success"],
      [4, [fixed, other], "success"],
      [4, [fixed, wildcard], "other-reason"],
      [5, [wildcard, other], "success"],
    ] as const) {
      const device = new Device();
      expect(device.write(`${schedule}:4`, array())).to.equal("success");
      expect(device.write(`${schedule}:3`, enumerated(type)), `type ${type}`).to.equal("success");
      expect(device.write(`${schedule}:4`, array(...times)), `type ${type}, ${times.length} times`).to.equal(result);
    }
  });
});
