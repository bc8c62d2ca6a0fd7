import { expect } from "chai";
import {
  day,
  hour,
  type Instant,
  type LoadModel,
  type Meter,
  minute,
  type ProfileName,
  RowStatus,
} from "../../../src/meter-model/index.ts";
import { constantLoad, kilowatt, newMeter, rowsOf, scriptedLoad } from "../support.ts";

/** 2026-01-01 00:00 UTC. */
const newYear = Date.UTC(2026, 0, 1);

/** Stamps to the minute, with the status behind those that have one: "2026-01-02T00:00 80". */
function frozen(meter: Meter, profile: ProfileName): readonly string[] {
  return rowsOf(meter.profile(profile).rows).map(({ stamp, status }) => {
    const text = new Date(stamp).toISOString().slice(0, 16);
    return status === 0 ? text : `${text} ${status.toString(16).toUpperCase()}`;
  });
}

/** A kilowatt, but for an outage. */
const outage = (from: Instant, to: Instant): LoadModel =>
  scriptedLoad([
    [from, undefined],
    [to, kilowatt],
  ]);

function frozenValue(meter: Meter, profile: ProfileName, column: string, index: number): number | undefined {
  const { definition, rows } = meter.profile(profile);
  return rowsOf(rows)[index]?.values[(definition.columns as readonly string[]).indexOf(column)];
}

describe("Freezes, rule by rule", () => {
  describe("1: months after an outage", () => {
    it("are not caught up where the outage has no boundary", () => {
      const meter = newMeter(newYear, outage(newYear + 10 * day + hour, newYear + 10 * day + 5 * hour));
      meter.advance(Date.UTC(2026, 1, 1));
      expect(frozen(meter, "monthly")).to.deep.equal(["2026-02-01T00:00 80"]);
      expect(meter.billing.closed).to.equal(1);
    });

    it("have the boundary at which supply goes from before, and do not catch it up again", () => {
      const boundary = Date.UTC(2026, 1, 1);
      const meter = newMeter(newYear, outage(boundary, boundary + day / 2));
      meter.advance(boundary + day);
      expect(frozen(meter, "monthly")).to.deep.equal(["2026-02-01T00:00"]);
    });

    it("have the boundary at which supply returns once, marked", () => {
      const boundary = Date.UTC(2026, 1, 1);
      const meter = newMeter(newYear, outage(boundary - hour, boundary));
      meter.advance(boundary + day);
      expect(frozen(meter, "monthly")).to.deep.equal(["2026-02-01T00:00 80"]);
      expect(frozenValue(meter, "monthly", "activeImport", 0)).to.equal((31 * 24 - 1) * 1000);
    });

    it("have a boundary a millisecond before supply returns, with the registers from when it went", () => {
      const boundary = Date.UTC(2026, 1, 1);
      const meter = newMeter(newYear, outage(boundary - 10 * hour, boundary + 1));
      meter.advance(boundary + 1);
      expect(frozen(meter, "monthly")).to.deep.equal(["2026-02-01T00:00 80"]);
      expect(frozenValue(meter, "monthly", "activeImport", 0)).to.equal((31 * 24 - 10) * 1000);
    });

    it("are caught up by a process that did not run, as after an outage", () => {
      const meter = newMeter(newYear);
      meter.advance(newYear + 20 * day);
      meter.powerUp(Date.UTC(2026, 3, 15, 12));
      expect(frozen(meter, "monthly")).to.deep.equal(["2026-04-01T00:00 80"]);
      expect(frozenValue(meter, "monthly", "activeImport", 0)).to.equal(20 * 24_000);
      meter.advance(Date.UTC(2026, 4, 1));
      expect(frozen(meter, "monthly"), "the month in which it was down is marked").to.deep.equal([
        "2026-04-01T00:00 80",
        "2026-05-01T00:00 80",
      ]);
      meter.advance(Date.UTC(2026, 5, 1));
      expect(frozen(meter, "monthly").at(-1)).to.equal("2026-06-01T00:00");
    });
  });

  describe("2: days and hours after an outage", () => {
    it("have the latest day of several, and the running one marked", () => {
      const meter = newMeter(newYear, outage(newYear + 2 * day + hour, newYear + 5 * day + hour));
      meter.advance(newYear + 7 * day);
      expect(frozen(meter, "daily")).to.deep.equal([
        "2026-01-02T00:00",
        "2026-01-03T00:00",
        "2026-01-06T00:00 80",
        "2026-01-07T00:00 80",
        "2026-01-08T00:00",
      ]);
    });

    it("have no hour that was missed, the first full one marked and the next one not", () => {
      const meter = newMeter(newYear, outage(newYear + 90 * minute, newYear + 5 * hour + 20 * minute));
      meter.advance(newYear + 8 * hour);
      expect(frozen(meter, "hourly")).to.deep.equal(["2026-01-01T01:00", "2026-01-01T06:00 80", "2026-01-01T07:00", "2026-01-01T08:00"]);
    });
  });

  describe("3: what goes with the end of a month", () => {
    /** Three boundaries pass without supply, after a day at 3 kW. */
    function meterWithSteps(load: LoadModel): Meter {
      const meter = newMeter(newYear, load);
      const step = { price: 1, fixedFee: 0, grace: 0 };
      meter.steps.setPassive({
        code: 1,
        base: "monthly",
        steps: [
          { ...step, upTo: 100 },
          { ...step, upTo: undefined },
        ],
      });
      meter.steps.activate();
      return meter;
    }

    it("happens once, when supply returns, however many months were missed", () => {
      const returns = Date.UTC(2026, 3, 10, 8);
      const meter = meterWithSteps(
        scriptedLoad([
          [newYear + 5 * day, { ...kilowatt, activePower: 3_000_000 }],
          [newYear + 6 * day, kilowatt],
          [newYear + 20 * day, undefined],
          [returns, kilowatt],
        ]),
      );
      meter.advance(returns - 1);
      expect(meter.demand("activeImport")).to.include({ maximum: 3000, cumulative: 0 });
      expect([meter.billing.closed, meter.steps.step]).to.deep.equal([0, 2]);
      meter.advance(returns);
      expect(meter.demand("activeImport")).to.include({ maximum: 0, cumulative: 3000 });
      expect([meter.billing.closed, meter.steps.step, meter.steps.consumption]).to.deep.equal([1, 1, 0]);
      expect(meter.billing.lastClosedAt).to.equal(Date.UTC(2026, 3, 1));
      expect(meter.takeEvents().filter(({ type }) => type === "billing-closed")).to.deep.equal([
        { type: "billing-closed", at: Date.UTC(2026, 3, 1), manual: false },
      ]);
    });
  });

  describe("4: a clock that is set", () => {
    it("forward over a day has that day, and the running one, marked as adjusted", () => {
      const meter = newMeter(newYear);
      meter.advance(newYear + day + 20 * hour);
      expect(meter.setClock(newYear + 4 * day + 2 * hour)).to.equal("accepted");
      meter.advance(meter.now + 3 * day);
      expect(frozen(meter, "daily")).to.deep.equal([
        "2026-01-02T00:00",
        "2026-01-05T00:00 20",
        "2026-01-06T00:00 20",
        "2026-01-07T00:00",
        "2026-01-08T00:00",
      ]);
    });

    it("forward to the boundary itself has it, once", () => {
      const meter = newMeter(newYear);
      meter.advance(newYear + 30 * day + 23 * hour);
      expect(meter.setClock(Date.UTC(2026, 1, 1))).to.equal("accepted");
      meter.advance(meter.now + hour);
      expect(frozen(meter, "monthly")).to.deep.equal(["2026-02-01T00:00 20"]);
      expect(meter.billing.closed).to.equal(1);
    });

    it("forward by less than the limit has the boundary, unmarked", () => {
      const meter = newMeter(newYear);
      meter.advance(newYear + day - 20_000);
      expect(meter.setClock(newYear + day + 20_000)).to.equal("accepted");
      expect(frozen(meter, "daily")).to.deep.equal(["2026-01-02T00:00"]);
      expect(frozen(meter, "hourly").at(-1)).to.equal("2026-01-02T00:00");
    });

    it("back over a month and on again closes nothing twice", () => {
      const meter = newMeter(newYear);
      meter.advance(Date.UTC(2026, 1, 1) + hour);
      const { cumulative } = meter.demand("activeImport");
      expect(meter.setClock(Date.UTC(2026, 0, 31, 22))).to.equal("accepted");
      meter.advance(meter.now + 6 * hour);
      expect(meter.clockTime).to.equal(Date.UTC(2026, 1, 1, 4));
      expect(frozen(meter, "monthly")).to.deep.equal(["2026-02-01T00:00"]);
      expect(meter.billing.closed).to.equal(1);
      expect(meter.demand("activeImport").cumulative).to.equal(cumulative);
      expect(frozen(meter, "daily").filter((row) => row.startsWith("2026-02-01"))).to.deep.equal(["2026-02-01T00:00"]);
      const stamps = rowsOf(meter.profile("hourly").rows).map(({ stamp }) => stamp);
      expect(stamps.at(-1)).to.equal(Date.UTC(2026, 1, 1, 4));
      expect(new Set(stamps).size).to.equal(stamps.length);
    });

    it("back by less than the limit serves the boundary once", () => {
      const meter = newMeter(newYear);
      meter.advance(newYear + day + 10_000);
      expect(meter.setClock(newYear + day - 20_000)).to.equal("accepted");
      meter.advance(meter.now + 2 * hour);
      expect(frozen(meter, "daily")).to.deep.equal(["2026-01-02T00:00"]);
      const hours = frozen(meter, "hourly");
      expect(new Set(hours).size).to.equal(hours.length);
      expect(hours.slice(-3)).to.deep.equal(["2026-01-01T23:00", "2026-01-02T00:00", "2026-01-02T01:00"]);
    });
  });

  describe("6: a clock that nobody has set", () => {
    const lost = newYear + 10 * day + hour;
    const returned = lost + 2 * hour;
    const clockless = (): Meter => newMeter(newYear, outage(lost, returned), { clockReserve: minute });

    it("freezes neither hour nor day nor month", () => {
      const meter = clockless();
      meter.advance(Date.UTC(2026, 2, 15));
      expect(meter.clockValid).to.equal(false);
      expect(frozen(meter, "hourly").at(-1)).to.equal("2026-01-11T01:00");
      expect(frozen(meter, "daily").at(-1)).to.equal("2026-01-11T00:00");
      expect(frozen(meter, "monthly")).to.deep.equal([]);
      expect(meter.billing.closed).to.equal(0);
    });

    it("catches the latest day and month up when it is set, as when it is set forward", () => {
      const meter = clockless();
      meter.advance(Date.UTC(2026, 2, 15));
      expect(meter.setClock(Date.UTC(2026, 2, 20, 12))).to.equal("accepted");
      expect(meter.billing.closed).to.equal(1);
      const [day, month] = [rowsOf(meter.profile("daily").rows).at(-1), rowsOf(meter.profile("monthly").rows).at(-1)];
      expect([day?.stamp, month?.stamp]).to.deep.equal([Date.UTC(2026, 2, 20), Date.UTC(2026, 2, 1)]);
      for (const row of [day, month]) {
        expect((row?.status ?? 0) & RowStatus.clockAdjusted).to.equal(RowStatus.clockAdjusted);
        expect((row?.status ?? 0) & RowStatus.powerDown, "the outage was in it").to.equal(RowStatus.powerDown);
      }
      meter.advance(meter.now + 2 * hour);
      expect(frozen(meter, "hourly").slice(-2)).to.deep.equal(["2026-03-20T13:00 A0", "2026-03-20T14:00"]);
    });

    it("catches a boundary up that passed in the outage itself", () => {
      const boundary = Date.UTC(2026, 1, 1);
      const meter = newMeter(newYear, outage(boundary - hour, boundary + hour), { clockReserve: minute });
      meter.advance(boundary + 3 * hour);
      expect(frozen(meter, "monthly")).to.deep.equal([]);
      expect(meter.setClock(boundary + 3 * hour)).to.equal("accepted");
      expect(frozen(meter, "monthly")).to.deep.equal(["2026-02-01T00:00 A0"]);
      expect(frozen(meter, "daily").at(-1)).to.equal("2026-02-01T00:00 A0");
    });

    it("has nothing to catch up where it is set back to before the boundary", () => {
      const boundary = Date.UTC(2026, 1, 1);
      const meter = newMeter(newYear, outage(boundary - hour, boundary + hour), { clockReserve: minute });
      meter.advance(boundary + 3 * hour);
      expect(meter.setClock(boundary - day)).to.equal("accepted");
      expect(frozen(meter, "monthly")).to.deep.equal([]);
      meter.advance(meter.now + 2 * day);
      expect(frozen(meter, "monthly")).to.deep.equal(["2026-02-01T00:00 A0"]);
      expect(meter.billing.closed).to.equal(1);
    });

    it("goes on with the load profile, marked", () => {
      const meter = clockless();
      meter.advance(returned + hour);
      const last = rowsOf(meter.profile("load").rows).at(-1);
      expect((last?.status ?? 0) & RowStatus.clockInvalid).to.equal(RowStatus.clockInvalid);
      expect(last?.stamp).to.equal(returned + hour);
    });
  });

  describe("7: billing by hand", () => {
    it("is event 21, and the month by the clock comes all the same", () => {
      const meter = newMeter(newYear);
      meter.advance(Date.UTC(2026, 0, 31, 23, 59));
      expect(meter.closeBillingPeriod()).to.equal("accepted");
      expect(meter.events.lastCode("standard")).to.equal(21);
      meter.advance(Date.UTC(2026, 1, 1));
      expect(frozen(meter, "monthly")).to.deep.equal(["2026-01-31T23:59", "2026-02-01T00:00"]);
      expect(meter.billing.closed).to.equal(2);
    });

    it("is a duplicate at the very boundary, and changes nothing then", () => {
      const meter = newMeter(newYear);
      meter.advance(Date.UTC(2026, 1, 1));
      expect(meter.closeBillingPeriod()).to.equal("duplicate");
      expect(frozen(meter, "monthly")).to.deep.equal(["2026-02-01T00:00"]);
      expect(meter.billing.closed).to.equal(1);
    });

    it("stands in the ring of the months, and takes the place of the oldest", () => {
      const meter = newMeter(newYear);
      meter.advance(Date.UTC(2027, 1, 1));
      expect(frozen(meter, "monthly")[0]).to.equal("2026-02-01T00:00");
      meter.advance(meter.now + hour);
      expect(meter.closeBillingPeriod()).to.equal("accepted");
      const months = frozen(meter, "monthly");
      expect([months.length, months[0], months.at(-1)]).to.deep.equal([13, "2026-03-01T00:00", "2027-02-01T01:00"]);
    });
  });

  describe("to the last row", () => {
    const cases = [
      { profile: "monthly", depth: 13, end: (count: number) => Date.UTC(2026, count, 1) },
      { profile: "daily", depth: 62, end: (count: number) => newYear + count * day },
      { profile: "hourly", depth: 48, end: (count: number) => newYear + count * hour },
    ] as const;
    for (const { profile, depth, end } of cases) {
      it(`${profile}: ${depth} after ${depth}, the same and the oldest gone after ${depth + 1}, none a millisecond early`, () => {
        const meter = newMeter(newYear, constantLoad());
        const stamps = () => rowsOf(meter.profile(profile).rows).map(({ stamp }) => stamp);
        const ends = Array.from({ length: depth + 1 }, (_, index) => end(index + 1));
        meter.advance(end(depth) - 1);
        expect(stamps()).to.deep.equal(ends.slice(0, depth - 1));
        meter.advance(end(depth));
        expect(stamps()).to.deep.equal(ends.slice(0, depth));
        meter.advance(end(depth + 1) - 1);
        expect(stamps()).to.deep.equal(ends.slice(0, depth));
        meter.advance(end(depth + 1));
        expect(stamps()).to.deep.equal(ends.slice(1));
      });
    }
  });
});
