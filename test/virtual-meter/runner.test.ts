import { expect } from "chai";
import { StoreError } from "../../src/errors.ts";
import { type DomainEvent, day, hour, minute, second, stateCodec, syntheticLoad, utc } from "../../src/meter-model/index.ts";
import { VirtualTimers } from "../../src/session/timers.ts";
import { MemoryMeterStore } from "../../src/store/memory-meter-store.ts";
import { MeterRunner, type RunnerOptions } from "../../src/virtual-meter/runner.ts";
import type { MeterStore } from "../../src/virtual-meter/store.ts";
import { newMeter, plain, point, scriptedLoad } from "../meter-model/support.ts";

const start = Date.parse("2026-01-10T00:00:00Z");

function unexpected(error: unknown): never {
  throw error;
}

/** A runner on virtual time, and what it saved. */
function running(options: Partial<RunnerOptions> = {}) {
  const timers = new VirtualTimers(5000);
  const meter = options.meter ?? newMeter(start);
  const saves: number[] = [];
  const store: MeterStore = { load: () => undefined, save: (state) => saves.push(state.now), close: async () => {} };
  const runner = new MeterRunner({ meter, timers, start, store, onFailure: unexpected, ...options });
  runner.start();
  return { timers, meter, saves, runner };
}

describe("MeterRunner", () => {
  it("maps real time to meter time from the start on", () => {
    const { timers, runner } = running({ speed: 60 });
    timers.advance(2500);
    expect(runner.target).to.equal(start + 150 * second);
    expect(runner.catchUp().now).to.equal(start + 150 * second);
  });

  it("keeps the meter going without being asked", () => {
    const { timers, meter } = running();
    timers.advance(hour);
    expect(meter.now).to.be.within(start + hour - second, start + hour);
    expect(meter.profile("hourly").rows.length).to.equal(1);
  });

  it("looks at the very moment the meter has something to do", () => {
    const { timers, meter } = running({ meter: newMeter(start + 14 * minute + 59_750), start: start + 14 * minute + 59_750 });
    timers.advance(250);
    expect(meter.profile("load").rows.length).to.equal(1);
  });

  it("takes the time since the stored state for a power cut", () => {
    const { meter } = running({ start: start + hour });
    expect(meter.now).to.equal(start + hour);
    expect(meter.supply).to.include({ failures: 1, lastFailureDuration: hour });
  });

  it("goes on from a meter that is ahead of the start", () => {
    const { timers, runner } = running({ start: start - day });
    timers.advance(1500);
    expect(runner.catchUp().now).to.equal(start + 1500);
  });

  it("saves at the start, every ten seconds, with every row, and at the stop", () => {
    const { timers, saves, runner } = running();
    timers.advance(35_000);
    expect(saves.map((now) => now - start)).to.deep.equal([0, 10_000, 20_000, 30_000]);
    timers.advance(14 * minute + 25_000);
    expect(saves.at(-1)).to.equal(start + 15 * minute);
    timers.advance(300);
    runner.stop();
    expect(saves.at(-1)).to.equal(start + 15 * minute + 300);
    timers.advance(minute);
    expect(saves.at(-1)).to.equal(start + 15 * minute + 300);
  });

  it("measures the same, and switches and freezes on time, however slow the storage and whoever asks", () => {
    const load = scriptedLoad([
      [start + 20 * minute, point({ activePower: 7_654_321 })],
      [start + 40 * minute + 123, point({ activePower: 98_765 })],
    ]);
    const undisturbed = newMeter(start, load);
    undisturbed.advance(start + 2 * hour);
    const meter = newMeter(start, load);
    const timers = new VirtualTimers(5000);
    const runner = new MeterRunner({
      meter,
      timers,
      start,
      // Each save takes half a second of everybody's time.
      store: { load: () => undefined, save: () => timers.advance(500), close: async () => {} },
      saveInterval: 1000,
      onFailure: unexpected,
    });
    runner.start();
    meter.firmware.initiate(Uint8Array.of(1), 512 * 2000);
    for (let request = 0; timers.now() < 5000 + hour; request++) {
      timers.advance(50);
      meter.firmware.transfer(request % 2000, new Uint8Array(512));
      runner.catchUp().energy("activeImport");
    }
    timers.advance(hour);
    runner.catchUp();
    meter.advance(start + 2 * hour);
    expect(meter.state.energy).to.deep.equal(undisturbed.state.energy);
    const stampsOf = (one: typeof meter) => Array.from({ length: 8 }, (_, row) => one.profile("load").rows.stampAt(row));
    expect(stampsOf(meter)).to.deep.equal(stampsOf(undisturbed));
  });

  it("stores a state a new meter goes on from", () => {
    const store = new MemoryMeterStore(stateCodec);
    const { timers, runner, meter } = running({ store, speed: 1000 });
    timers.advance(20_000);
    runner.stop();
    const stored = store.load();
    if (stored === undefined) throw new TypeError("nothing was saved");
    expect(plain(stored)).to.deep.equal(plain(meter.state));
    expect(stored.now).to.equal(start + 20_000 * second);
  });

  it("tells what happened, in order and once", () => {
    const events: DomainEvent[] = [];
    const load = scriptedLoad([
      [start + minute, undefined],
      [start + 2 * minute, point({})],
    ]);
    const { timers, runner } = running({ meter: newMeter(start, load), onEvents: (list) => events.push(...list) });
    timers.advance(90 * second);
    runner.catchUp();
    runner.stop();
    expect(events.map(({ type }) => type)).to.deep.equal(["power-down"]);
  });

  it("may be stopped by whoever listens", () => {
    const load = scriptedLoad([[start + minute, undefined]]);
    const holder: { runner?: MeterRunner } = {};
    const { timers, meter, runner } = running({ meter: newMeter(start, load), onEvents: () => holder.runner?.stop() });
    holder.runner = runner;
    timers.advance(hour);
    expect(meter.now).to.be.within(start + minute, start + minute + second);
  });

  it("works in slices and lets others in between, however fast meter time runs", () => {
    // A clock on which every look costs 3 ms stands for work that takes time.
    let now = 0;
    const pending: { delay: number; callback: () => void }[] = [];
    const timers = {
      now: () => (now += 3),
      schedule: (delay: number, callback: () => void) => {
        pending.push({ delay, callback });
        return () => {};
      },
    };
    const meter = newMeter(start, syntheticLoad({ seed: 1, zone: utc }));
    const runner = new MeterRunner({ meter, timers, start, speed: 200_000, onFailure: unexpected });
    runner.start();
    now += 1000;
    const began = now;
    pending.shift()?.callback();
    expect(now - began).to.be.below(60);
    expect(meter.now).to.be.below(start + 10 * hour);
    expect(pending.map(({ delay }) => delay)).to.deep.equal([0]);
    expect(runner.catchUp().now).to.be.at.least(start + 1000 * 200_000);
  });

  it("reports a store that fails, and stops", () => {
    let failures = 0;
    const errors: unknown[] = [];
    const store: MeterStore = {
      load: () => undefined,
      save: () => {
        if (failures++ > 0) throw new StoreError("store-failed", "disk full");
      },
      close: async () => {},
    };
    const { timers, meter } = running({ store, onFailure: (error) => errors.push(error) });
    timers.advance(minute);
    expect(errors.map((error) => (error instanceof StoreError ? error.code : error))).to.deep.equal(["store-failed"]);
    expect(meter.now).to.equal(start + 10 * second);
  });

  it("starts once, and stops as often as one likes", () => {
    const { runner } = running();
    expect(() => runner.start())
      .to.throw()
      .with.property("code", "invariant");
    runner.stop();
    runner.stop();
    expect(runner.catchUp().now).to.equal(start);
  });
});
