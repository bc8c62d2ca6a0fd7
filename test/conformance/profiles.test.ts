import { expect } from "chai";
import { ByteWriter } from "../../src/bytes/byte-writer.ts";
import { decodeData, encodeData } from "../../src/dlms/axdr/data.ts";
import type { DlmsData } from "../../src/dlms/axdr/dlms-data.ts";
import { day, hour, minute } from "../../src/meter-model/index.ts";
import { ownContext } from "../../src/virtual-meter/device-objects.ts";
import { sampleStart } from "../support/sample-meter.ts";
import { array, clockOf, Device, enumerated, name, structure, time, unsigned16, unsigned32 } from "./device.ts";

const load = "1.0.99.1.0.255";
const hourly = "1.0.99.1.1.255";

const definition = (classId: number, logicalName: string, attribute: number): DlmsData =>
  structure(unsigned16(classId), name(logicalName), { type: "integer", value: attribute }, unsigned16(0));
const clock = definition(8, "0.0.1.0.0.255", 2);

class Profiled extends Device {
  /** The rows that a selection gives, or its refusal. */
  select(profile: string, selector: number, parameters: DlmsData): readonly DlmsData[] | string {
    const writer = new ByteWriter(1024);
    const object = this.all.find(({ logicalName }) => logicalName === profile);
    const result = object?.read(2, writer, { selector, parameters: encodeData(parameters) }, ownContext);
    if (result !== "success") return String(result);
    const data = decodeData(writer.finish());
    return data.type === "array" ? data.value : [];
  }

  byRange(profile: string, from: number, to: number, columns: readonly DlmsData[] = [], by = clock): readonly string[] | string {
    const rows = this.select(profile, 1, structure(by, time(sampleStart + from), time(sampleStart + to), array(...columns)));
    return typeof rows === "string" ? rows : rows.map((row) => clockOf((row.value as readonly DlmsData[])[0]));
  }

  byEntry(profile: string, from: number, to: number, firstColumn = 1, lastColumn = 0): readonly DlmsData[] | string {
    return this.select(profile, 2, structure(unsigned32(from), unsigned32(to), unsigned16(firstColumn), unsigned16(lastColumn)));
  }
}

describe("class 7 profile generic", () => {
  it("captures at the end of each period by the clock, stamped exactly so", () => {
    const device = new Profiled(3 * hour + 20 * minute);
    expect(device.byRange(hourly, 0, day)).to.deep.equal(["01:00:00", "02:00:00", "03:00:00"]);
  });

  it("gives a range with both its ends, and nothing for one that is empty or backwards", () => {
    const device = new Profiled(10 * hour);
    expect(device.byRange(hourly, 3 * hour, 5 * hour)).to.deep.equal(["03:00:00", "04:00:00", "05:00:00"]);
    expect(device.byRange(hourly, 5 * hour, 3 * hour)).to.deep.equal([]);
    expect(device.byRange(hourly, 20 * day, 21 * day)).to.deep.equal([]);
  });

  it("has columns in the order of its capture objects, whatever the order they are asked for in", () => {
    const device = new Profiled(2 * hour);
    const energy = definition(3, "1.0.1.8.0.255", 2);
    const rows = device.select(hourly, 1, structure(clock, time(sampleStart), time(sampleStart + day), array(energy, clock)));
    expect((rows as readonly DlmsData[]).map(({ value }) => (value as readonly DlmsData[]).map(({ type }) => type))[0]).to.deep.equal([
      "octet-string",
      "double-long-unsigned",
    ]);
  });

  it("refuses a restricting object that it does not capture, and columns that it has not", () => {
    const device = new Profiled(2 * hour);
    expect(device.byRange(hourly, 0, day, [], definition(3, "1.0.2.8.9.255", 2))).to.equal("other-reason");
    expect(device.byRange(hourly, 0, day, [definition(3, "1.0.99.8.0.255", 2)])).to.equal("other-reason");
  });

  it("counts entries from 1, takes 0 for the last, clips what is behind the end, and gives nothing from behind it", () => {
    const device = new Profiled(10 * hour);
    const count = (from: number, to: number) => device.byEntry(hourly, from, to).length;
    expect([count(1, 1), count(3, 0), count(9, 1000), count(11, 20), count(5, 4)]).to.deep.equal([1, 8, 2, 0, 0]);
    const [row] = device.byEntry(hourly, 1, 1, 2, 3) as [DlmsData];
    expect((row.value as readonly DlmsData[]).map(({ type }) => type)).to.deep.equal(["unsigned", "double-long-unsigned"]);
  });

  it("drops the oldest when it is full, and never has more than it has room for", () => {
    const device = new Profiled(60 * hour);
    expect([device.number(`${hourly}:7`), device.number(`${hourly}:8`)]).to.deep.equal([48, 48]);
    expect(device.elements(`${hourly}:2`).length).to.equal(48);
    expect((device.byRange(hourly, 0, 30 * day) as readonly string[])[0]).to.equal("13:00:00");
  });

  it("is empty after reset, and has one more row after capture", () => {
    const device = new Profiled(10 * hour + 10 * minute);
    expect(device.invoke(`${hourly}:1`)).to.equal("success");
    expect([device.number(`${hourly}:7`), device.read(`${hourly}:2`)]).to.deep.equal([0, "0100"]);
    expect(device.invoke(`${hourly}:2`)).to.equal("success");
    expect(device.byRange(hourly, 0, day)).to.deep.equal(["10:10:00"]);
  });

  it("keeps its rows when the period changes, since each has its own stamp, and captures by the new one", () => {
    const device = new Profiled(hour);
    expect(device.write(`${load}:4`, unsigned32(1800))).to.equal("success");
    device.until(2 * hour);
    expect(device.byRange(load, 0, day)).to.deep.equal(["00:15:00", "00:30:00", "00:45:00", "01:00:00", "01:30:00", "02:00:00"]);
    expect(device.write(`${load}:4`, unsigned32(7)), "does not fit the day").to.equal("other-reason");
  });

  it("is emptied when its capture objects are written, captures those from then on, and refuses what it cannot capture", () => {
    const device = new Profiled(3 * hour);
    const status = definition(1, "0.0.96.10.4.255", 2);
    const voltage = definition(3, "1.0.32.7.0.255", 2);
    for (const wrong of [array(voltage), array(clock, voltage), array(clock, status, definition(3, "1.0.99.8.0.255", 2))]) {
      expect(device.write(`${hourly}:3`, wrong)).to.equal("other-reason");
    }
    expect(device.number(`${hourly}:7`)).to.equal(3);
    expect(device.write(`${hourly}:3`, array(clock, status, voltage))).to.equal("success");
    expect(device.read(`${hourly}:2`)).to.equal("0100");
    device.until(4 * hour);
    const [row] = device.elements(`${hourly}:2`) as [DlmsData];
    expect((row.value as readonly DlmsData[]).slice(1)).to.deep.equal([
      { type: "unsigned", value: 0 },
      { type: "long-unsigned", value: 2300 },
    ]);
    expect(device.elements(`${hourly}:3`).length).to.equal(3);
  });

  it("is sorted by arrival, by no object", () => {
    const device = new Device();
    expect(device.value(`${load}:5`)).to.deep.equal(enumerated(1));
    expect(device.read(`${load}:6`)).to.equal("0204120000090600000000000" + "00F00120000");
  });

  it("tells in the status of a row that the clock was set in its interval, and writes no boundary twice", () => {
    const device = new Profiled(10 * minute);
    device.meter.setClock(sampleStart + 20 * minute);
    device.until(15 * minute);
    device.meter.setClock(sampleStart + 5 * minute);
    device.until(hour);
    const stamps = device.byRange(load, 0, day) as readonly string[];
    expect(new Set(stamps).size).to.equal(stamps.length);
    const statuses = (device.byEntry(load, 1, 0) as readonly DlmsData[]).map(({ value }) =>
      Number((value as readonly DlmsData[])[1]?.value),
    );
    expect(statuses.some((status) => (status & 0x20) !== 0)).to.equal(true);
  });

  it("has its rows after a power failure", () => {
    const device = new Profiled(3 * hour);
    device.meter.powerUp(sampleStart + 5 * hour);
    expect((device.byRange(hourly, 0, day) as readonly string[]).slice(0, 3)).to.deep.equal(["01:00:00", "02:00:00", "03:00:00"]);
  });
});
