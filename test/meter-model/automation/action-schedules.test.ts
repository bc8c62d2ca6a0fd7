import { expect } from "chai";
import fc from "fast-check";
import {
  type ActionType,
  defaultMeterConfig,
  type ExecutionTime,
  initialState,
  Meter,
  minute,
  type ScriptActionName,
  stateCodec,
  type TimetableEntry,
} from "../../../src/meter-model/index.ts";
import { anyLoad, constantLoad, newMeter, paris, plain, scriptedLoad, stampsOf } from "../support.ts";
import { NotingMeter } from "./running-scripts.ts";

const at = (hour: number, minutes = 0): ExecutionTime => ({ hour, minute: minutes, second: 0 });

function set(meter: Meter, name: ScriptActionName, type: ActionType, ...times: readonly ExecutionTime[]): void {
  expect(meter.setActionSchedule(name, { type, times })).to.equal("accepted");
}

/** An entry of the timetable that is made up for within the hour. */
const entry = (index: number, time: TimetableEntry["time"]): TimetableEntry => ({
  index,
  enabled: true,
  script: { table: "tariff", script: index },
  time,
  validity: 60,
  weekdays: "1111111",
  specialDays: "",
  begin: {},
  end: {},
});

/** Without supply between two instants. */
const outage = (from: string, to: string) =>
  scriptedLoad([
    [Date.parse(from), undefined],
    [Date.parse(to), constantLoad().at(0).point],
  ]);

describe("Single action schedules", () => {
  it("execute nothing before they are given times", () => {
    expect(new NotingMeter("2026-01-01T00:00:00Z").until("2027-01-01T00:00:00Z")).to.deep.equal([]);
  });

  const types: readonly (readonly [type: ActionType, times: readonly ExecutionTime[], expected: readonly string[]])[] = [
    [1, [{ ...at(6), day: 2 }], ["2026-05-02T06:00:00"]],
    [
      2,
      [
        { ...at(6), year: 2026, month: 5, day: 1 },
        { ...at(6), year: 2026, month: 5, day: 3 },
      ],
      ["2026-05-01T06:00:00", "2026-05-03T06:00:00"],
    ],
    [
      3,
      [
        { ...at(6), dayOfWeek: 5 },
        { ...at(6), dayOfWeek: 7 },
      ],
      ["2026-05-01T06:00:00", "2026-05-03T06:00:00"],
    ],
    [
      4,
      [
        { ...at(6), year: 2026, month: 5, day: 1 },
        { ...at(18), year: 2026, month: 5, day: 1 },
      ],
      ["2026-05-01T06:00:00", "2026-05-01T18:00:00"],
    ],
    [5, [{ ...at(6), day: "last" }, { ...at(18) }], ["2026-05-01T18:00:00", "2026-05-02T18:00:00", "2026-05-03T18:00:00"]],
  ];
  for (const [type, times, expected] of types) {
    it(`of type ${type} execute their script at each of their times`, () => {
      const noting = new NotingMeter("2026-05-01T00:00:00Z");
      set(noting.meter, "pushInterval1", type, ...times);
      expect(noting.until("2026-05-04T00:00:00Z")).to.deep.equal(expected.map((time) => `${time} push/1`));
    });
  }

  it("refuse what their type does not allow, and keep what they had", () => {
    const { meter } = new NotingMeter("2026-05-01T00:00:00Z");
    set(meter, "disconnect", 1, at(6));
    expect(meter.setActionSchedule("disconnect", { times: [at(6), at(7)] })).to.equal("out-of-range");
    expect(meter.setActionSchedule("disconnect", { type: 2 })).to.equal("out-of-range");
    expect(meter.automation.schedule("disconnect")).to.deep.include({ type: 1, times: [at(6)] });
  });

  it("run by local time, once where autumn repeats it and once where spring skips it", () => {
    const noting = new NotingMeter("2026-03-28T00:00:00Z", constantLoad(), { zone: paris });
    set(noting.meter, "pushInterval2", 1, at(2, 30));
    expect(noting.until("2026-03-31T00:00:00Z")).to.deep.equal([
      "2026-03-28T01:30:00 push/2",
      "2026-03-29T01:00:00 push/2",
      "2026-03-30T00:30:00 push/2",
    ]);
    noting.until("2026-10-24T12:00:00Z");
    expect(noting.until("2026-10-26T12:00:00Z")).to.deep.equal(["2026-10-25T00:30:00 push/2", "2026-10-26T01:30:00 push/2"]);
  });

  it("are missed without supply, and not made up for", () => {
    const noting = new NotingMeter("2026-05-01T00:00:00Z", outage("2026-05-01T05:00:00Z", "2026-05-01T07:00:00Z")).withoutAlarms();
    set(noting.meter, "disconnect", 5, at(6), at(8));
    expect(noting.until("2026-05-02T00:00:00Z")).to.deep.equal(["2026-05-01T08:00:00 disconnect/1"]);
  });

  it("are served at the instant at which supply returns, and not at the one at which it goes", () => {
    const noting = new NotingMeter("2026-05-01T00:00:00Z", outage("2026-05-01T05:00:00Z", "2026-05-01T07:00:00Z")).withoutAlarms();
    set(noting.meter, "disconnect", 5, at(7), at(5));
    expect(noting.until("2026-05-02T00:00:00Z")).to.deep.equal(["2026-05-01T07:00:00 disconnect/1"]);
  });

  it("are not executed where the clock is set over them, but for a step below the shift limit", () => {
    const noting = new NotingMeter("2026-05-01T05:00:00Z");
    set(noting.meter, "disconnect", 5, at(6), at(7));
    expect(noting.meter.setClock(Date.parse("2026-05-01T06:30:00Z"))).to.equal("accepted");
    expect(noting.until("2026-05-01T05:29:30Z")).to.deep.equal([]);
    noting.meter.shiftClock(45_000);
    expect(noting.until("2026-05-01T05:29:31Z")).to.deep.equal(["2026-05-01T07:00:15 disconnect/1"]);
    noting.meter.shiftClock(-45_000);
    expect(noting.until("2026-05-01T06:00:00Z")).to.deep.equal([]);
  });

  it("are executed again after the clock was set back far behind them", () => {
    const noting = new NotingMeter("2026-05-01T05:00:00Z");
    set(noting.meter, "disconnect", 1, at(6));
    expect(noting.until("2026-05-01T06:10:00Z")).to.deep.equal(["2026-05-01T06:00:00 disconnect/1"]);
    noting.meter.setClock(Date.parse("2026-05-01T05:50:00Z"));
    expect(noting.until("2026-05-01T06:20:00Z")).to.deep.equal(["2026-05-01T06:00:00 disconnect/1"]);
  });

  it("wait while nobody knows the time", () => {
    const load = outage("2026-05-01T01:00:00Z", "2026-05-01T02:00:00Z");
    const noting = new NotingMeter("2026-05-01T00:00:00Z", load, { clockReserve: minute }).withoutAlarms();
    set(noting.meter, "disconnect", 5, at(6), at(18));
    expect(noting.until("2026-05-01T12:00:00Z")).to.deep.equal([]);
    noting.meter.setClock(Date.parse("2026-05-01T12:00:00Z"));
    expect(noting.until("2026-05-02T00:00:00Z")).to.deep.equal(["2026-05-01T18:00:00 disconnect/1"]);
  });

  it("survive being stored, and lead to the same in one step or in many", () => {
    const start = Date.parse("2026-03-28T00:00:00Z");
    const anyTime = fc.record({ hour: fc.option(fc.nat(23), { nil: undefined }), minute: fc.nat(59), second: fc.nat(59) });
    fc.assert(
      fc.property(
        fc.array(anyTime, { maxLength: 4 }),
        anyLoad(start, 86_400),
        fc.array(fc.nat(2 * 86_400_000), { maxLength: 6 }),
        (times, load, stops) => {
          const config = { ...defaultMeterConfig, zone: paris };
          const notes: string[][] = [[], []];
          const make = (notebook: string[], state = initialState(config, start)) => {
            const meter = new Meter(config, state, load);
            meter.automation.connect(({ script }) => {
              notebook.push(`${meter.now} ${script}`);
              meter.forceRate((script % 3) + 1);
              meter.relay.remoteDisconnect();
            });
            return meter;
          };
          const whole = make(notes[0]!);
          let parts = make(notes[1]!);
          for (const meter of [whole, parts]) {
            meter.setActionSchedule("pushInterval1", { type: 5, times });
            meter.automation.scheduler.setEntries(times.map((time, index) => entry(index + 1, time)));
          }
          const end = start + 2 * 86_400_000;
          for (const stop of stops.sort((a, b) => a - b)) {
            parts.advance(start + stop);
            const rows = new Map(stateCodec.rowsOf(parts.state));
            const restored = stateCodec.restore(
              structuredClone(stateCodec.core(parts.state)),
              (name, first) => {
                const buffer = rows.get(name)!;
                return Array.from({ length: buffer.length }, (_, index) => stateCodec.encodeRow(buffer.rowAt(index))).slice(
                  first - buffer.firstSequence,
                );
              },
              stateCodec.blocksOf(parts.state),
            );
            if ("damage" in restored) throw new TypeError(restored.damage);
            parts = make(notes[1]!, restored.state);
          }
          whole.advance(end);
          parts.advance(end);
          expect(notes[1]).to.deep.equal(notes[0]);
          expect(plain(parts.state)).to.deep.equal(plain(whole.state));
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe("The schedules of the freezes", () => {
  const billing = { year: undefined, month: undefined, day: 1, hour: 0, minute: 0, second: 0 };

  it("show when bills and days are frozen by default", () => {
    const { automation } = newMeter(Date.parse("2026-05-01T12:00:00Z"));
    expect(automation.schedule("endOfBilling").times).to.deep.equal([{ day: 1, hour: 0, minute: 0, second: 0 }]);
    expect(automation.schedule("dailyFreeze").times).to.deep.equal([{ hour: 0, minute: 0, second: 0 }]);
  });

  it("move the bills and the days", () => {
    const meter = newMeter(Date.parse("2026-05-01T12:00:00Z"));
    expect(meter.setActionSchedule("endOfBilling", { times: [{ ...billing, day: 15, hour: 6 }] })).to.equal("accepted");
    expect(meter.setActionSchedule("dailyFreeze", { times: [{ hour: 4, minute: 0, second: 0 }] })).to.equal("accepted");
    meter.advance(Date.parse("2026-06-16T00:00:00Z"));
    expect(stampsOf(meter.profile("monthly").rows)).to.deep.equal(["2026-05-15T06:00:00", "2026-06-15T06:00:00"]);
    expect(stampsOf(meter.profile("daily").rows).slice(0, 2)).to.deep.equal(["2026-05-02T04:00:00", "2026-05-03T04:00:00"]);
    expect(meter.billingPeriods).to.equal(2);
  });

  it("can end the freezes, and begin them again", () => {
    const meter = newMeter(Date.parse("2026-05-01T12:00:00Z"));
    meter.setActionSchedule("endOfBilling", { times: [] });
    meter.advance(Date.parse("2026-07-10T00:00:00Z"));
    expect(meter.profile("monthly").rows.length).to.equal(0);
    meter.setActionSchedule("endOfBilling", { times: [billing] });
    meter.advance(Date.parse("2026-08-02T00:00:00Z"));
    expect(stampsOf(meter.profile("monthly").rows)).to.deep.equal(["2026-08-01T00:00:00"]);
  });

  it("make up for the latest bill that was missed, at the time it is at now", () => {
    const meter = newMeter(Date.parse("2026-05-01T12:00:00Z"), outage("2026-05-10T00:00:00Z", "2026-07-20T00:00:00Z"));
    meter.setActionSchedule("endOfBilling", { times: [{ ...billing, day: 15 }] });
    meter.advance(Date.parse("2026-07-20T01:00:00Z"));
    expect(stampsOf(meter.profile("monthly").rows)).to.deep.equal(["2026-07-15T00:00:00"]);
  });

  it("execute no other script, and leave the days their period", () => {
    const meter = newMeter(Date.parse("2026-05-01T12:00:00Z"));
    expect(meter.setActionSchedule("endOfBilling", { script: { table: "push", script: 1 } })).to.equal("out-of-range");
    expect(meter.setCapturePeriod("daily", 3600)).to.equal("out-of-range");
    expect(meter.setCapturePeriod("daily", 86_400)).to.equal("accepted");
  });
});
