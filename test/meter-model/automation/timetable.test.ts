import { expect } from "chai";
import type { TimetableEntry } from "../../../src/meter-model/index.ts";
import { constantLoad, scriptedLoad } from "../support.ts";
import { NotingMeter } from "./running-scripts.ts";

const entry = (index: number, changes: Partial<TimetableEntry> = {}): TimetableEntry => ({
  index,
  enabled: true,
  script: { table: "tariff", script: index },
  time: { hour: 6, minute: 0, second: 0, hundredths: 0 },
  validity: 0,
  weekdays: "1111111",
  specialDays: "",
  begin: {},
  end: {},
  ...changes,
});

/** 2026-05-01 is a Friday. */
function withEntries(entries: readonly TimetableEntry[], load = constantLoad(), start = "2026-05-01T00:00:00Z"): NotingMeter {
  const noting = new NotingMeter(start, load).withoutAlarms();
  expect(noting.meter.automation.scheduler.setEntries(entries)).to.equal(true);
  return noting;
}

const outage = (from: string, to: string) =>
  scriptedLoad([
    [Date.parse(from), undefined],
    [Date.parse(to), constantLoad().at(0).point],
  ]);

describe("The schedule of scripts", () => {
  it("executes entries on their weekdays", () => {
    const noting = withEntries([entry(1, { weekdays: "1000001" })]);
    expect(noting.until("2026-05-12T00:00:00Z")).to.deep.equal([
      "2026-05-03T06:00:00 tariff/1",
      "2026-05-04T06:00:00 tariff/1",
      "2026-05-10T06:00:00 tariff/1",
      "2026-05-11T06:00:00 tariff/1",
    ]);
  });

  it("lets special days decide instead of the weekday", () => {
    const noting = withEntries([entry(1, { weekdays: "0000100" }), entry(2, { weekdays: "0000000", specialDays: "0001" })]);
    noting.meter.tariff.setSpecialDays([{ index: 1, date: { year: 2026, month: 5, day: 8 }, dayId: 3 }], noting.meter.clockTime);
    noting.meter.tariffChanged();
    expect(noting.until("2026-05-16T00:00:00Z")).to.deep.equal([
      "2026-05-01T06:00:00 tariff/1",
      "2026-05-08T06:00:00 tariff/2",
      "2026-05-15T06:00:00 tariff/1",
    ]);
  });

  it("executes what comes at one instant by index, and leaves out what is disabled", () => {
    const noting = withEntries([entry(3), entry(1), entry(2, { enabled: false })]);
    expect(noting.until("2026-05-02T00:00:00Z")).to.deep.equal(["2026-05-01T06:00:00 tariff/1", "2026-05-01T06:00:00 tariff/3"]);
  });

  it("keeps to the dates of an entry, the first and the last included", () => {
    const noting = withEntries([entry(1, { begin: { year: 2026, month: 5, day: 2 }, end: { year: 2026, month: 5, day: 3 } })]);
    expect(noting.until("2027-05-12T00:00:00Z")).to.deep.equal(["2026-05-02T06:00:00 tariff/1", "2026-05-03T06:00:00 tariff/1"]);
  });

  it("comes every year to dates without one, over the turn of the year too", () => {
    const winter = { begin: { month: 12, day: 31 }, end: { month: 1, day: "last" as const }, weekdays: "1000000" };
    const notes = withEntries([entry(1, winter)]).until("2027-12-01T00:00:00Z");
    expect(notes).to.deep.equal(["04", "11", "18", "25"].map((day) => `2027-01-${day}T06:00:00 tariff/1`));
  });

  it("repeats a switch time with wildcards", () => {
    const noting = withEntries([entry(1, { time: { minute: 30 }, weekdays: "0000100" })]);
    expect(noting.until("2026-05-01T03:00:00Z")).to.deep.equal([
      "2026-05-01T00:30:00 tariff/1",
      "2026-05-01T01:30:00 tariff/1",
      "2026-05-01T02:30:00 tariff/1",
    ]);
  });

  it("makes up for what was missed without supply while it is valid, the latest of each entry, in their order", () => {
    const at = (hour: number) => ({ hour, minute: 0, second: 0 });
    const noting = withEntries(
      [
        entry(1, { time: at(9), validity: 121 }),
        entry(2, { time: at(8), validity: 179 }),
        entry(3, { time: at(8), validity: 180 }),
        entry(4, { time: at(5), validity: 0xffff }),
        entry(5, { time: at(10) }),
      ],
      outage("2026-05-01T04:00:00Z", "2026-05-03T11:00:00Z"),
    );
    expect(noting.until("2026-05-03T12:00:00Z")).to.deep.equal([
      "2026-05-03T11:00:00 tariff/4",
      "2026-05-03T11:00:00 tariff/3",
      "2026-05-03T11:00:00 tariff/1",
    ]);
  });

  it("makes up for what the clock was set over in the same way, and for nothing twice", () => {
    const noting = withEntries([entry(1, { validity: 60 }), entry(2)]);
    noting.meter.setClock(Date.parse("2026-05-01T06:30:00Z"));
    expect(noting.until("2026-05-01T00:01:00Z")).to.deep.equal(["2026-05-01T06:30:00 tariff/1"]);
    noting.meter.setClock(Date.parse("2026-05-01T06:50:00Z"));
    expect(noting.until("2026-05-01T00:02:00Z")).to.deep.equal([]);
  });

  it("takes 64 entries, each with an index of its own, and none that is not one", () => {
    const { scheduler } = new NotingMeter("2026-05-01T00:00:00Z").meter.automation;
    const many = (count: number) => Array.from({ length: count }, (_, index) => entry(index + 1));
    expect(scheduler.setEntries(many(64))).to.equal(true);
    expect(scheduler.setEntries(many(65))).to.equal(false);
    expect(scheduler.setEntries([entry(1), entry(1)])).to.equal(false);
    expect(scheduler.setEntries([entry(1, { weekdays: "111111" })])).to.equal(false);
    expect(scheduler.setEntries([entry(1, { time: { hour: 24 } })])).to.equal(false);
    expect(scheduler.setEntries([entry(1, { begin: { month: 0 } })])).to.equal(false);
    expect(scheduler.entries.length).to.equal(64);
  });

  it("knows of entries that never come", () => {
    const noting = withEntries([
      entry(1, { weekdays: "0000000" }),
      entry(2, { end: { year: 2025, month: 1, day: 1 } }),
      entry(3, { begin: { month: 2, day: 30 }, end: { month: 2, day: 30 } }),
    ]);
    expect(noting.until("2028-03-05T00:00:00Z")).to.deep.equal([]);
  });
});
