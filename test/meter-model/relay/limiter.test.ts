import { expect } from "chai";
import fc from "fast-check";
import { hour, type LoadModel } from "../../../src/meter-model/index.ts";
import { Limiter, type LimiterSettings, newLimiter } from "../../../src/meter-model/relay/limiter.ts";
import { newOverload, Overload } from "../../../src/meter-model/relay/overload.ts";
import { Bench, restored, start } from "../guard/support.ts";
import { anyLoad, constantLoad, point, scriptedLoad } from "../support.ts";

const at = (seconds: number) => start + seconds * 1000;
const watts = (power: number) => point({ activePower: power * 1000, current: Math.round(power / 0.23) });

/** A limiter of 10 kW, with a relay that follows its requests and connects by itself. */
function limit(load: LoadModel, states = { limiter: newLimiter("activeImport", 10_000_000, 60), overload: newOverload() }, now = start) {
  const bench = new Bench(load, now);
  const withdrawals: ("itself" | "press")[] = [];
  let open = states.overload.tripped !== undefined;
  bench.loaded = () => !open;
  const overload = new Overload(states.overload, bench, {
    request: (_, raised, after = "itself") => {
      open = raised;
      if (!raised) withdrawals.push(after);
    },
  });
  const limiter = new Limiter(states.limiter, bench, overload, "overload");
  bench.with(limiter, overload);
  return { bench, limiter, overload, states, withdrawals, isOpen: () => open };
}

describe("a limiter", () => {
  it("disconnects once the value is above the threshold for its time, which a dip begins anew", () => {
    const { bench, isOpen } = limit(
      scriptedLoad([
        [at(0), watts(11_000)],
        [at(59), watts(10_000)],
        [at(60), watts(11_000)],
      ]),
    );
    bench.run(119.999);
    expect(isOpen()).to.equal(false);
    bench.run(0.001);
    expect(isOpen()).to.equal(true);
    expect(bench.events).to.deep.equal(["limiterExceeded@120", "overloadBegan@120"]);
    bench.run(20);
    expect(bench.events.slice(2)).to.deep.equal(["limiterOk@130"]);
  });

  it("only logs where it has no action, and never with a threshold of 0", () => {
    const { bench, limiter, isOpen } = limit(constantLoad(watts(11_000)));
    limiter.configure({ actions: { over: "none", under: "none" } });
    bench.run(100);
    expect([isOpen(), limiter.exceeded]).to.deep.equal([false, true]);
    limiter.configure({ thresholdNormal: 0, minimumUnder: 0 });
    expect(limiter.exceeded).to.equal(false);
    expect(bench.events).to.deep.equal(["limiterChanged@0", "limiterExceeded@60", "limiterChanged@100", "limiterOk@100"]);
  });

  it("goes on counting when a threshold is written", () => {
    const { bench, limiter } = limit(constantLoad(watts(11_000)));
    bench.run(50);
    limiter.configure({ thresholdNormal: 10_500_000 });
    bench.run(10);
    expect(limiter.exceeded).to.equal(true);
  });

  it("connects by its own action as soon as the value was below for its time", () => {
    const { bench, limiter, isOpen } = limit(
      scriptedLoad([
        [at(0), watts(11_000)],
        [at(65), watts(1000)],
      ]),
    );
    limiter.configure({ actions: { over: "disconnect", under: "reconnect" } });
    bench.run(69.999);
    expect(isOpen()).to.equal(true);
    bench.run(0.001);
    expect(isOpen()).to.equal(false);
  });

  it("has another threshold for the time of an emergency profile of its groups", () => {
    const { bench, limiter } = limit(constantLoad(watts(5000)));
    const emergency = { id: 7, activateAt: at(100), duration: 200 };
    limiter.configure({ thresholdEmergency: 2_000_000, emergency, groups: [3], actions: { over: "none", under: "none" } });
    bench.run(150);
    expect(limiter.emergencyActive).to.equal(false);
    limiter.configure({ groups: [3, 7] });
    expect([limiter.emergencyActive, limiter.thresholdActive]).to.deep.equal([true, 2_000_000]);
    bench.run(149.999);
    expect([limiter.emergencyActive, limiter.exceeded]).to.deep.equal([true, true]);
    bench.run(0.001);
    expect([limiter.emergencyActive, limiter.thresholdActive]).to.deep.equal([false, 10_000_000]);
    bench.run(10);
    expect(limiter.exceeded).to.equal(false);
    expect(bench.events).to.deep.equal(["limiterChanged@0", "limiterChanged@150", "limiterExceeded@210", "limiterOk@310"]);
  });

  it("refuses parameters out of range and keeps what it had", () => {
    const { bench, limiter } = limit(constantLoad());
    const before = structuredClone(limiter.settings);
    const wrong: Partial<LimiterSettings>[] = [
      { thresholdNormal: -1 },
      { minimumOver: 0.5 },
      { minimumUnder: 2 ** 32 },
      { groups: Array.from({ length: 33 }, (_, id) => id) },
      { emergency: { id: 0, activateAt: Number.NaN, duration: 1 } },
    ];
    for (const changes of wrong) expect(limiter.configure(changes), JSON.stringify(changes)).to.equal(false);
    expect([limiter.settings, bench.events]).to.deep.equal([before, []]);
  });
});

describe("the way with overloads", () => {
  const disconnections = (events: readonly string[]) => events.filter((event) => event.startsWith("overloadBegan"));

  it("connects five times after a minute, once more after half an hour, and then leaves it to a press", () => {
    const { bench, overload, withdrawals } = limit(constantLoad(watts(11_000)));
    bench.run((3 * hour) / 1000);
    const minutes = disconnections(bench.events).map((event) => Number(event.split("@")[1]) / 60);
    // Each trip takes a minute above the threshold, behind a minute of waiting; the sixth waits for half an hour.
    expect(minutes.slice(0, 7)).to.deep.equal([1, 3, 5, 7, 9, 11, 42]);
    expect(withdrawals.slice(0, 7)).to.deep.equal([...Array(6).fill("itself"), "press"]);
    expect(overload.trips).to.be.below(6);
  });

  it("counts anew after half an hour without overload", () => {
    const { bench, overload } = limit(
      scriptedLoad([
        [at(0), watts(11_000)],
        [at(200), watts(1000)],
      ]),
    );
    bench.run(250);
    expect(overload.trips).to.equal(2);
    // Withdrawn at 240 s, clear half an hour later.
    bench.run(1790 - 0.001);
    expect(overload.trips).to.equal(2);
    bench.run(0.001);
    expect(overload.trips).to.equal(0);
  });

  it("connects always with 0 attempts, after the delay that a client has set", () => {
    const { bench, overload, withdrawals } = limit(constantLoad(watts(11_000)));
    expect(overload.configure({ attempts: 0, reconnectDelay: 30 })).to.equal(true);
    expect(overload.configure({ attempts: 256 })).to.equal(false);
    bench.run(3600);
    expect(disconnections(bench.events).length).to.equal(40);
    expect(new Set(withdrawals)).to.deep.equal(new Set(["itself"]));
  });

  it("lives in one step as in many, and from a stored state as from its own", () => {
    fc.assert(
      fc.property(anyLoad(start, 3600), fc.array(fc.integer({ min: 0, max: 3_600_000 }), { maxLength: 6 }), (load, cuts) => {
        const live = (stops: readonly number[], store: boolean) => {
          let limited = limit(load);
          const events: string[] = [];
          for (const after of [...stops, 3_600_000].sort((a, b) => a - b)) {
            limited.bench.advance(start + after);
            events.push(...limited.bench.events.splice(0));
            if (store) limited = limit(load, restored(limited.states), limited.bench.now);
          }
          return { events, states: restored(limited.states) };
        };
        const once = live([], false);
        expect(live(cuts, false)).to.deep.equal(once);
        expect(live(cuts, true)).to.deep.equal(once);
      }),
      { numRuns: 60 },
    );
  });
});
