import { expect } from "chai";
import { ByteWriter } from "../../../src/bytes/byte-writer.ts";
import { toHex } from "../../../src/bytes/hex.ts";
import type { RestrictedObject, SendDestinationAndMethod } from "../../../src/cosem-objects/classes/push-setup.ts";
import { profileNames } from "../../../src/cosem-objects/names.ts";
import { encodeData } from "../../../src/dlms/axdr/data.ts";
import { instantToDateTime, unspecifiedDateTime, writeDateTime } from "../../../src/dlms/axdr/date-time.ts";
import type { DlmsData } from "../../../src/dlms/axdr/dlms-data.ts";
import { hour, LocalTime, minute, utc } from "../../../src/meter-model/index.ts";
import { DeviceObjects } from "../../../src/virtual-meter/device-objects.ts";
import { untilOpen } from "../../../src/virtual-meter/push/communication-window.ts";
import { destinationAttribute, parseDestination } from "../../../src/virtual-meter/push/destination.ts";
import { pushBody, pushedValues } from "../../../src/virtual-meter/push/push-content.ts";
import { meterObjects } from "../../../src/virtual-meter/virtual-meter.ts";
import { identity, sampleMeter, sampleStart } from "../../support/sample-meter.ts";

const nothing: DlmsData = { type: "null-data", value: null };
const unsigned = (value: number): DlmsData => ({ type: "double-long-unsigned", value });
const pair = (from: DlmsData, to: DlmsData): DlmsData => ({ type: "structure", value: [from, to] });

const whole = (classId: number, logicalName: RestrictedObject["logicalName"], attribute: number, dataIndex = 0): RestrictedObject => ({
  classId,
  logicalName,
  attribute,
  dataIndex,
  restriction: { type: "none", value: nothing },
});

const rows = (type: "entry" | "date", value: DlmsData): RestrictedObject => ({
  ...whole(7, profileNames.hourly, 2),
  restriction: { type, value },
});

describe("The content of a push", () => {
  const objects = new DeviceObjects();
  objects.add(meterObjects(sampleMeter(10 * hour), identity));
  const values = (...list: readonly RestrictedObject[]) => pushedValues(pushBody(objects, list)).map((one) => toHex(encodeData(one)));
  /** Hours of the rows in a buffer, by their stamps. */
  const hoursIn = (buffer: string | undefined) =>
    [...(buffer ?? "").matchAll(/090C07EA0105..(..)/g)].map(([, hex]) => Number.parseInt(hex ?? "", 16));

  it("has a value for each object, whole or an element, and nothing for what there is not", () => {
    expect(toHex(pushBody(objects, []))).to.equal("0200");
    expect(
      values(
        whole(3, "1.0.1.8.0.255", 2),
        whole(3, "1.0.1.8.0.255", 3, 2),
        whole(3, "1.0.99.8.0.255", 2),
        whole(1, "1.0.1.8.0.255", 2),
        whole(3, "1.0.1.8.0.255", 9),
      ),
    ).to.deep.equal(["0600002710", "161E", "00", "00", "00"]);
  });

  it("has rows of a profile counted back from the newest", () => {
    for (const [from, to, hours] of [
      [1, 1, [10]],
      [1, 3, [8, 9, 10]],
      [2, 3, [8, 9]],
      [9, 0, [1, 2]],
      [1, 1000, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
    ] as const) {
      expect(hoursIn(values(rows("entry", pair(unsigned(from), unsigned(to))))[0]), `${from} to ${to}`).to.deep.equal(hours);
    }
    for (const wrong of [
      pair(unsigned(0), unsigned(1)),
      pair(unsigned(3), unsigned(2)),
      pair(unsigned(11), unsigned(11)),
      unsigned(1),
      nothing,
    ]) {
      expect(values(rows("entry", wrong))).to.deep.equal(["00"]);
    }
  });

  it("has rows of a profile by date", () => {
    const at = (instant: number): DlmsData => {
      const writer = new ByteWriter(12);
      writeDateTime(writer, instantToDateTime(instant, 0, 0));
      return { type: "octet-string", value: writer.finish() };
    };
    expect(hoursIn(values(rows("date", pair(at(sampleStart + 3 * hour), at(sampleStart + 5 * hour))))[0])).to.deep.equal([3, 4, 5]);
    expect(values(rows("date", pair(nothing, nothing)))).to.deep.equal(["00"]);
  });
});

describe("The destination of a push", () => {
  it("is read as it is written, and nothing else", () => {
    for (const destination of [
      { service: "tcp", host: "127.0.0.1", port: 4059 },
      { service: "udp", host: "::1", port: 1 },
      { service: "tcp", host: "head-end.example", port: 65_535 },
      { service: "hdlc" },
    ] as const) {
      expect(parseDestination(destinationAttribute(destination))).to.deep.equal(destination);
    }
    const written = (text: string, changes: Partial<SendDestinationAndMethod> = {}): SendDestinationAndMethod => ({
      transportService: "tcp",
      destination: new TextEncoder().encode(text),
      message: "a-xdr",
      ...changes,
    });
    expect(parseDestination(written(""))).to.equal("none");
    for (const wrong of [
      "host",
      "host:0",
      "host:65536",
      "a b:1",
      "::1:4059",
      ":1",
      "host:x",
      `${"a".repeat(257)}:4059`,
      "a".repeat(500_000),
    ]) {
      expect(parseDestination(written(wrong)), wrong.slice(0, 20)).to.equal(undefined);
    }
    expect(parseDestination(written("host:1", { message: "xml" }))).to.equal(undefined);
    expect(parseDestination(written("host:1", { transportService: "sms" }))).to.equal(undefined);
  });
});

describe("The communication window", () => {
  const local = new LocalTime(utc);
  const daily = (from: number, to: number) => ({
    start: { ...unspecifiedDateTime, hour: from, minute: 0, second: 0 },
    end: { ...unspecifiedDateTime, hour: to, minute: 0, second: 0 },
  });

  it("is always where there is none, else from a start to the next end", () => {
    expect(untilOpen([], sampleStart, local)).to.equal(0);
    for (const [time, wait] of [
      [0, 2 * hour],
      [2 * hour - 1, 1],
      [2 * hour, 0],
      [4 * hour - 1, 0],
      [4 * hour, 22 * hour],
      [23 * hour, 3 * hour],
    ] as const) {
      expect(untilOpen([daily(2, 4)], sampleStart + time, local), `${time / minute} min`).to.equal(wait);
    }
    expect(untilOpen([daily(22, 3)], sampleStart + hour, local), "over midnight").to.equal(0);
    expect(untilOpen([daily(5, 6), daily(3, 4)], sampleStart, local), "the next of two").to.equal(3 * hour);
  });

  it("never opens again once it is past", () => {
    const fixed = (year: number) => ({ ...unspecifiedDateTime, year, month: 1, dayOfMonth: 1, hour: 0, minute: 0, second: 0 });
    expect(untilOpen([{ start: fixed(2020), end: fixed(2021) }], sampleStart, local)).to.equal(Number.POSITIVE_INFINITY);
    expect(untilOpen([{ start: fixed(2025), end: fixed(2027) }], sampleStart, local)).to.equal(0);
  });
});
