import { expect } from "chai";
import { day, hour, Meter, minute, RowStatus, second } from "../../src/meter-model/index.ts";
import { constantLoad, newMeter, paris, point, rowsOf, scriptedLoad, stampsOf } from "./support.ts";

const at = (iso: string) => Date.parse(iso);
const midnight = at("2026-01-10T00:00:00Z");

describe("Meter", () => {
  describe("advance", () => {
    it("counts a kilowatt for an hour as a thousand watt-hours", () => {
      const meter = newMeter(midnight);
      meter.advance(midnight + hour);
      expect(meter.energy("activeImport")).to.equal(1000);
      expect(meter.energy("apparentImport")).to.equal(1000);
      expect(meter.now).to.equal(midnight + hour);
    });

    it("shows instantaneous values of the moment", () => {
      const meter = newMeter(
        midnight,
        scriptedLoad([[midnight + minute, point({ voltage: 240_000, activePower: -500_000, current: 2083 })]]),
      );
      expect(meter.measurement).to.include({ voltage: 230_000, activeImport: 1_000_000 });
      meter.advance(midnight + minute);
      expect(meter.measurement).to.include({ voltage: 240_000, activeExport: 500_000, current: 2083 });
    });

    it("applies the start current it is configured with", () => {
      const idle = constantLoad(point({ current: 15, neutralCurrent: 15, activePower: 3450 }));
      const meter = newMeter(midnight, idle);
      const sensitive = newMeter(midnight, idle, { startCurrent: 0 });
      meter.advance(midnight + 10 * hour);
      sensitive.advance(midnight + 10 * hour);
      expect([meter.energy("activeImport"), sensitive.energy("activeImport")]).to.deep.equal([0, 34]);
    });

    it("refuses to go back, and time that is not whole", () => {
      const meter = newMeter(midnight);
      for (const to of [midnight - 1, midnight + 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
        expect(() => meter.advance(to))
          .to.throw()
          .with.property("code", "invariant");
      }
      expect(() => meter.powerUp(midnight - 1))
        .to.throw()
        .with.property("code", "invariant");
    });

    it("refuses a load that would never end", () => {
      const stuck = { at: (instant: number) => ({ point: undefined, until: instant }) };
      expect(() => newMeter(midnight, stuck))
        .to.throw()
        .with.property("code", "invariant");
    });
  });

  describe("demand", () => {
    it("averages blocks of the clock, and keeps the maximum of the whole ones", () => {
      const start = midnight + 7 * minute;
      const meter = newMeter(
        start,
        scriptedLoad([
          [start, point({ activePower: 9_000_000 })],
          [midnight + 15 * minute, point({})],
        ]),
      );
      meter.advance(midnight + 20 * minute);
      expect(meter.demand("activeImport")).to.include({
        lastAverage: 4800,
        lastComplete: false,
        capturedAt: midnight + 15 * minute,
        maximum: 0,
      });
      expect(meter.demand("activeImport")).to.include({ currentAverage: 333, startedAt: midnight + 15 * minute });
      meter.advance(midnight + 30 * minute);
      expect(meter.demand("activeImport")).to.include({ lastAverage: 1000, maximum: 1000, maximumAt: midnight + 30 * minute });
      expect(meter.demand("activeExport")).to.include({ lastAverage: 0, maximum: 0, maximumAt: undefined });
    });

    it("does not compare the period a power cut interrupted", () => {
      const cut = [
        [midnight + 5 * minute, undefined],
        [midnight + 6 * minute, point({ activePower: 5_000_000 })],
      ] as const;
      const meter = newMeter(midnight, scriptedLoad([...cut, [midnight + 15 * minute, point({})]]));
      meter.advance(midnight + 30 * minute);
      expect(meter.demand("activeImport")).to.include({ maximum: 1000, maximumAt: midnight + 30 * minute });
    });

    it("abandons a period whose end passed without supply", () => {
      const meter = newMeter(
        midnight,
        scriptedLoad([
          [midnight + 5 * minute, undefined],
          [midnight + 20 * minute, point({})],
        ]),
      );
      meter.advance(midnight + 25 * minute);
      expect(meter.demand("activeImport")).to.include({
        startedAt: midnight + 20 * minute,
        complete: false,
        currentAverage: 333,
        lastAverage: 0,
      });
    });
  });

  describe("profiles", () => {
    it("stamps each row with the end of its period and the registers there", () => {
      const meter = newMeter(midnight);
      meter.advance(midnight + 31 * minute);
      expect(rowsOf(meter.profile("load").rows)).to.deep.equal([
        { stamp: midnight + 15 * minute, offsetMinutes: 0, status: 0, values: [250, 0, 1000, 230_000, 4348, 0] },
        { stamp: midnight + 30 * minute, offsetMinutes: 0, status: 0, values: [500, 0, 1000, 230_000, 4348, 0] },
      ]);
    });

    it("keeps 48 hours of the 49th", () => {
      const meter = newMeter(midnight);
      meter.advance(midnight + 48 * hour);
      expect(stampsOf(meter.profile("hourly").rows)[0]).to.equal("2026-01-10T01:00:00");
      meter.advance(midnight + 49 * hour);
      const stamps = stampsOf(meter.profile("hourly").rows);
      expect([stamps.length, stamps[0], stamps.at(-1)]).to.deep.equal([48, "2026-01-10T02:00:00", "2026-01-12T01:00:00"]);
    });

    it("keeps three months of quarters", () => {
      const meter = newMeter(midnight);
      meter.advance(midnight + 94 * day);
      const { rows } = meter.profile("load");
      expect([rows.length, rows.stampAt(0)]).to.deep.equal([93 * 96, midnight + day + 15 * minute]);
    });

    it("has 23 rows on the day of spring and 25 on that of autumn, none lost, none doubled", () => {
      const spring = newMeter(at("2026-03-28T23:00:00Z"), constantLoad(), { zone: paris });
      spring.advance(at("2026-03-29T22:00:00Z"));
      expect(spring.profile("hourly").rows.length).to.equal(23);
      const springRows = rowsOf(spring.profile("hourly").rows);
      expect(springRows.map(({ values }) => values[0])).to.deep.equal(Array.from({ length: 23 }, (_, index) => 1000 * (index + 1)));
      expect(springRows[0]).to.include({ offsetMinutes: 60, status: 0 });
      expect(springRows[1]).to.include({ stamp: at("2026-03-29T01:00:00Z"), offsetMinutes: 120, status: RowStatus.daylightSaving });

      const autumn = newMeter(at("2026-10-24T22:00:00Z"), constantLoad(), { zone: paris });
      autumn.advance(at("2026-10-25T23:00:00Z"));
      const autumnRows = rowsOf(autumn.profile("hourly").rows);
      expect(autumnRows).to.have.length(25);
      // 02:00 is there twice, told apart by the deviation.
      expect(autumnRows[1]).to.include({ stamp: at("2026-10-25T00:00:00Z"), offsetMinutes: 120, status: RowStatus.daylightSaving });
      expect(autumnRows[2]).to.include({ stamp: at("2026-10-25T01:00:00Z"), offsetMinutes: 60, status: 0 });
      expect(autumn.profile("load").rows.length).to.equal(100);
    });

    it("tells when daylight saving is switched", () => {
      const meter = newMeter(at("2026-03-28T23:00:00Z"), constantLoad(), { zone: paris });
      meter.advance(at("2026-11-01T00:00:00Z"));
      expect(meter.takeEvents().filter(({ type }) => type === "daylight-saving-switched")).to.deep.equal([
        { type: "daylight-saving-switched", at: at("2026-03-29T01:00:00Z"), active: true },
        { type: "daylight-saving-switched", at: at("2026-10-25T01:00:00Z"), active: false },
      ]);
      expect(meter.takeEvents()).to.deep.equal([]);
    });

    it("passes the ends of months and a leap day without a gap", () => {
      const meter = newMeter(at("2024-02-28T22:00:00Z"));
      meter.advance(at("2024-03-01T01:00:00Z"));
      const stamps = stampsOf(meter.profile("hourly").rows);
      expect(stamps).to.have.length(27);
      expect(stamps).to.include.members(["2024-02-29T00:00:00", "2024-02-29T12:00:00", "2024-03-01T00:00:00"]);
    });

    it("gives readers rows that do not move", () => {
      const meter = newMeter(midnight);
      meter.advance(midnight + 48 * hour);
      const snapshot = meter.profile("hourly").rows.snapshot();
      meter.advance(midnight + 60 * hour);
      expect(stampsOf(snapshot)[0]).to.equal("2026-01-10T01:00:00");
    });

    it("takes stored rows over when the capacity changes", () => {
      const meter = newMeter(midnight);
      meter.advance(midnight + 10 * hour);
      const hourly = { ...meter.config.profiles.hourly, capacity: 4 };
      const smaller = { ...meter.config, profiles: { ...meter.config.profiles, hourly } };
      const expected = stampsOf(meter.profile("hourly").rows).slice(-4);
      expect(stampsOf(new Meter(smaller, meter.state, constantLoad()).profile("hourly").rows)).to.deep.equal(expected);
    });

    it("keeps stored rows with their columns, whatever a newer meter begins with", () => {
      const meter = newMeter(midnight);
      meter.advance(midnight + 10 * hour);
      const hourly = { ...meter.config.profiles.hourly, columns: ["activeImport", "voltage"] as const };
      const other = new Meter({ ...meter.config, profiles: { ...meter.config.profiles, hourly } }, meter.state, constantLoad());
      expect(other.profile("hourly").rows.length).to.equal(10);
      expect(other.profile("hourly").columns).to.deep.equal(["activeImport", "activeExport"]);
    });

    it("begins afresh when other columns are wanted, without reusing sequence numbers", () => {
      const meter = newMeter(midnight);
      meter.advance(midnight + 10 * hour);
      expect(meter.setProfileColumns("hourly", ["activeImport", "colour"])).to.equal("out-of-range");
      expect(meter.profile("hourly").rows.length).to.equal(10);
      expect(meter.setProfileColumns("hourly", ["activeImport", "voltage"])).to.equal("accepted");
      meter.advance(midnight + 11 * hour);
      expect(rowsOf(meter.profile("hourly").rows).map(({ values }) => values)).to.deep.equal([[11_000, 230_000]]);
      expect(meter.state.profiles.hourly.rows.firstSequence).to.equal(10);
    });
  });

  describe("power cuts", () => {
    const cut = (from: number, to: number) =>
      scriptedLoad([
        [midnight + from, undefined],
        [midnight + to, point({})],
      ]);

    it("writes no rows without supply and marks the one of the return", () => {
      const meter = newMeter(midnight, cut(20 * minute, 100 * minute));
      meter.advance(midnight + 2 * hour);
      const rows = rowsOf(meter.profile("load").rows);
      expect(rows.map(({ stamp, status }) => [(stamp - midnight) / minute, status])).to.deep.equal([
        [15, 0],
        [105, 0x80],
        [120, 0],
      ]);
      expect(rowsOf(meter.profile("hourly").rows).map(({ stamp, status }) => [(stamp - midnight) / hour, status])).to.deep.equal([
        [2, 0x80],
      ]);
      expect(meter.energy("activeImport")).to.equal(666);
    });

    it("counts failures, and the long ones apart", () => {
      const short = [
        [midnight + minute, undefined],
        [midnight + 4 * minute, point({})],
      ] as const;
      const long = [
        [midnight + hour, undefined],
        [midnight + hour + 181 * second, point({})],
      ] as const;
      const meter = newMeter(midnight, scriptedLoad([...short, ...long]));
      meter.advance(midnight + 5 * minute);
      expect(meter.supply).to.include({
        failures: 1,
        longFailures: 0,
        lastFailureAt: midnight + minute,
        lastFailureDuration: 180 * second,
      });
      meter.advance(midnight + 2 * hour);
      expect(meter.supply).to.include({
        failures: 2,
        longFailures: 1,
        lastFailureAt: midnight + hour,
        lastLongFailureDuration: 181 * second,
      });
      expect(meter.takeEvents()).to.deep.equal([
        { type: "power-down", at: midnight + minute },
        { type: "power-up", at: midnight + 4 * minute, duration: 180 * second, long: false },
        { type: "power-down", at: midnight + hour },
        { type: "power-up", at: midnight + hour + 181 * second, duration: 181 * second, long: true },
      ]);
    });

    it("is dead meanwhile", () => {
      const meter = newMeter(midnight, cut(20 * minute, 100 * minute));
      meter.advance(midnight + 30 * minute);
      expect(meter.supplied).to.equal(false);
      expect(meter.measurement).to.include({ voltage: 0, current: 0, frequency: 0 });
      expect(meter.nextDeadline).to.equal(midnight + 100 * minute);
      const refusals = [
        meter.setClock(midnight),
        meter.setTimeZone(paris),
        meter.captureProfile("load"),
        meter.resetProfile("load"),
        meter.setCapturePeriod("load", 1800),
        meter.setDemandPeriod(1800),
        meter.resetDemand("activeImport"),
        meter.nextDemandPeriod("activeImport"),
        meter.resetMaximumDemand("activeImport"),
      ];
      expect(new Set(refusals)).to.deep.equal(new Set(["no-supply"]));
    });

    it("has the row of a boundary at which supply goes, whole", () => {
      const meter = newMeter(midnight, cut(15 * minute, 20 * minute));
      meter.advance(midnight + 30 * minute);
      const rows = rowsOf(meter.profile("load").rows);
      expect(rows.map(({ stamp, status }) => [(stamp - midnight) / minute, status])).to.deep.equal([
        [15, 0],
        [30, 0x80],
      ]);
      expect(rows[0]?.values).to.deep.equal([250, 0, 1000, 230_000, 4348, 0]);
    });

    it("has the row of a boundary at which supply returns, marked", () => {
      const meter = newMeter(midnight, cut(12 * minute, 30 * minute));
      meter.advance(midnight + 45 * minute);
      expect(rowsOf(meter.profile("load").rows).map(({ stamp, status }) => [(stamp - midnight) / minute, status])).to.deep.equal([
        [30, 0x80],
        [45, 0],
      ]);
    });

    it("invalidates the clock when it outlasts the reserve, until it is set", () => {
      const meter = newMeter(midnight, cut(minute, 3 * hour), { clockReserve: hour });
      meter.advance(midnight + 3 * hour + 15 * minute);
      expect(meter.clockValid).to.equal(false);
      expect(meter.takeEvents().map(({ type }) => type)).to.deep.equal(["power-down", "power-up", "clock-invalid"]);
      expect(rowsOf(meter.profile("load").rows).map(({ status }) => status)).to.deep.equal([0x82, 0x02]);
      expect(meter.setClock(meter.clockTime)).to.equal("accepted");
      expect(meter.clockValid).to.equal(true);
      meter.advance(midnight + 3 * hour + 30 * minute);
      expect(rowsOf(meter.profile("load").rows).at(-1)?.status).to.equal(RowStatus.clockAdjusted);
    });

    it("notices afterwards that daylight saving was switched", () => {
      const start = at("2026-03-29T00:00:00Z");
      const meter = newMeter(
        start,
        scriptedLoad([
          [start + minute, undefined],
          [start + 3 * hour, point({})],
        ]),
        { zone: paris },
      );
      meter.advance(start + 4 * hour);
      expect(meter.takeEvents().filter(({ type }) => type === "daylight-saving-switched")).to.deep.equal([
        { type: "daylight-saving-switched", at: start + 3 * hour, active: true },
      ]);
    });
  });

  describe("powerUp", () => {
    it("takes the time it did not run for a power cut", () => {
      const meter = newMeter(midnight);
      meter.advance(midnight + 20 * minute);
      meter.powerUp(midnight + 100 * minute);
      meter.advance(midnight + 2 * hour);
      expect(meter.energy("activeImport")).to.equal(666);
      expect(meter.supply).to.include({
        failures: 1,
        longFailures: 1,
        lastFailureAt: midnight + 20 * minute,
        lastFailureDuration: 80 * minute,
      });
      expect(rowsOf(meter.profile("load").rows).map(({ stamp, status }) => [(stamp - midnight) / minute, status])).to.deep.equal([
        [15, 0],
        [105, 0x80],
        [120, 0],
      ]);
    });

    it("is nothing when no time has passed", () => {
      const meter = newMeter(midnight);
      meter.powerUp(midnight);
      expect(meter.supply.failures).to.equal(0);
    });

    it("goes on waiting where there is no supply either", () => {
      const meter = newMeter(
        midnight,
        scriptedLoad([
          [midnight + hour, undefined],
          [midnight + 3 * hour, point({})],
        ]),
      );
      meter.advance(midnight + 30 * minute);
      meter.powerUp(midnight + 2 * hour);
      expect(meter.supplied).to.equal(false);
      meter.advance(midnight + 4 * hour);
      expect(meter.supply).to.include({ failures: 1, lastFailureAt: midnight + 30 * minute, lastFailureDuration: 150 * minute });
    });
  });
});
