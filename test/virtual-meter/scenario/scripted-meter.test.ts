import { expect } from "chai";
import fc from "fast-check";
import { day, hour, type Instant, initialState, Meter, minute, second, stateCodec } from "../../../src/meter-model/index.ts";
import { VirtualTimers } from "../../../src/session/timers.ts";
import { MemoryMeterStore } from "../../../src/store/memory-meter-store.ts";
import { MeterRunner } from "../../../src/virtual-meter/runner.ts";
import type { Scenario } from "../../../src/virtual-meter/scenario/scenario.ts";
import { scenarioMeter } from "../../../src/virtual-meter/scenario/scenario-meter.ts";
import { anyLoad, constantLoad, plain, point } from "../../meter-model/support.ts";
import { config, entries, event, household, meterIn, scenarioOf, shipped, shippedNames, start } from "./support.ts";

const once = (after: number) => ({ kind: "once", after }) as const;
const end = start + 6 * day;

/** The meter as a new process finds it, which knows nothing but the stored state. */
function restarted(meter: Meter, scenario: Scenario): Meter {
  const store = new MemoryMeterStore(stateCodec);
  store.save(meter.state);
  const state = store.load();
  if (state === undefined) throw new TypeError("nothing was saved");
  return scenarioMeter({ scenario, config, state, load: household, starts: { beginning: meter.now, serving: meter.now } });
}

describe("a meter that a scenario happens to", () => {
  it("is a meter like any other where nothing happens", () => {
    fc.assert(
      fc.property(anyLoad(start, 3600), fc.integer({ min: 0, max: hour }), fc.integer({ min: 0, max: 3 * day }), (load, lived, dead) => {
        const plainMeter = new Meter(config, initialState(config, start), load);
        const scripted = meterIn(scenarioOf(), { load });
        for (const meter of [plainMeter, scripted]) {
          meter.advance(start + lived);
          meter.powerUp(start + lived + dead);
          meter.advance(start + lived + dead + hour);
        }
        const { parameters } = scripted.state;
        for (const name of Object.keys(parameters)) delete parameters[name];
        expect(scripted.takeEvents()).to.deep.equal(plainMeter.takeEvents());
        expect(plain(scripted.state)).to.deep.equal(plain(plainMeter.state));
      }),
      // An overload whose delay ends without supply: it is over with the return of the supply, and not before.
      { numRuns: 40, examples: [[constantLoad(point({ current: 90_000, neutralCurrent: 90_000 })), 10_000, 60_001]] },
    );
  });

  it("refuses to go back", () => {
    const meter = meterIn(scenarioOf());
    expect(() => meter.advance(start - 1))
      .to.throw()
      .with.property("code", "invariant");
    expect(() => meter.powerUp(start - 1))
      .to.throw()
      .with.property("code", "invariant");
  });

  it("has its covers opened and closed at their instants, in a step that goes far beyond", () => {
    const meter = meterIn(scenarioOf(event({ when: once(hour), duration: 10 * minute, contacts: ["terminalCover"] })));
    meter.advance(start + day);
    expect(entries(meter, "fraud")).to.deep.equal(["0d 01:00:01 40", "0d 01:10:01 41"]);
    expect(meter.tampers.tally("terminalCover")).to.include({ count: 1, cumulative: 10 * minute });
  });

  it("takes covers that two events hold open for open until the last of them ends", () => {
    const meter = meterIn(
      scenarioOf(
        event({ when: once(hour), duration: 10 * minute, contacts: ["terminalCover"] }),
        event({ when: once(hour + 5 * minute), duration: 10 * minute, contacts: ["terminalCover", "magneticField"] }),
      ),
    );
    meter.advance(start + day);
    expect(meter.tampers.tally("terminalCover")).to.include({ count: 1, cumulative: 15 * minute });
  });

  it("has done to it what happens at its very first instant", () => {
    const meter = meterIn(
      scenarioOf(event({ contacts: ["magneticField"] }), event({ duration: 0, acts: [{ type: "set-clock", error: hour }] })),
    );
    meter.advance(start + minute);
    expect(meter.clockTime).to.equal(start + hour + minute);
    expect(meter.tampers.active("magneticField")).to.equal(true);
  });

  it("has its clock set once, though somebody sets it back at the same instant", () => {
    const meter = meterIn(scenarioOf(event({ when: once(hour), duration: 0, acts: [{ type: "set-clock", error: -10 * minute }] })));
    meter.advance(start + hour);
    meter.advance(start + hour + 1);
    expect(meter.clockTime).to.equal(start + 50 * minute + 1);
    expect(meter.setClock(meter.now)).to.equal("accepted");
    for (let step = 2; step < 100; step++) meter.advance(start + hour + step);
    expect(meter.clockTime).to.equal(meter.now);
  });

  it("keeps the time it has where its clock is set without supply", () => {
    const meter = meterIn(
      scenarioOf(
        event({ when: once(hour), duration: hour, supply: { outage: true } }),
        event({ when: once(hour + minute), duration: 0, acts: [{ type: "set-clock", error: hour }] }),
      ),
    );
    meter.advance(start + day);
    expect(meter.clockTime).to.equal(start + day);
    expect(meter.events.count("programming")).to.equal(0);
  });

  it("has a battery replaced, after which it counts anew what it is used for", () => {
    const meter = meterIn(
      scenarioOf(
        event({ when: once(hour), duration: 3 * hour, supply: { outage: true } }),
        event({ when: once(2 * hour), duration: 0, acts: [{ type: "replace-battery" }] }),
      ),
    );
    meter.advance(start + day);
    expect(meter.battery.used).to.equal(2 * hour);
  });

  it("keeps its relay where it is while the relay is stuck, and moves it when it tries again", () => {
    const meter = meterIn(scenarioOf(event({ when: once(hour), duration: 30 * minute, relayStuck: true })), { load: constantLoad() });
    meter.advance(start + hour + minute);
    expect(meter.relay.remoteDisconnect()).to.equal("accepted");
    meter.advance(start + hour + 2 * minute);
    expect([meter.relay.controlState, meter.relay.closed]).to.deep.equal(["disconnected", true]);
    expect(meter.events.lastCode("disconnector")).to.equal(68);
    meter.advance(start + 3 * hour);
    expect([meter.relay.closed, meter.measurement.current]).to.deep.equal([false, 0]);
  });

  it("is pressed to reconnect", () => {
    const meter = meterIn(scenarioOf(event({ when: once(hour), duration: 0, acts: [{ type: "press-reconnect" }] })));
    meter.relay.request("overload", true);
    meter.relay.request("overload", false);
    meter.advance(start + hour);
    expect(meter.relay.controlState).to.equal("ready-for-reconnection");
    meter.advance(start + hour + 1);
    expect(meter.relay.controlState).to.equal("connected");
  });

  it("drifts as the scenario says", () => {
    const meter = meterIn({ ...scenarioOf(), driftPpm: -100 });
    meter.advance(start + day);
    expect(meter.clockTime).to.equal(start + day - 8640);
  });

  it("is due when something happens to it", () => {
    const meter = meterIn(scenarioOf(event({ when: once(7 * second), duration: 2 * second, contacts: ["magneticField"] })));
    meter.advance(start + second);
    expect(meter.nextDeadline).to.equal(start + 7 * second);
    meter.advance(start + 7 * second);
    expect(meter.nextDeadline).to.equal(start + 7 * second);
    meter.advance(start + 7 * second + 1);
    expect(meter.nextDeadline).to.equal(start + 9 * second);
  });

  it("has done to it while nobody lets it live what is done to a meter without supply", () => {
    const scenario = scenarioOf(
      event({ when: once(2 * hour), duration: 10 * minute, contacts: ["meterCover"] }),
      event({ when: once(3 * hour), duration: 0, acts: [{ type: "replace-battery" }, { type: "set-clock", error: hour }] }),
    );
    const meter = meterIn(scenario);
    meter.advance(start + hour);
    meter.powerUp(start + 5 * hour);
    expect(entries(meter, "fraud")).to.deep.equal(["0d 02:00:01 44", "0d 02:10:01 45"]);
    expect(entries(meter, "standard")).to.deep.equal(["0d 01:00:00 1", "0d 05:00:00 2"]);
    expect(meter.supply).to.include({ failures: 1, lastFailureDuration: 4 * hour });
    expect(meter.battery.used).to.equal(2 * hour);
    expect(meter.clockTime).to.equal(start + 5 * hour);
  });

  it("powers up into an outage without having had supply in between", () => {
    const meter = meterIn(scenarioOf(event({ when: once(2 * hour), duration: 2 * hour, supply: { outage: true } })));
    meter.advance(start + hour);
    meter.powerUp(start + 3 * hour);
    expect(meter.supplied).to.equal(false);
    meter.advance(start + 5 * hour);
    expect(meter.supply).to.include({ failures: 1, lastFailureDuration: 3 * hour });
  });

  for (const name of shippedNames) {
    const scenario = shipped(name);
    const whole = (() => {
      let state: unknown;
      return () => {
        if (state === undefined) {
          const meter = meterIn(scenario);
          meter.advance(end);
          state = plain(meter.state);
        }
        return state;
      };
    })();
    /** Instants in between, some of them those at which something happens. */
    const cuts = fc.array(fc.oneof(fc.integer({ min: start, max: end }), fc.constantFrom(...happenings(scenario))), { maxLength: 30 });

    it(`comes to the same in one step and in many: ${name}`, () => {
      fc.assert(
        fc.property(cuts, (instants) => {
          const meter = meterIn(scenario);
          for (const instant of [...instants].sort((a, b) => a - b)) meter.advance(instant);
          meter.advance(end);
          expect(plain(meter.state)).to.deep.equal(whole());
        }),
        { numRuns: 4 },
      );
    });

    it(`goes on from a stored state as if nothing had been: ${name}`, () => {
      fc.assert(
        fc.property(cuts, (instants) => {
          let meter = meterIn(scenario);
          for (const instant of instants.slice(0, 6).sort((a, b) => a - b)) {
            meter.advance(instant);
            meter = restarted(meter, scenario);
            meter.powerUp(instant);
          }
          meter.advance(end);
          expect(plain(meter.state)).to.deep.equal(whole());
        }),
        { numRuns: 3 },
      );
    });
  }

  it("comes to the same in one step, in many, and over restarts, whatever the scenario", () => {
    const instant = fc.integer({ min: start, max: start + 2 * day });
    fc.assert(
      fc.property(anyScenario, fc.array(instant, { maxLength: 12 }), (scenario, instants) => {
        const alone = meterIn(scenario);
        alone.advance(start + 2 * day);
        let meter = meterIn(scenario);
        instants
          .sort((a, b) => a - b)
          .forEach((cut, index) => {
            meter.advance(cut);
            if (index % 3 === 0) meter = restarted(meter, scenario);
          });
        meter.advance(start + 2 * day);
        expect(plain(meter.state)).to.deep.equal(plain(alone.state));
      }),
      { numRuns: 20 },
    );
  });

  it("lives by a runner at any speed as it does by itself", () => {
    const scenario = shipped("bad-clock");
    const store = new MemoryMeterStore(stateCodec);
    const meter = meterIn(scenario);
    const timers = new VirtualTimers(0);
    const onFailure = (error: unknown) => {
      throw error;
    };
    const runner = new MeterRunner({ meter, timers, start, speed: 3600, store, onFailure });
    runner.start();
    timers.advance(100 * second);
    runner.stop();
    const alone = meterIn(scenario);
    alone.advance(start + 100 * hour);
    expect(plain(store.load() ?? meter.state)).to.deep.equal(plain(alone.state));
    expect(meter.now).to.equal(start + 100 * hour);
  });
});

/** Events of every kind at times that are not round, beside and over each other. */
const anyScenario: fc.Arbitrary<Scenario> = fc
  .array(
    fc.record({
      when: fc.oneof(
        fc.record({ kind: fc.constant("once" as const), after: fc.integer({ min: 0, max: 2 * day }) }),
        fc.record({ kind: fc.constant("daily" as const), timeOfDay: fc.integer({ min: 0, max: day - 1 }) }),
      ),
      duration: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 3 * minute }), fc.integer({ min: 1, max: day })),
      supply: fc.record(
        {
          outage: fc.constant(true as const),
          voltage: fc.integer({ min: 50_000, max: 300_000 }),
          extra: fc.record({
            quantity: fc.constantFrom("power" as const, "current" as const),
            amount: fc.integer({ min: 0, max: 120_000 }),
            powerFactor: fc.double({ min: 0.1, max: 1, noNaN: true }),
            leading: fc.boolean(),
          }),
          generation: fc.integer({ min: 0, max: 5_000_000 }),
          reversed: fc.constant(true as const),
          bypass: fc.integer({ min: 0, max: 100 }),
        },
        { requiredKeys: [] },
      ),
      contacts: fc.subarray(["meterCover", "terminalCover", "magneticField"] as const),
      relayStuck: fc.boolean(),
      acts: fc.array(
        fc.oneof(
          fc.constant({ type: "replace-battery" } as const),
          fc.constant({ type: "press-reconnect" } as const),
          fc.record({ type: fc.constant("set-clock" as const), error: fc.integer({ min: -hour, max: hour }) }),
        ),
        { maxLength: 2 },
      ),
    }),
    { maxLength: 6 },
  )
  .map((events) => scenarioOf(...events));

/** The instants at which events that come once begin and end. */
function happenings({ events }: Scenario): Instant[] {
  const instants = events.flatMap(({ when, duration }) =>
    when.kind === "once" ? [start + when.after, start + when.after + duration] : [start + when.timeOfDay],
  );
  return instants.filter((instant) => instant <= end);
}
