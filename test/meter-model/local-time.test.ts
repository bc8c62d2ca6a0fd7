import { expect } from "chai";
import fc from "fast-check";
import { day, hour, type Instant, LocalTime, minute, type SwitchRule, type TimeZoneRule, utc } from "../../src/meter-model/index.ts";
import { paris } from "./support.ts";

const sydney: TimeZoneRule = {
  standardOffsetMinutes: 600,
  dst: {
    enabled: true,
    deviationMinutes: 60,
    begin: { month: 10, day: 1, dayOfWeek: 7, hour: 2, minute: 0, second: 0 },
    end: { month: 4, day: 1, dayOfWeek: 7, hour: 3, minute: 0, second: 0 },
  },
};

const lordHowe: TimeZoneRule = {
  standardOffsetMinutes: 630,
  dst: { ...sydney.dst, deviationMinutes: 30, end: { ...sydney.dst.end, hour: 2 } },
};

/** Clocks that skip midnight, and repeat the hour before it. */
const santiago: TimeZoneRule = {
  standardOffsetMinutes: -240,
  dst: {
    enabled: true,
    deviationMinutes: 60,
    begin: { month: 9, day: 2, dayOfWeek: 7, hour: 0, minute: 0, second: 0 },
    end: { month: 4, day: 2, dayOfWeek: 7, hour: 0, minute: 0, second: 0 },
  },
};

const at = (iso: string): Instant => Date.parse(iso);

function boundaries(zone: TimeZoneRule, from: Instant, to: Instant, period: number): Instant[] {
  const local = new LocalTime(zone);
  const found: Instant[] = [];
  for (let next = local.nextBoundary(from, period); next <= to; next = local.nextBoundary(next, period)) found.push(next);
  return found;
}

function switchDate(begin: SwitchRule, year: number): string {
  const zone = {
    standardOffsetMinutes: 0,
    dst: { ...utc.dst, enabled: true, begin, end: { ...utc.dst.end, month: 12, day: 31, dayOfWeek: undefined } },
  };
  return new Date(new LocalTime(zone).nextTransition(Date.UTC(year, 0, 1)) ?? 0).toISOString().slice(0, 16);
}

describe("LocalTime", () => {
  describe("fields", () => {
    it("shows winter and summer time", () => {
      const local = new LocalTime(paris);
      expect(local.fields(at("2026-01-15T11:30:05.250Z"))).to.deep.equal({
        ...{ year: 2026, month: 1, day: 15, dayOfWeek: 4, hour: 12, minute: 30, second: 5, millisecond: 250 },
        ...{ offsetMinutes: 60, dstActive: false },
      });
      expect(local.fields(at("2026-07-15T22:30:00Z"))).to.include({ day: 16, hour: 0, minute: 30, offsetMinutes: 120, dstActive: true });
    });

    it("switches at the very millisecond", () => {
      const local = new LocalTime(paris);
      expect(local.fields(at("2026-03-29T00:59:59.999Z"))).to.include({ hour: 1, minute: 59, dstActive: false });
      expect(local.fields(at("2026-03-29T01:00:00.000Z"))).to.include({ hour: 3, minute: 0, dstActive: true });
      expect(local.fields(at("2026-10-25T00:59:59.999Z"))).to.include({ hour: 2, minute: 59, dstActive: true });
      expect(local.fields(at("2026-10-25T01:00:00.000Z"))).to.include({ hour: 2, minute: 0, dstActive: false });
    });

    it("keeps standard time where daylight saving is disabled", () => {
      const local = new LocalTime({ ...paris, dst: { ...paris.dst, enabled: false } });
      expect(local.offsetAt(at("2026-07-15T12:00:00Z"))).to.equal(60 * minute);
      expect(local.nextTransition(at("2026-01-01T00:00:00Z"))).to.equal(undefined);
    });

    it("has summer at the turn of the year in the south", () => {
      const local = new LocalTime(sydney);
      expect(local.dstActive(at("2026-01-01T00:00:00Z"))).to.equal(true);
      expect(local.dstActive(at("2026-07-01T00:00:00Z"))).to.equal(false);
      expect(local.nextTransition(at("2026-01-01T00:00:00Z"))).to.equal(at("2026-04-04T16:00:00Z"));
      expect(local.nextTransition(at("2026-04-04T16:00:00Z"))).to.equal(at("2026-10-03T16:00:00Z"));
    });

    it("agrees with the time zone database all through twelve years", () => {
      const format = new Intl.DateTimeFormat("en-GB", { timeZone: "Europe/Paris", hour: "2-digit", hourCycle: "h23", day: "2-digit" });
      const local = new LocalTime(paris);
      for (let instant = at("2015-01-01T00:00:00Z"); instant < at("2027-01-01T00:00:00Z"); instant += 7 * hour) {
        const { day: date, hour: hours } = local.fields(instant);
        const shown = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
        if (shown["day"] !== date || shown["hour"] !== hours) expect.fail(new Date(instant).toISOString());
      }
    });
  });

  describe("switch rules", () => {
    const time = { hour: 2, minute: 0, second: 0 };

    it("finds the last and the second last weekday of the month", () => {
      expect(switchDate({ month: 3, day: "last", dayOfWeek: 7, ...time }, 2026)).to.equal("2026-03-29T02:00");
      expect(switchDate({ month: 3, day: "second-last", dayOfWeek: 7, ...time }, 2026)).to.equal("2026-03-22T02:00");
    });

    it("finds the first weekday on or after a day", () => {
      expect(switchDate({ month: 3, day: 8, dayOfWeek: 7, ...time }, 2026)).to.equal("2026-03-08T02:00");
      expect(switchDate({ month: 3, day: 9, dayOfWeek: 7, ...time }, 2026)).to.equal("2026-03-15T02:00");
    });

    it("finds the last days of a leap February, and a fixed day", () => {
      expect(switchDate({ month: 2, day: "last", ...time }, 2024)).to.equal("2024-02-29T02:00");
      expect(switchDate({ month: 2, day: "second-last", ...time }, 2024)).to.equal("2024-02-28T02:00");
      expect(switchDate({ month: 2, day: 10, ...time }, 2024)).to.equal("2024-02-10T02:00");
    });
  });

  describe("instantsOf", () => {
    const local = new LocalTime(paris);

    it("finds the one instant of an ordinary reading", () => {
      expect(local.instantsOf(at("2026-07-01T12:00:00Z"))).to.deep.equal([at("2026-07-01T10:00:00Z")]);
    });

    it("finds none in the hour that spring skips", () => {
      expect(local.instantsOf(at("2026-03-29T02:30:00Z"))).to.deep.equal([]);
    });

    it("finds two in the hour that autumn repeats, the earlier first", () => {
      expect(local.instantsOf(at("2026-10-25T02:30:00Z"))).to.deep.equal([at("2026-10-25T00:30:00Z"), at("2026-10-25T01:30:00Z")]);
    });

    it("undoes fields, at any instant of any zone", () => {
      fc.assert(
        fc.property(
          fc.constantFrom(paris, sydney, lordHowe, santiago, utc),
          fc.integer({ min: 0, max: 4_000_000_000_000 }),
          (zone, instant) => {
            const localTime = new LocalTime(zone);
            expect(localTime.instantsOf(instant + localTime.offsetAt(instant))).to.include(instant);
          },
        ),
      );
    });
  });

  describe("nextBoundary", () => {
    it("is strictly after the instant asked from", () => {
      expect(new LocalTime(utc).nextBoundary(at("2026-01-01T00:15:00Z"), 900_000)).to.equal(at("2026-01-01T00:30:00Z"));
    });

    it("gives the spring day 23 hours and 92 quarters, the autumn day 25 and 100", () => {
      const spring = [at("2026-03-28T23:00:00Z"), at("2026-03-29T22:00:00Z")] as const;
      const autumn = [at("2026-10-24T22:00:00Z"), at("2026-10-25T23:00:00Z")] as const;
      expect(boundaries(paris, ...spring, hour)).to.have.length(23);
      expect(boundaries(paris, ...spring, 15 * minute)).to.have.length(92);
      expect(boundaries(paris, ...autumn, hour)).to.have.length(25);
      expect(boundaries(paris, ...autumn, 15 * minute)).to.have.length(100);
    });

    it("puts days at local midnight, however long they are", () => {
      expect(boundaries(paris, at("2026-03-27T23:00:00Z"), at("2026-03-31T00:00:00Z"), day)).to.deep.equal([
        at("2026-03-28T23:00:00Z"),
        at("2026-03-29T22:00:00Z"),
        at("2026-03-30T22:00:00Z"),
      ]);
    });

    it("counts half-hour offsets from local midnight", () => {
      const india: TimeZoneRule = { ...utc, standardOffsetMinutes: 330 };
      expect(new LocalTime(india).nextBoundary(at("2026-01-01T00:00:00Z"), hour)).to.equal(at("2026-01-01T00:30:00Z"));
    });

    it("does not lose a midnight that is skipped, nor double one that is repeated", () => {
      const spring = boundaries(santiago, at("2026-09-05T04:00:00Z"), at("2026-09-07T12:00:00Z"), day);
      expect(spring).to.deep.equal([at("2026-09-06T04:00:00Z"), at("2026-09-07T03:00:00Z")]);
      const autumn = boundaries(santiago, at("2026-04-04T03:00:00Z"), at("2026-04-06T12:00:00Z"), day);
      expect(autumn).to.deep.equal([at("2026-04-05T04:00:00Z"), at("2026-04-06T04:00:00Z")]);
    });

    it("ends an hour at a switch of half an hour that leaps over its end", () => {
      // 02:00 becomes 02:30: the hour that began at 01:00 ends there, and the next one has half an hour left.
      expect(boundaries(lordHowe, at("2026-10-03T14:30:00Z"), at("2026-10-03T17:00:00Z"), hour)).to.deep.equal([
        at("2026-10-03T15:30:00Z"),
        at("2026-10-03T16:00:00Z"),
        at("2026-10-03T17:00:00Z"),
      ]);
    });

    it("never stands still and never skips more than a period and a switch", () => {
      const zones = fc.constantFrom(paris, sydney, lordHowe, santiago, utc);
      const periods = fc.constantFrom(minute, 5 * minute, 15 * minute, 30 * minute, hour, 6 * hour, day);
      fc.assert(
        fc.property(zones, periods, fc.integer({ min: 0, max: 4_000_000_000_000 }), (zone, period, instant) => {
          const next = new LocalTime(zone).nextBoundary(instant, period);
          expect(next).to.be.greaterThan(instant);
          expect(next - instant).to.be.at.most(period + hour);
        }),
      );
    });
  });
});
