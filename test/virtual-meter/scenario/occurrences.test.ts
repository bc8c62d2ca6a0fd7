import { expect } from "chai";
import fc from "fast-check";
import { day, hour, LocalTime, minute } from "../../../src/meter-model/index.ts";
import { Occurrences } from "../../../src/virtual-meter/scenario/occurrences.ts";
import { paris } from "../../meter-model/support.ts";
import { start } from "./support.ts";

const daily = (timeOfDay: number, from = start) => new Occurrences({ kind: "daily", timeOfDay }, from, paris);
const utc = (instant: number | undefined) => (instant === undefined ? undefined : new Date(instant).toISOString().slice(0, 16));

describe("the occurrences of an event", () => {
  it("are one that is counted from the start", () => {
    const once = new Occurrences({ kind: "once", after: hour }, start, paris);
    expect([once.latest(start + hour - 1), once.next(start + hour - 1)]).to.deep.equal([undefined, start + hour]);
    expect([once.latest(start + hour), once.next(start + hour)]).to.deep.equal([start + hour, Number.POSITIVE_INFINITY]);
  });

  it("are at a local time of every day, and none before the start", () => {
    const evening = daily(18 * hour, start + 19 * hour);
    expect(evening.latest(start + day)).to.equal(undefined);
    expect(evening.next(start - 9 * day)).to.equal(start + day + 18 * hour);
    expect(evening.latest(start + 5 * day)).to.equal(start + 4 * day + 18 * hour);
    expect(evening.next(start + 4 * day + 18 * hour)).to.equal(start + 5 * day + 18 * hour);
  });

  it("stay at their local time when daylight saving begins and ends", () => {
    expect(utc(daily(18 * hour, 0).next(Date.UTC(2026, 2, 28, 12)))).to.equal("2026-03-28T17:00");
    expect(utc(daily(18 * hour, 0).next(Date.UTC(2026, 2, 29, 12)))).to.equal("2026-03-29T16:00");
    expect(utc(daily(18 * hour, 0).next(Date.UTC(2026, 9, 25, 12)))).to.equal("2026-10-25T17:00");
  });

  it("come an hour later where spring skips them, and first where autumn repeats them", () => {
    const night = daily(2 * hour + 30 * minute, 0);
    expect(utc(night.next(Date.UTC(2026, 2, 28, 12)))).to.equal("2026-03-29T01:30");
    expect(utc(night.next(Date.UTC(2026, 9, 24, 12)))).to.equal("2026-10-25T00:30");
    expect(utc(night.next(Date.UTC(2026, 9, 25, 0, 30)))).to.equal("2026-10-26T01:30");
  });

  it("are one on each day of a year, and the latest is the one before the next", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: day - 1 }), (timeOfDay) => {
        const occurrences = daily(timeOfDay, Date.UTC(2026, 0, 1));
        const localTime = new LocalTime(paris);
        const days = new Set<number>();
        let previous: number | undefined;
        for (let next = occurrences.next(0); next < Date.UTC(2027, 0, 1); next = occurrences.next(next)) {
          expect(occurrences.latest(next - 1)).to.equal(previous);
          expect(occurrences.latest(next)).to.equal(next);
          days.add(Math.floor((next + localTime.offsetAt(next)) / day));
          previous = next;
        }
        expect(days.size).to.equal(365);
      }),
      { numRuns: 20 },
    );
  });
});
