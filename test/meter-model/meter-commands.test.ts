import { expect } from "chai";
import { hour, type Meter, minute, RowStatus, second } from "../../src/meter-model/index.ts";
import { newMeter, paris, rowsOf } from "./support.ts";

const midnight = Date.parse("2026-01-10T00:00:00Z");

function loadRows(meter: Meter): (readonly [minutes: number, status: number, wattHours: number])[] {
  return rowsOf(meter.profile("load").rows).map(
    ({ stamp, status, values }) => [(stamp - midnight) / minute, status, values[0] ?? -1] as const,
  );
}

describe("Meter commands", () => {
  describe("setClock", () => {
    it("keeps the meter's time apart from the true one", () => {
      const meter = newMeter(midnight);
      expect(meter.setClock(midnight + 5 * hour)).to.equal("accepted");
      meter.advance(midnight + hour);
      expect([meter.now, meter.clockTime]).to.deep.equal([midnight + hour, midnight + 6 * hour]);
      expect(meter.energy("activeImport")).to.equal(1000);
      expect(meter.localTime).to.include({ hour: 6, minute: 0 });
      expect(meter.takeEvents()).to.deep.equal([{ type: "clock-set", at: midnight + 5 * hour, before: midnight, small: false }]);
    });

    it("marks the interval of a jump forward and leaves the skipped ones out", () => {
      const meter = newMeter(midnight);
      meter.advance(midnight + 20 * minute);
      meter.setClock(midnight + 62 * minute);
      meter.advance(midnight + 50 * minute);
      expect(loadRows(meter)).to.deep.equal([
        [15, 0, 250],
        [75, RowStatus.clockAdjusted, 550],
        [90, 0, 800],
      ]);
    });

    it("does not write again, after a jump back, what is there", () => {
      const meter = newMeter(midnight);
      meter.advance(midnight + 50 * minute);
      meter.setClock(midnight + 20 * minute);
      meter.advance(midnight + 90 * minute);
      expect(loadRows(meter)).to.deep.equal([
        [15, 0, 250],
        [30, 0, 500],
        [45, 0, 750],
        [60, RowStatus.clockAdjusted, 1500],
      ]);
    });

    it("loses no boundary to a small step forward", () => {
      const meter = newMeter(midnight);
      meter.advance(midnight + 14 * minute + 50 * second);
      expect(meter.setClock(midnight + 15 * minute + 10 * second)).to.equal("accepted");
      expect(loadRows(meter)).to.deep.equal([[15, 0, 247]]);
      meter.advance(midnight + 29 * minute + 40 * second);
      expect(loadRows(meter)).to.deep.equal([
        [15, 0, 247],
        [30, 0, 494],
      ]);
    });

    it("doubles no boundary, row or demand period, after a small step back", () => {
      const meter = newMeter(midnight);
      meter.advance(midnight + 15 * minute + 10 * second);
      expect(meter.shiftClock(-20 * second)).to.equal("accepted");
      meter.advance(midnight + 15 * minute + 40 * second);
      expect(loadRows(meter)).to.deep.equal([[15, 0, 250]]);
      expect(meter.demand("activeImport")).to.include({ lastAverage: 1000, capturedAt: midnight + 15 * minute, complete: true });
    });

    it("closes the demand period it leaves, and compares neither part for the maximum", () => {
      const meter = newMeter(midnight);
      meter.advance(midnight + 5 * minute);
      meter.setClock(midnight + 20 * minute);
      expect(meter.demand("activeImport")).to.include({
        lastAverage: 333,
        capturedAt: midnight + 20 * minute,
        startedAt: midnight + 20 * minute,
      });
      meter.advance(midnight + 15 * minute);
      expect(meter.demand("activeImport")).to.include({ capturedAt: midnight + 30 * minute, lastAverage: 667, maximum: 0 });
      meter.advance(midnight + 30 * minute);
      expect(meter.demand("activeImport")).to.include({ lastAverage: 1000, maximum: 1000 });
    });

    it("only doubts the demand period it stays in", () => {
      const meter = newMeter(midnight);
      meter.advance(midnight + 5 * minute);
      meter.setClock(midnight + 10 * minute);
      expect(meter.demand("activeImport")).to.include({ startedAt: midnight, complete: false, capturedAt: undefined });
    });

    it("refuses times no calendar shows, and shifts of more than a quarter of an hour", () => {
      const meter = newMeter(midnight);
      expect(meter.setClock(-1)).to.equal("out-of-range");
      expect(meter.setClock(0.5)).to.equal("out-of-range");
      expect(meter.setClock(Number.NaN)).to.equal("out-of-range");
      expect(meter.setClock(1e15)).to.equal("out-of-range");
      expect(meter.shiftClock(900_001)).to.equal("out-of-range");
      expect(meter.shiftClock(-900_000)).to.equal("accepted");
      expect(meter.clockTime).to.equal(midnight - 15 * minute);
    });

    it("serves the clock's boundaries, not the true ones, when the clock drifts", () => {
      const meter = newMeter(midnight, undefined, { driftPpm: 1000 });
      meter.advance(midnight + hour - 4 * second);
      expect(meter.profile("hourly").rows.length).to.equal(0);
      meter.advance(midnight + hour - 3 * second);
      expect(rowsOf(meter.profile("hourly").rows)).to.have.length(1);
      expect(meter.profile("hourly").rows.stampAt(0)).to.equal(midnight + hour);
    });
  });

  describe("setTimeZone", () => {
    it("moves the boundaries of the day, not the time", () => {
      const meter = newMeter(midnight);
      meter.advance(midnight + 10 * minute);
      expect(meter.setTimeZone({ ...paris, standardOffsetMinutes: 330 })).to.equal("accepted");
      meter.advance(midnight + hour);
      expect(meter.zone.standardOffsetMinutes).to.equal(330);
      expect(meter.clockTime).to.equal(midnight + hour);
      expect(rowsOf(meter.profile("hourly").rows).map(({ stamp, offsetMinutes }) => [stamp - midnight, offsetMinutes])).to.deep.equal([
        [30 * minute, 330],
      ]);
    });

    it("refuses rules that no clock object could hold", () => {
      const meter = newMeter(midnight);
      const begins = [{ month: 13 }, { day: 0 }, { day: 32 }, { dayOfWeek: 8 }, { hour: 24 }, { minute: 60 }, { second: 0.5 }];
      const wrong = [
        ...begins.map((change) => ({ ...paris, dst: { ...paris.dst, begin: { ...paris.dst.begin, ...change } } })),
        { ...paris, standardOffsetMinutes: 900 },
        { ...paris, dst: { ...paris.dst, deviationMinutes: 121 } },
      ];
      for (const zone of wrong) expect(meter.setTimeZone(zone)).to.equal("out-of-range");
      expect(meter.zone).to.deep.equal(newMeter(midnight).zone);
      const fixedDays = { ...paris, dst: { ...paris.dst, end: { ...paris.dst.end, day: "second-last" as const, dayOfWeek: undefined } } };
      expect(meter.setTimeZone(fixedDays)).to.equal("accepted");
    });
  });

  describe("demand", () => {
    it("resets the averages when the period changes", () => {
      const meter = newMeter(midnight);
      meter.advance(midnight + 20 * minute);
      expect(meter.setDemandPeriod(1800)).to.equal("accepted");
      expect(meter.demandPeriod).to.equal(1800);
      expect(meter.demand("activeImport")).to.include({
        lastAverage: 0,
        currentAverage: 0,
        startedAt: midnight + 20 * minute,
        complete: false,
      });
      meter.advance(midnight + hour);
      expect(meter.demand("activeImport")).to.include({ lastAverage: 1000, capturedAt: midnight + hour, lastComplete: true });
    });

    it("refuses periods that do not fit the day", () => {
      const meter = newMeter(midnight);
      for (const seconds of [0, 30, 7 * 60, 900.5, -900, 172_800, Number.NaN])
        expect(meter.setDemandPeriod(seconds)).to.equal("out-of-range");
    });

    it("closes a period early on command, outside the maximum", () => {
      const meter = newMeter(midnight);
      meter.advance(midnight + 6 * minute);
      expect(meter.nextDemandPeriod("activeImport")).to.equal("accepted");
      expect(meter.demand("activeImport")).to.include({ lastAverage: 400, capturedAt: midnight + 6 * minute, maximum: 0 });
      meter.advance(midnight + 15 * minute);
      expect(meter.demand("activeImport")).to.include({ lastAverage: 600, maximum: 0 });
    });

    it("resets one register and one maximum at a time", () => {
      const meter = newMeter(midnight);
      meter.advance(midnight + 20 * minute);
      expect(meter.resetDemand("activeImport")).to.equal("accepted");
      expect(meter.demand("activeImport")).to.include({ lastAverage: 0, maximum: 1000 });
      expect(meter.resetMaximumDemand("activeImport")).to.equal("accepted");
      expect(meter.demand("activeImport")).to.include({ maximum: 0, maximumAt: undefined });
    });
  });

  describe("profiles", () => {
    it("captures on command, once an instant, beside the periodic rows", () => {
      const meter = newMeter(midnight);
      meter.advance(midnight + 7 * minute);
      expect(meter.captureProfile("load")).to.equal("accepted");
      expect(meter.captureProfile("load")).to.equal("duplicate");
      meter.advance(midnight + 15 * minute);
      expect(loadRows(meter)).to.deep.equal([
        [7, 0, 116],
        [15, 0, 250],
      ]);
    });

    it("leaves the mark of an interval to its own row", () => {
      const meter = newMeter(midnight);
      meter.setClock(midnight + 2 * minute);
      meter.captureProfile("load");
      meter.advance(midnight + 13 * minute);
      expect(loadRows(meter).map(([, status]) => status)).to.deep.equal([RowStatus.clockAdjusted, RowStatus.clockAdjusted]);
    });

    it("empties a profile on command", () => {
      const meter = newMeter(midnight);
      meter.advance(midnight + hour);
      expect(meter.resetProfile("load")).to.equal("accepted");
      expect(meter.profile("load").rows.length).to.equal(0);
      expect(meter.profile("hourly").rows.length).to.equal(1);
      expect(meter.takeEvents()).to.deep.equal([{ type: "profile-reset", at: midnight + hour, profile: "load" }]);
    });

    it("captures in another period from now on, and keeps the rows", () => {
      const meter = newMeter(midnight);
      meter.advance(midnight + 15 * minute);
      expect(meter.setCapturePeriod("load", 300)).to.equal("accepted");
      meter.advance(midnight + 26 * minute);
      expect(meter.setCapturePeriod("load", 0)).to.equal("accepted");
      meter.advance(midnight + 5 * hour);
      expect(loadRows(meter).map(([minutes]) => minutes)).to.deep.equal([15, 20, 25]);
      expect(meter.setCapturePeriod("load", 7)).to.equal("out-of-range");
      expect(meter.profile("load").period).to.equal(0);
    });
  });
});
