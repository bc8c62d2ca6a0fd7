import { expect } from "chai";
import { type ActionType, type ExecutionTime, fitsType, nextExecution } from "../../../src/meter-model/automation/execution-time.ts";
import { LocalTime, type TimeZoneRule, utc } from "../../../src/meter-model/local-time.ts";
import { paris } from "../support.ts";

/** New South Wales: an hour ahead from October to April. */
const sydney: TimeZoneRule = {
  standardOffsetMinutes: 600,
  dst: {
    enabled: true,
    deviationMinutes: 60,
    begin: { month: 10, day: 1, dayOfWeek: 7, hour: 2, minute: 0, second: 0 },
    end: { month: 4, day: 1, dayOfWeek: 7, hour: 3, minute: 0, second: 0 },
  },
};

/** Chile: the clock leaps over midnight. */
const santiago: TimeZoneRule = {
  standardOffsetMinutes: -240,
  dst: {
    enabled: true,
    deviationMinutes: 60,
    begin: { month: 9, day: 2, dayOfWeek: 7, hour: 0, minute: 0, second: 0 },
    end: { month: 4, day: 2, dayOfWeek: 7, hour: 0, minute: 0, second: 0 },
  },
};

/** The first `count` executions after an instant, in UTC. */
function executions(times: readonly ExecutionTime[], after: string, zone: TimeZoneRule, count: number): string[] {
  const local = new LocalTime(zone);
  const found: string[] = [];
  let instant = Date.parse(after);
  while (found.length < count) {
    instant = nextExecution(times, instant, local);
    if (instant === Number.POSITIVE_INFINITY) return [...found, "never"];
    found.push(new Date(instant).toISOString());
  }
  return found;
}

const at = (hour: number, minute = 0): ExecutionTime => ({ hour, minute, second: 0 });

describe("Execution times", () => {
  it("come in the order of the clock, whatever the order they were written in", () => {
    expect(executions([at(18), at(6, 30)], "2026-05-01T12:00:00Z", utc, 3)).to.deep.equal([
      "2026-05-01T18:00:00.000Z",
      "2026-05-02T06:30:00.000Z",
      "2026-05-02T18:00:00.000Z",
    ]);
  });

  it("end with the last of their dates", () => {
    const dates = [
      { year: 2026, month: 5, day: 3, ...at(0) },
      { year: 2026, month: 5, day: 2, ...at(0) },
    ];
    expect(executions(dates, "2026-05-02T00:00:00Z", utc, 2)).to.deep.equal(["2026-05-03T00:00:00.000Z", "never"]);
  });

  it("take seconds that are not said for zero, and hundredths to the letter", () => {
    expect(executions([{ minute: 15 }], "2026-05-01T12:15:00Z", utc, 1)).to.deep.equal(["2026-05-01T13:15:00.000Z"]);
    expect(executions([{ ...at(7), hundredths: 25 }], "2026-05-01T07:00:00Z", utc, 2)).to.deep.equal([
      "2026-05-01T07:00:00.250Z",
      "2026-05-02T07:00:00.250Z",
    ]);
  });

  it("that spring skips are served once, where the clock leaps over them", () => {
    expect(executions([at(2, 30)], "2026-03-28T12:00:00Z", paris, 2)).to.deep.equal([
      "2026-03-29T01:00:00.000Z",
      "2026-03-30T00:30:00.000Z",
    ]);
    expect(executions([at(2, 30)], "2026-10-02T20:00:00Z", sydney, 2)).to.deep.equal([
      "2026-10-03T16:00:00.000Z",
      "2026-10-04T15:30:00.000Z",
    ]);
    expect(executions([at(0)], "2026-09-05T12:00:00Z", santiago, 2)).to.deep.equal([
      "2026-09-06T04:00:00.000Z",
      "2026-09-07T03:00:00.000Z",
    ]);
  });

  it("that autumn repeats are served once, the first time", () => {
    expect(executions([at(2, 30)], "2026-10-24T12:00:00Z", paris, 2)).to.deep.equal([
      "2026-10-25T00:30:00.000Z",
      "2026-10-26T01:30:00.000Z",
    ]);
    expect(executions([at(2, 30)], "2026-04-04T00:00:00Z", sydney, 2)).to.deep.equal([
      "2026-04-04T15:30:00.000Z",
      "2026-04-05T16:30:00.000Z",
    ]);
  });
});

describe("The type of a single action schedule", () => {
  const daily = at(6);
  const first = { ...at(6), year: 2026, month: 1, day: 1 };
  const second = { ...at(6), year: 2026, month: 2, day: 28, dayOfWeek: 6 };
  const later = { ...at(7), year: 2026, month: 2, day: 28 };
  const lastDay: ExecutionTime = { ...at(6), year: 2026, month: 2, day: "last" };
  const cases: readonly (readonly [name: string, times: readonly ExecutionTime[], types: readonly ActionType[]])[] = [
    ["no time at all", [], [1, 2, 3, 4, 5]],
    ["a date", [first], [1, 2, 3, 4, 5]],
    ["a time of every day", [daily], [1, 3, 5]],
    ["the last day of a month", [lastDay], [1, 3, 5]],
    ["two dates at the same time", [first, second], [2, 3, 4, 5]],
    ["two dates at different times", [first, later], [4, 5]],
    ["a date and every day at the same time", [first, daily], [3, 5]],
    ["two times of every day", [daily, at(18)], [5]],
    ["an hour that there is not", [at(24)], []],
    ["a month that there is not", [{ ...first, month: 13 }], []],
    ["more times than fit", Array.from({ length: 33 }, () => first), []],
  ];
  for (const [name, times, types] of cases) {
    it(`${types.length === 0 ? "never" : types.join(", ")} allows ${name}`, () => {
      expect(([1, 2, 3, 4, 5] as const).filter((type) => fitsType(type, times))).to.deep.equal(types);
    });
  }
});
