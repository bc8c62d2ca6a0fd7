import { expect } from "chai";
import fc from "fast-check";
import { calendarDate, dayOfWeek, daysInMonth, daysSinceEpoch } from "../../src/meter-model/calendar-date.ts";

describe("calendar date", () => {
  it("counts days from 1970-01-01", () => {
    expect(daysSinceEpoch({ year: 1970, month: 1, day: 1 })).to.equal(0);
    expect(daysSinceEpoch({ year: 2000, month: 3, day: 1 })).to.equal(11_017);
    expect(daysSinceEpoch({ year: 1969, month: 12, day: 31 })).to.equal(-1);
  });

  it("agrees with the engine's calendar on every day of four centuries", () => {
    for (let days = -25_567; days < 120_530; days++) {
      const engine = new Date(days * 86_400_000);
      const date = calendarDate(days);
      const same = date.year === engine.getUTCFullYear() && date.month === engine.getUTCMonth() + 1 && date.day === engine.getUTCDate();
      if (!same || daysSinceEpoch(date) !== days || dayOfWeek(days) % 7 !== engine.getUTCDay()) expect.fail(`day ${days}`);
    }
  });

  it("knows the leap years", () => {
    expect([1900, 2000, 2023, 2024].map((year) => daysInMonth(year, 2))).to.deep.equal([28, 29, 28, 29]);
    expect(daysInMonth(2026, 12)).to.equal(31);
  });

  it("refuses months that are none", () => {
    expect(() => daysInMonth(2026, 13))
      .to.throw()
      .with.property("code", "invariant");
  });

  it("returns to the same day from any day of ten thousand years", () => {
    fc.assert(
      fc.property(fc.integer({ min: -800_000, max: 2_900_000 }), (days) => {
        expect(daysSinceEpoch(calendarDate(days))).to.equal(days);
      }),
    );
  });
});
