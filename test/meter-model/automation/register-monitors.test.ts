import { expect } from "chai";
import fc from "fast-check";
import {
  defaultMeterConfig,
  initialState,
  Meter,
  type MonitorName,
  type MonitorSettings,
  noScript,
} from "../../../src/meter-model/index.ts";
import { anyLoad, plain, point, scriptedLoad } from "../support.ts";
import { NotingMeter } from "./running-scripts.ts";

const start = "2026-05-01T00:00:00Z";
const up = { table: "disconnect", script: 1 } as const;
const down = { table: "disconnect", script: 2 } as const;

/** Currents (mA) from so many minutes on; undefined for no supply. */
const currents = (...steps: readonly (readonly [minutes: number, current: number | undefined])[]) =>
  scriptedLoad(
    steps.map(([minutes, current]) => [
      Date.parse(start) + minutes * 60_000,
      current === undefined ? undefined : point({ current, neutralCurrent: current }),
    ]),
  );

function watching(load: ReturnType<typeof currents>, settings: Partial<MonitorSettings>, name: MonitorName = "supervision"): NotingMeter {
  const noting = new NotingMeter(start, load).withoutAlarms();
  expect(noting.meter.automation.monitors.configure(name, settings)).to.equal(true);
  return noting;
}

describe("Register monitors", () => {
  it("run a script when a threshold is crossed, each way once, and tell the log", () => {
    const noting = watching(currents([1, 9000], [2, 10_001], [3, 12_000], [4, 9999], [5, 8000]), {
      thresholds: [10_000],
      actions: [{ up, down }],
    });
    expect(noting.until("2026-05-01T00:10:00Z")).to.deep.equal(["2026-05-01T00:02:00 disconnect/1", "2026-05-01T00:04:00 disconnect/2"]);
    const rows = noting.meter.events.rows("disconnector");
    expect([rows.valueAt(0, 0), rows.valueAt(1, 0)]).to.deep.equal([70, 71]);
  });

  it("do not take what equals a threshold for above it", () => {
    const noting = watching(currents([1, 10_000], [2, 10_001], [3, 10_000]), { thresholds: [10_000], actions: [{ up, down }] });
    expect(noting.until("2026-05-01T00:01:30Z")).to.deep.equal([]);
    expect(noting.until("2026-05-01T00:10:00Z")).to.deep.equal(["2026-05-01T00:02:00 disconnect/1", "2026-05-01T00:03:00 disconnect/2"]);
  });

  it("look for crossings, not for levels: what is above when it is configured has crossed nothing", () => {
    const noting = watching(currents([0, 20_000], [5, 1000]), { thresholds: [10_000], actions: [{ up, down }] });
    expect(noting.until("2026-05-01T00:10:00Z")).to.deep.equal(["2026-05-01T00:05:00 disconnect/2"]);
  });

  it("know several thresholds, and do nothing for one without actions", () => {
    const noting = watching(currents([1, 15_000], [2, 25_000], [3, 35_000]), {
      thresholds: [10_000, 20_000, 30_000],
      actions: [
        { up, down: noScript },
        { up: { table: "push", script: 3 }, down: noScript },
      ],
    });
    expect(noting.until("2026-05-01T00:10:00Z")).to.deep.equal(["2026-05-01T00:01:00 disconnect/1", "2026-05-01T00:02:00 push/3"]);
    expect(noting.meter.events.count("disconnector")).to.equal(3);
  });

  it("watch nothing without supply, and compare with what was before", () => {
    const settings = { thresholds: [10_000], actions: [{ up, down }] };
    expect(watching(currents([1, 15_000], [2, undefined], [3, 15_000]), settings).until("2026-05-01T00:10:00Z")).to.deep.equal([
      "2026-05-01T00:01:00 disconnect/1",
    ]);
    expect(watching(currents([1, 15_000], [2, undefined], [3, 1000]), settings).until("2026-05-01T00:10:00Z")).to.deep.equal([
      "2026-05-01T00:01:00 disconnect/1",
      "2026-05-01T00:03:00 disconnect/2",
    ]);
  });

  it("push alarms as soon as there are any to report, and again once those were reported", () => {
    const noting = new NotingMeter(start, currents([0, 1000]));
    const { events } = noting.meter;
    events.record("keysChanged", noting.meter.clockTime);
    expect(noting.until("2026-05-01T00:01:00Z")).to.deep.equal(["2026-05-01T00:00:00 push/4"]);
    events.record("voltageMissing", noting.meter.clockTime);
    expect(noting.until("2026-05-01T00:02:00Z")).to.deep.equal([]);
    events.keepDescriptor(1, 0);
    expect(noting.until("2026-05-01T00:03:00Z")).to.deep.equal([]);
    events.record("voltageNormal", noting.meter.clockTime);
    expect(noting.until("2026-05-01T00:04:00Z")).to.deep.equal(["2026-05-01T00:03:00 push/4"]);
  });

  it("forget the thresholds of a value that they do not watch any more", () => {
    const { monitors } = watching(currents([0, 1000]), { thresholds: [10_000], actions: [{ up, down }] }).meter.automation;
    expect(monitors.configure("supervision", { watched: "voltage" })).to.equal(true);
    expect(monitors.settings("supervision")).to.deep.equal({ watched: "voltage", thresholds: [], actions: [] });
    expect(monitors.configure("supervision", { thresholds: [0.5] })).to.equal(false);
    expect(monitors.configure("supervision", { thresholds: [1, 2, 3, 4, 5, 6, 7, 8, 9] })).to.equal(false);
  });

  it("end with scripts that start each other", () => {
    const noting = watching(currents([1, 20_000]), { thresholds: [10_000], actions: [{ up, down }] });
    const { meter } = noting;
    let runs = 0;
    meter.automation.connect(() => {
      runs += 1;
      meter.automation.monitors.configure("supervision", { thresholds: [runs % 2 === 0 ? 10_000 : 30_000] });
      meter.events.keepDescriptor(0, 0);
    });
    meter.advance(Date.parse("2026-05-01T01:00:00Z"));
    expect(runs).to.be.within(1, 16);
  });

  it("lead to the same in one step or in many, though they move the switch", () => {
    const from = Date.parse(start);
    fc.assert(
      fc.property(
        anyLoad(from, 3600),
        fc.array(fc.nat(3_600_000), { maxLength: 6 }),
        fc.integer({ min: 0, max: 100_000 }),
        (load, stops, threshold) => {
          const make = () => {
            const meter = new Meter(defaultMeterConfig, initialState(defaultMeterConfig, from), load);
            const notes: string[] = [];
            meter.automation.connect(({ table, script }) => {
              notes.push(`${meter.now} ${table}/${script}`);
              if (table === "disconnect") void (script === 1 ? meter.relay.remoteDisconnect() : meter.relay.remoteReconnect());
              else for (const register of [0, 1, 2]) meter.events.keepDescriptor(register, 0);
            });
            meter.automation.monitors.configure("supervision", { thresholds: [threshold], actions: [{ up, down: noScript }] });
            return { meter, notes };
          };
          const whole = make();
          const parts = make();
          for (const stop of stops.sort((a, b) => a - b)) parts.meter.advance(from + stop);
          whole.meter.advance(from + 3_600_000);
          parts.meter.advance(from + 3_600_000);
          expect(parts.notes).to.deep.equal(whole.notes);
          expect(plain(parts.meter.state)).to.deep.equal(plain(whole.meter.state));
        },
      ),
      { numRuns: 60 },
    );
  });
});
