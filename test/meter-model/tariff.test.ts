import { expect } from "chai";
import fc from "fast-check";
import { nextMatch } from "../../src/meter-model/date-pattern.ts";
import { type Calendar, day, hour, type Instant, ratedEnergies, threeRateCalendar, uniformCalendar } from "../../src/meter-model/index.ts";
import { LocalTime } from "../../src/meter-model/local-time.ts";
import { constantLoad, newMeter, paris, point } from "./support.ts";

const newYear = Date.UTC(2026, 0, 1);
const iso = (instant: Instant): string => new Date(instant).toISOString().slice(0, 19);

describe("Rates", () => {
  it("add up to the total to the last digit, whenever one looks", () => {
    const load = constantLoad(point({ activePower: 1_234_567, reactivePower: 345_678 }));
    const meter = newMeter(newYear, load, { calendar: threeRateCalendar });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 7 * hour }), (step) => {
        meter.advance(meter.now + step);
        for (const name of ratedEnergies) {
          const sum = Array.from({ length: 8 }, (_, index) => meter.ratedEnergy(name, index + 1)).reduce((a, b) => a + b, 0);
          expect(sum, name).to.equal(meter.energy(name));
        }
      }),
      { numRuns: 300 },
    );
  });

  it("count what was used while they were in force", () => {
    const meter = newMeter(newYear, constantLoad(), { calendar: threeRateCalendar });
    meter.advance(newYear + 10 * day);
    expect([1, 2, 3, 4].map((rate) => meter.ratedEnergy("activeImport", rate))).to.deep.equal([110_000, 50_000, 80_000, 0]);
  });

  it("have a maximum demand each", () => {
    const meter = newMeter(newYear, constantLoad(), { calendar: threeRateCalendar });
    meter.advance(newYear + 7 * hour);
    const { rateMaxima } = meter.demand("activeImport");
    expect(rateMaxima.slice(0, 3)).to.deep.equal([
      { value: 1000, at: newYear + 6.25 * hour },
      { value: 0, at: undefined },
      { value: 1000, at: newYear + 0.25 * hour },
    ]);
  });

  it("fall back to the first while the clock is invalid", () => {
    const meter = newMeter(
      newYear,
      {
        at: (instant) =>
          instant < newYear + hour ? { point: undefined, until: newYear + hour } : { point: point({}), until: Number.POSITIVE_INFINITY },
      },
      {
        calendar: threeRateCalendar,
        clockReserve: 1000,
      },
    );
    meter.advance(newYear + 2 * hour);
    expect(meter.rate).to.equal(1);
    expect(meter.setClock(newYear + 2 * hour)).to.equal("accepted");
    expect(meter.rate).to.equal(3);
  });

  it("can be forced until the calendar's next switch", () => {
    const meter = newMeter(newYear, constantLoad(), { calendar: threeRateCalendar });
    meter.advance(newYear + hour);
    expect(meter.forceRate(8)).to.equal("accepted");
    expect(meter.forceRate(9)).to.equal("out-of-range");
    expect(meter.rate).to.equal(8);
    meter.advance(newYear + 6 * hour);
    expect(meter.rate).to.equal(1);
  });
});

describe("The activity calendar", () => {
  const seasonal: Calendar = {
    name: "41",
    seasons: [
      { name: "53", start: { month: 4, day: 1 }, week: "53" },
      { name: "57", start: { month: 10, day: 1 }, week: "57" },
    ],
    weeks: [
      { name: "53", days: [1, 1, 1, 1, 1, 2, 2] },
      { name: "57", days: [3, 3, 3, 3, 3, 3, 3] },
    ],
    days: [
      {
        id: 1,
        actions: [
          { time: 8 * hour, rate: 1 },
          { time: 20 * hour, rate: 2 },
        ],
      },
      { id: 2, actions: [{ time: 0, rate: 3 }] },
      { id: 3, actions: [{ time: 0, rate: 4 }] },
    ],
  };
  const rateAfter = (instant: Instant): number => {
    const meter = newMeter(instant - hour, constantLoad(), { calendar: seasonal });
    meter.advance(instant);
    return meter.rate;
  };

  it("follows seasons, weekdays and times, and what held before the first action of a day", () => {
    expect(rateAfter(Date.UTC(2026, 5, 15, 12)), "a Monday in summer").to.equal(1);
    expect(rateAfter(Date.UTC(2026, 5, 15, 21)), "its evening").to.equal(2);
    expect(rateAfter(Date.UTC(2026, 5, 16, 7)), "the morning behind").to.equal(2);
    expect(rateAfter(Date.UTC(2026, 5, 15, 7)), "Monday morning after the weekend").to.equal(3);
    expect(rateAfter(Date.UTC(2026, 5, 20, 12)), "a Saturday").to.equal(3);
    expect(rateAfter(Date.UTC(2026, 0, 15, 12)), "winter, of the season that began the year before").to.equal(4);
    expect(rateAfter(Date.UTC(2026, 11, 15, 12)), "winter").to.equal(4);
  });

  it("gives way to special days, of every year or of one", () => {
    const meter = newMeter(Date.UTC(2026, 5, 14), constantLoad(), { calendar: seasonal });
    const specialDays = [
      { index: 1, date: { month: 6, day: 15 }, dayId: 3 },
      { index: 2, date: { year: 2027, month: 6, day: 16 }, dayId: 3 },
    ];
    expect(meter.tariff.setSpecialDays(specialDays, meter.clockTime)).to.equal(true);
    meter.tariffChanged();
    meter.advance(Date.UTC(2026, 5, 15, 12));
    expect(meter.rate).to.equal(4);
    meter.advance(Date.UTC(2026, 5, 16, 12));
    expect(meter.rate).to.equal(1);
  });

  it("is replaced by the passive one at its time, and its rate is in force at once", () => {
    const meter = newMeter(newYear, constantLoad());
    expect(meter.tariff.setPassive(uniformCalendar("42", [{ time: 0, rate: 7 }]), meter.clockTime)).to.equal(true);
    meter.tariff.setActivation({ year: 2026, month: 1, day: 3, hour: 10, minute: 0, second: 0 });
    meter.tariffChanged();
    meter.advance(Date.UTC(2026, 0, 3, 10) - 1);
    expect(meter.rate).to.equal(1);
    meter.takeEvents();
    meter.advance(Date.UTC(2026, 0, 3, 10));
    expect(meter.rate).to.equal(7);
    expect(meter.tariff.active.name).to.equal("42");
    expect(meter.takeEvents().map(({ type }) => type)).to.deep.equal(["calendar-activated", "rate-switched"]);
  });

  it("is not replaced by one that names what it does not have", () => {
    const meter = newMeter(newYear, constantLoad());
    const broken: Calendar = { ...seasonal, weeks: [{ name: "53", days: [1, 1, 1, 1, 1, 9, 9] }] };
    expect(meter.tariff.setPassive(broken, meter.clockTime)).to.equal(true);
    expect(meter.activatePassiveCalendar()).to.equal("out-of-range");
    expect(meter.tariff.setPassive({ ...seasonal, days: [{ id: 1, actions: [{ time: 0, rate: 9 }] }] }, 0)).to.equal(false);
    expect(
      meter.tariff.setPassive(
        {
          ...seasonal,
          days: [
            {
              id: 1,
              actions: [
                { time: 5, rate: 1 },
                { time: 5, rate: 2 },
              ],
            },
          ],
        },
        0,
      ),
    ).to.equal(false);
  });

  it("lives through the same in one step or in many, with daylight saving", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 3 * day }), { minLength: 1, maxLength: 20 }), (steps) => {
        const make = () => newMeter(Date.UTC(2026, 2, 20), constantLoad(), { calendar: seasonal, zone: paris });
        const [many, one] = [make(), make()];
        for (const step of steps) many.advance(many.now + step);
        one.advance(many.now);
        expect(many.state.rates).to.deep.equal(one.state.rates);
        expect(many.state.tariff).to.deep.equal(one.state.tariff);
        expect(many.state.demand).to.deep.equal(one.state.demand);
      }),
      { numRuns: 50 },
    );
  });
});

describe("A date with wildcards", () => {
  const local = new LocalTime(paris);
  const next = (pattern: Parameters<typeof nextMatch>[0], after: string): string => {
    const found = nextMatch(pattern, Date.parse(after), local);
    return Number.isFinite(found) ? iso(found) : "never";
  };

  const table = [
    [{ day: 1, hour: 0, minute: 0, second: 0 }, "2026-01-15T00:00:00Z", "2026-01-31T23:00:00"],
    [{ day: "last", hour: 12, minute: 0, second: 0 }, "2026-02-15T00:00:00Z", "2026-02-28T11:00:00"],
    [{ day: "second-last", hour: 12, minute: 0, second: 0 }, "2028-02-15T00:00:00Z", "2028-02-28T11:00:00"],
    [{ month: 2, day: 29, hour: 0, minute: 0, second: 0 }, "2026-01-01T00:00:00Z", "2028-02-28T23:00:00"],
    [{ dayOfWeek: 1, hour: 6, minute: 30, second: 0 }, "2026-06-15T04:30:00Z", "2026-06-22T04:30:00"],
    [{ hour: 0, minute: 0, second: 0 }, "2026-06-15T21:59:59Z", "2026-06-15T22:00:00"],
    [{ minute: 30, second: 0 }, "2026-06-15T10:15:00Z", "2026-06-15T10:30:00"],
    [{ year: 2020, month: 1, day: 1, hour: 0, minute: 0, second: 0 }, "2026-06-15T10:15:00Z", "never"],
    [{ month: 2, day: 30, hour: 0, minute: 0, second: 0 }, "2026-06-15T10:15:00Z", "never"],
  ] as const;
  for (const [pattern, after, expected] of table)
    it(`${JSON.stringify(pattern)} comes after ${after} at ${expected}`, () => {
      expect(next(pattern, after)).to.equal(expected);
    });

  it("is served once where autumn repeats its hour, and where the clock jumps over it in spring", () => {
    const pattern = { hour: 2, minute: 30, second: 0 };
    expect(next(pattern, "2026-10-25T00:00:00Z")).to.equal("2026-10-25T00:30:00");
    expect(next(pattern, "2026-10-25T00:30:00Z")).to.equal("2026-10-26T01:30:00");
    expect(next(pattern, "2026-03-28T02:00:00Z")).to.equal("2026-03-29T01:00:00");
    expect(next(pattern, "2026-03-29T01:00:00Z")).to.equal("2026-03-30T00:30:00");
  });
});
