import { expect } from "chai";
import fc from "fast-check";
import { dateOnWall, timeLabels } from "../../page/src/parts/chart-axis.ts";
import { averageUse, csv, type History, historyOf, rangeBefore, total, within } from "../../page/src/series.ts";
import { byKey, latest, moved, type Span, zoomed } from "../../page/src/span.ts";
import { localClock, monthsLater, offsetOf, wallClock } from "../../page/src/wall-clock.ts";
import type { PageColumn, PageRows, PageValue } from "../../src/dashboard/contract.ts";

const hour = 3_600_000;
const day = 24 * hour;
const energy: PageColumn = { logicalName: "1.0.1.8.0.255", attribute: 2, name: "Active energy import (+A)", unit: "Wh" };

function rows(stamps: readonly string[], ...columns: readonly (readonly [PageColumn, readonly PageValue[]])[]): PageRows {
  return {
    columns: columns.map(([column]) => column),
    times: stamps.map((stamp) => Date.parse(stamp)),
    stamps,
    cells: columns.map(([, cells]) => cells),
  };
}

const of = ({ series }: History, name: string) => series.find((each) => each.name === name);
const clockOf = ({ intervals }: History) =>
  wallClock(
    intervals.map(({ to }) => to),
    intervals.map(({ stamp }) => stamp),
  );

describe("History", () => {
  const autumn = ["2026-10-25T01:00:00+02:00", "2026-10-25T02:00:00+02:00", "2026-10-25T02:00:00+01:00", "2026-10-25T03:00:00+01:00"];

  it("is what the register grew by, also in an hour that autumn repeats", () => {
    const history = historyOf(rows(autumn, [energy, [1000, 1500, 2500, 2500]]), null, undefined);
    expect(of(history, "Energy")).to.deep.include({ unit: "kWh", adds: true, values: [0.5, 1, 0] });
    expect(history.intervals.map(({ from, to }) => to - from)).to.deep.equal([hour, hour, hour]);
    expect(total(history.series[0] as never, { first: 0, end: 3 })).to.equal(1.5);
  });

  it("does not know what was used where the register went down or is not known", () => {
    const history = historyOf(rows(autumn, [energy, [1000, 200, null, 300]]), null, undefined);
    expect(of(history, "Energy")?.values).to.deep.equal([null, null, null]);
    expect(total(history.series[0] as never, { first: 0, end: 3 })).to.equal(null);
  });

  it("is in order, whatever order the rows came in, and without those that have no time", () => {
    const mixed = { ...rows(autumn.slice(0, 3), [energy, [1000, 1500, 2500]]), times: [] as (number | null)[] };
    mixed.times = [Date.parse(autumn[2] as string), null, Date.parse(autumn[0] as string)];
    const history = historyOf({ ...mixed, cells: [[2500, 7, 1000]] }, null, undefined);
    expect(history.intervals).to.have.lengthOf(1);
    expect(of(history, "Energy")?.values).to.deep.equal([1.5]);
  });

  it("goes on until now where that is known", () => {
    const now = { time: Date.parse("2026-10-25T03:20:00+01:00"), stamp: "2026-10-25T03:20:00+01:00", energy: 2800 };
    const history = historyOf(rows(autumn, [energy, [1000, 1500, 2500, 2500]]), null, undefined, now);
    expect(history.open).to.equal(true);
    expect(of(history, "Energy")?.values).to.deep.equal([0.5, 1, 0, 0.3]);
    expect(history.intervals.at(-1)).to.deep.include({ to: now.time, stamp: now.stamp });
    const past = historyOf(rows(autumn, [energy, [1000, 1500, 2500, 2500]]), null, undefined, { ...now, time: 0 });
    expect([past.open, past.intervals.length]).to.deep.equal([false, 3]);
  });

  it("costs what the meter says, and else what is configured", () => {
    const cost: PageColumn = { logicalName: "0.0.96.60.16.255", attribute: 2, name: "Consumption yesterday (cost)", unit: "currency" };
    const price = { currency: "EUR", perKwh: 2 };
    const charged = historyOf(rows(autumn, [energy, [0, 1000, 3000, 3000]], [cost, [9, 1.5, 2.5, 0]]), price, "ZAR");
    expect(of(charged, "Cost")).to.deep.include({ unit: "ZAR", adds: true, values: [1.5, 2.5, 0] });
    const priced = historyOf(rows(autumn, [energy, [0, 1000, 3000, null]], [{ ...cost, unit: "Wh" }, [9, 1, 2, 3]]), price, "ZAR");
    expect(of(priced, "Cost")).to.deep.include({ unit: "EUR", values: [2, 4, null] });
    expect(of(historyOf(rows(autumn, [energy, [0, 1000, 3000, 3000]]), null, "ZAR"), "Cost")).to.equal(undefined);
  });

  it("has other columns as they are, and none without numbers", () => {
    const voltage: PageColumn = { logicalName: "1.0.32.7.0.255", attribute: 2, name: "Voltage L1", unit: "V" };
    const status: PageColumn = { logicalName: "0.0.96.10.1.255", attribute: 2, name: "Status", unit: null };
    const history = historyOf(rows(autumn, [voltage, [230, 231, null, 232]], [status, ["a", "b", "c", "d"]]), null, undefined);
    expect(history.series).to.deep.equal([{ name: "Voltage L1", unit: "V", adds: false, values: [231, null, 232] }]);
    expect(historyOf(rows([]), null, undefined)).to.deep.equal({ intervals: [], series: [], open: false });
  });

  it("knows what a day uses on average", () => {
    expect(averageUse(historyOf(rows(autumn, [energy, [1000, 1500, 2500, 2400]]), null, undefined))).to.equal(0.75);
    expect(averageUse(historyOf(rows([]), null, undefined))).to.equal(undefined);
  });

  it("is a file of the meter's own times", () => {
    const history = historyOf(rows(autumn, [energy, [1000, 1500, 2500, 2400]]), null, undefined);
    expect(csv(history.intervals, history.series[0] as never, { first: 1, end: 3 })).to.equal(
      'time,"Energy [kWh]"\r\n2026-10-25T02:00:00+01:00,1\r\n2026-10-25T03:00:00+01:00,\r\n',
    );
  });
});

describe("The time before", () => {
  /** A row each hour from midnight to midnight where spring skips an hour on the third day. */
  function spring(): History {
    const stamps: string[] = [];
    for (let at = Date.parse("2026-03-27T00:00:00+01:00"); at <= Date.parse("2026-03-31T00:00:00+02:00"); at += hour) {
      const offset = at >= Date.parse("2026-03-29T01:00:00Z") ? 2 : 1;
      stamps.push(`${new Date(at + offset * hour).toISOString().slice(0, 19)}+0${offset}:00`);
    }
    return historyOf(rows(stamps, [energy, stamps.map((_, row) => row * 1000)]), null, undefined);
  }
  const midnight = (date: string) => Date.parse(`${date}T00:00:00${date >= "2026-03-30" ? "+02:00" : "+01:00"}`);
  const sums = (history: History, from: string, to: string) => {
    const range = within(history.intervals, midnight(from), midnight(to));
    const before = rangeBefore(history.intervals, range, clockOf(history), "clock");
    const [shown] = history.series;
    return shown && [total(shown, range), before && total(shown, before)];
  };

  it("of a day of 23 hours is the whole day before, and of the day behind it the day of 23 hours", () => {
    expect(sums(spring(), "2026-03-29", "2026-03-30")).to.deep.equal([23, 24]);
    expect(sums(spring(), "2026-03-30", "2026-03-31")).to.deep.equal([24, 23]);
    expect(sums(spring(), "2026-03-29", "2026-03-31")).to.deep.equal([47, 48]);
  });

  it("is not told where the rows do not reach back so far", () => {
    expect(sums(spring(), "2026-03-27", "2026-03-28")).to.deep.equal([24, undefined]);
    expect(sums(spring(), "2026-03-28", "2026-03-31")).to.deep.equal([71, undefined]);
  });

  it("of a day of 25 hours is a day of 24", () => {
    const stamps = ["2026-10-23T00:00:00+02:00", "2026-10-24T00:00:00+02:00", "2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00"];
    const history = historyOf(rows(stamps, [energy, [0, 24_000, 48_000, 73_000]]), null, undefined);
    expect(history.intervals.map(({ from, to }) => (to - from) / hour)).to.deep.equal([24, 24, 25]);
    const range = { first: 2, end: 3 };
    expect(rangeBefore(history.intervals, range, clockOf(history), "clock")).to.deep.equal({ first: 1, end: 2 });
  });

  it("of months are as many months, however long", () => {
    const stamps = Array.from({ length: 13 }, (_, month) => new Date(Date.UTC(2025, month, 1)).toISOString());
    const history = historyOf(rows(stamps, [energy, stamps.map((_, month) => month)]), null, undefined);
    const earlier = (first: number, end: number) => rangeBefore(history.intervals, { first, end }, clockOf(history), "months");
    expect(earlier(6, 12)).to.deep.equal({ first: 0, end: 6 });
    expect(earlier(2, 3)).to.deep.equal({ first: 1, end: 2 });
    expect(earlier(5, 11)).to.equal(undefined);
  });
});

describe("The meter's wall clock", () => {
  it("shows what its stamps show, in between and around as before", () => {
    const clock = wallClock([0, day, 2 * day], ["1970-01-01T01:00:00+01:00", "1970-01-02T02:00:00+02:00", "1970-01-03T02:00:00+02:00"]);
    expect([-day, 0, day - 1, day, 5 * day].map((at) => clock.wallOf(at) - at)).to.deep.equal([hour, hour, hour, 2 * hour, 2 * hour]);
    expect(wallClock([], []).wallOf(7)).to.equal(7);
    expect(["x", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00-03:30"].map(offsetOf)).to.deep.equal([0, 0, -3.5 * hour]);
  });

  it("labels midnight with the day, and the rest with the time", () => {
    const clock = wallClock([0], ["1970-01-01T05:30:00+05:30"]);
    const midnight = Date.UTC(2026, 5, 2) / 1000 - 5.5 * 3600;
    expect(timeLabels([midnight, midnight + 3600], 3600, clock, "en-GB")).to.deep.equal(["2 Jun", "01:00"]);
    expect(timeLabels([midnight], 86_400 * 31, clock, "en-GB")).to.deep.equal(["Jun 2026"]);
    const date = dateOnWall(midnight, clock);
    expect([date.getDate(), date.getHours(), date.getMinutes()]).to.deep.equal([2, 0, 0]);
  });

  it("is that of who looks where nobody else's is asked for", () => {
    const at = Date.UTC(2026, 6, 1, 12);
    expect(new Date(localClock.wallOf(at)).getUTCHours()).to.equal(new Date(at).getHours());
  });

  it("counts months by the calendar", () => {
    expect(monthsLater(Date.UTC(2026, 0, 1), -1)).to.equal(Date.UTC(2025, 11, 1));
  });
});

describe("What a chart shows", () => {
  const all: Span = { min: 0, max: 1000 };
  const spans = fc
    .tuple(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 10, max: 1000 }))
    .map(([min, length]): Span => ({ min: Math.min(min, 1000 - length), max: Math.min(min, 1000 - length) + length }));

  it("is never beyond what there is, and never shorter than is worth looking at", () => {
    const keys = fc.array(fc.constantFrom("ArrowLeft", "ArrowRight", "PageUp", "PageDown", "Home", "End", "+", "-", "0"), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(spans, keys, (start, pressed) => {
        let span = start;
        for (const key of pressed) span = byKey(key, span, all, 10) as Span;
        expect(span.min).to.be.within(-1e-6, 1000);
        expect(span.max).to.be.within(0, 1000 + 1e-6);
        expect(span.max - span.min).to.be.at.least(10 - 1e-6);
      }),
    );
  });

  it("keeps its length while it is moved, and what is pointed at while it is zoomed", () => {
    fc.assert(
      fc.property(
        spans,
        fc.integer({ min: -2000, max: 2000 }),
        fc.double({ min: 0.1, max: 10, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (span, by, factor, part) => {
          const there = moved(span, by, all);
          expect(there.max - there.min).to.be.closeTo(span.max - span.min, 1e-6);
          const at = span.min + part * (span.max - span.min);
          const near = zoomed(span, factor, at, all, 10);
          const inside = near.min > 0 && near.max < 1000;
          if (inside) expect((at - near.min) / (near.max - near.min)).to.be.closeTo(part, 1e-6);
        },
      ),
    );
  });

  it("begins with the latest, and has no meaning for other keys", () => {
    expect(latest(all, 100)).to.deep.equal({ min: 900, max: 1000 });
    expect(latest(all, 5000)).to.deep.equal(all);
    expect(byKey("a", all, all, 10)).to.equal(undefined);
    expect(zoomed({ min: 0, max: 5 }, 10, 2, { min: 0, max: 5 }, 10)).to.deep.equal({ min: 0, max: 5 });
  });
});
