import { expect } from "chai";
import fc from "fast-check";
import { newPowerQuality, PowerQuality } from "../../../src/meter-model/guard/power-quality.ts";
import type { LoadModel, OperatingPoint } from "../../../src/meter-model/index.ts";
import { anyLoad, constantLoad, point, scriptedLoad } from "../support.ts";
import { Bench, restored, start } from "./support.ts";

function watch(load: LoadModel, state = newPowerQuality(), now = start) {
  const bench = new Bench(load, now);
  const quality = new PowerQuality(state, bench);
  bench.with(quality);
  return { bench, quality, state };
}

const at = (seconds: number) => start + seconds * 1000;
const volts = (voltage: number): OperatingPoint => point({ voltage: Math.round(voltage * 1000) });

describe("the watch over the supply's quality", () => {
  it("finds a sag after a minute, and measures it from its first moment to its last", () => {
    const { bench, quality } = watch(
      scriptedLoad([
        [at(0), volts(180)],
        [at(30), volts(170)],
        [at(50), volts(183.9)],
        [at(90), volts(230)],
      ]),
    );
    bench.run(59.999);
    expect(bench.events).to.deep.equal([]);
    bench.run(200);
    expect(bench.events).to.deep.equal(["sagBegan@60", "voltageNormal@150"]);
    expect(quality.read("sag")).to.deep.equal({
      count: 1,
      beganAt: start,
      duration: 90_000,
      cumulative: 90_000,
      active: false,
      magnitude: 170_000,
    });
  });

  it("ends a sag only when the voltage is 2 % above the threshold", () => {
    const { bench } = watch(
      scriptedLoad([
        [at(0), volts(180)],
        [at(100), volts(188.5)],
        [at(300), volts(188.6)],
      ]),
    );
    bench.run(1000);
    expect(bench.events).to.deep.equal(["sagBegan@60", "voltageNormal@360"]);
  });

  it("says nothing of 184 V and of 264.5 V, which are the limits", () => {
    for (const voltage of [184, 264.5]) {
      const { bench } = watch(constantLoad(volts(voltage)));
      bench.run(1000);
      expect(bench.events, `${voltage} V`).to.deep.equal([]);
    }
  });

  it("finds a swell and keeps its highest voltage", () => {
    const { bench, quality } = watch(
      scriptedLoad([
        [at(0), volts(265)],
        [at(70), volts(280)],
        [at(80), volts(270)],
        [at(100), volts(230)],
      ]),
    );
    bench.run(90);
    expect(quality.read("swell").magnitude).to.equal(280_000);
    bench.run(100);
    expect(bench.events).to.deep.equal(["swellBegan@60", "voltageNormal@160"]);
    expect(quality.read("swell").duration).to.equal(100_000);
  });

  it("takes less than half of the voltage for missing after ten seconds, and for no sag", () => {
    const { bench, quality } = watch(
      scriptedLoad([
        [at(0), volts(100)],
        [at(200), volts(230)],
      ]),
    );
    bench.run(300);
    expect(bench.events).to.deep.equal(["voltageMissing@10", "voltageNormal@210"]);
    expect([quality.read("sag").count, quality.read("missing").count]).to.deep.equal([0, 1]);
  });

  it("finds too much current, and a low power factor", () => {
    const { bench } = watch(
      scriptedLoad([
        [at(0), point({ current: 80_001 })],
        [at(20), point({ activePower: 400_000, reactivePower: 900_000 })],
        [at(200), point({})],
      ]),
    );
    bench.run(300);
    expect(bench.events).to.deep.equal(["overCurrentBegan@10", "overCurrentEnded@30", "lowPowerFactorBegan@80", "lowPowerFactorEnded@260"]);
  });

  it("ends a disturbance where the supply ends, without an entry", () => {
    const { bench, quality } = watch(
      scriptedLoad([
        [at(0), volts(150)],
        [at(100), undefined],
        [at(200), volts(150)],
      ]),
    );
    bench.run(240);
    expect(bench.events).to.deep.equal(["sagBegan@60"]);
    expect(quality.read("sag").duration).to.equal(100_000);
    bench.run(60);
    expect(bench.events).to.deep.equal(["sagBegan@60", "sagBegan@260"]);
  });

  it("goes by the limits a client has set, at once", () => {
    const { bench, quality } = watch(constantLoad(volts(200)));
    bench.run(10);
    expect(quality.setLimit("sag", { threshold: 210_000, time: 5 })).to.equal(true);
    expect(quality.setLimit("sag", { threshold: -1 })).to.equal(false);
    expect(quality.setLimit("sag", { time: 1.5 })).to.equal(false);
    bench.run(100);
    expect(bench.events).to.deep.equal(["sagBegan@15"]);
  });

  it("lives in one step as in many, and from a stored state as from its own", () => {
    fc.assert(
      fc.property(anyLoad(start, 900), fc.array(fc.integer({ min: 0, max: 900_000 }), { maxLength: 6 }), (load, cuts) => {
        const live = (stops: readonly number[], store: boolean) => {
          let watched = watch(load);
          const events: string[] = [];
          for (const after of [...stops, 900_000].sort((a, b) => a - b)) {
            watched.bench.advance(start + after);
            events.push(...watched.bench.events.splice(0));
            if (store) watched = watch(load, restored(watched.state), watched.bench.now);
          }
          return { events, state: restored(watched.state) };
        };
        const once = live([], false);
        expect(live(cuts, false)).to.deep.equal(once);
        expect(live(cuts, true)).to.deep.equal(once);
      }),
      { numRuns: 60 },
    );
  });
});
