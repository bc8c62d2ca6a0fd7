import { expect } from "chai";
import fc from "fast-check";
import type { TrippingTamper } from "../../../src/meter-model/guard/tamper-catalogue.ts";
import { tamperBit } from "../../../src/meter-model/guard/tamper-catalogue.ts";
import { newTampers, TamperGuard, type TamperState } from "../../../src/meter-model/guard/tamper-guard.ts";
import { hour, type LoadModel, minute, type OperatingPoint } from "../../../src/meter-model/index.ts";
import { anyLoad, constantLoad, point, scriptedLoad } from "../support.ts";
import { Bench, restored, start } from "./support.ts";

interface Watched {
  readonly bench: Bench;
  readonly guard: TamperGuard;
  readonly state: TamperState;
  /** What the guard has asked the relay to open for. */
  readonly requests: Set<TrippingTamper>;
  readonly relay: { openCommanded: boolean };
}

function watch(load: LoadModel, state = newTampers(), now = start): Watched {
  const bench = new Bench(load, now);
  const requests = new Set<TrippingTamper>();
  const relay = {
    openCommanded: false,
    request: (name: TrippingTamper, raised: boolean) => {
      if (raised) requests.add(name);
      else requests.delete(name);
    },
  };
  const guard = new TamperGuard(state, bench, relay);
  bench.with(guard);
  return { bench, guard, state, requests, relay };
}

const reversed = (watts: number): OperatingPoint => point({ activePower: -watts * 1000 });
const at = (seconds: number) => start + seconds * 1000;

describe("the tamper guard", () => {
  it("takes a cover for open after a second, trips, and logs the end as well", () => {
    const { bench, guard, requests } = watch(constantLoad());
    guard.setContact("meterCover", true);
    bench.run(0.999);
    expect([guard.present, requests.size]).to.deep.equal([0, 0]);
    bench.run(9.001);
    expect(guard.tally("meterCover")).to.deep.equal({ count: 1, beganAt: start, duration: 10_000, cumulative: 10_000 });
    expect([...requests]).to.deep.equal(["meterCover"]);
    guard.setContact("meterCover", false);
    bench.run(60);
    expect(guard.tally("meterCover")).to.deep.equal({ count: 1, beganAt: start, duration: 10_000, cumulative: 10_000 });
    expect(bench.events).to.deep.equal(["meterCoverOpened@1", "meterCoverClosed@11"]);
    expect([guard.present, guard.latched]).to.deep.equal([0, tamperBit("meterCover")]);
    expect([...requests]).to.deep.equal(["meterCover"]);
  });

  it("does not notice a cover that is open for less than a second", () => {
    const { bench, guard } = watch(constantLoad());
    guard.setContact("terminalCover", true);
    bench.run(0.999);
    guard.setContact("terminalCover", false);
    bench.run(60);
    expect(bench.events).to.deep.equal([]);
    expect(guard.tally("terminalCover").count).to.equal(0);
  });

  it("notices covers without supply, at the time of its battery", () => {
    const { bench, guard } = watch(scriptedLoad([[at(10), undefined]]));
    bench.run(100);
    guard.setContact("terminalCover", true);
    bench.run(30);
    guard.setContact("terminalCover", false);
    bench.run(30);
    expect(bench.events).to.deep.equal(["terminalCoverOpened@101", "terminalCoverClosed@131"]);
  });

  it("opens the relay only for what the action mask has, also when the mask changes later", () => {
    const { bench, guard, requests } = watch(constantLoad());
    guard.setContact("terminalCover", true);
    bench.run(5);
    expect([...requests]).to.deep.equal([]);
    expect(guard.configure({ actionMask: tamperBit("terminalCover") })).to.equal(true);
    expect([...requests]).to.deep.equal(["terminalCover"]);
    guard.configure({ actionMask: 0 });
    expect([...requests]).to.deep.equal([]);
  });

  it("lets go when it is cleared, and trips again a second later while the cover is still open", () => {
    const { bench, guard, requests } = watch(constantLoad());
    guard.setContact("meterCover", true);
    bench.run(5);
    guard.clear("token");
    expect([guard.latched, requests.size]).to.deep.equal([0, 0]);
    bench.run(0.999);
    expect(requests.size).to.equal(0);
    bench.run(0.001);
    expect([...requests]).to.deep.equal(["meterCover"]);
    guard.setContact("meterCover", false);
    bench.run(5);
    guard.clear("remote");
    bench.run(hour / 1000);
    expect([guard.latched, requests.size]).to.deep.equal([0, 0]);
    expect(bench.events.slice(1)).to.deep.equal(["tamperClearedByToken@5", "meterCoverClosed@7", "tamperClearedRemotely@11"]);
    expect(guard.tally("meterCover").count).to.equal(1);
  });

  it("takes the current for reversed after ten seconds of more than 20 W, until it flows forward for ten", () => {
    const { bench, guard } = watch(
      scriptedLoad([
        [at(0), reversed(21)],
        [at(9), point({})],
        [at(20), reversed(21)],
        [at(40), reversed(1)],
        [at(60), point({})],
      ]),
    );
    bench.run(100);
    expect(bench.events).to.deep.equal(["currentReversed@30", "currentReversalEnded@70"]);
    expect(guard.tally("currentReverse")).to.deep.equal({ count: 1, beganAt: at(20), duration: 40_000, cumulative: 40_000 });
  });

  it("is not alarmed by 20 W of reverse power", () => {
    const { bench } = watch(constantLoad(reversed(20)));
    bench.run(60);
    expect(bench.events).to.deep.equal([]);
  });

  it("compares the currents above half an ampere, for the time that is a parameter, with hysteresis", () => {
    const differing = (current: number, neutralCurrent: number) => point({ current, neutralCurrent });
    const { bench, guard } = watch(
      scriptedLoad([
        [at(0), differing(500, 100)],
        [at(100), differing(1000, 880)],
        [at(200), differing(1000, 879)],
        [at(300), differing(1000, 889)],
        [at(400), differing(1000, 890)],
      ]),
    );
    bench.run(214.999);
    expect([bench.events.length, guard.countsLargerCurrent]).to.deep.equal([0, false]);
    bench.run(0.001);
    expect([bench.events[0], guard.countsLargerCurrent]).to.deep.equal(["differentialBegan@215", true]);
    bench.run(285);
    expect(bench.events).to.deep.equal(["differentialBegan@215", "differentialEnded@415"]);
  });

  it("sums reverse energy up to what is significant, and forgets it with 10 Wh of import or at midnight", () => {
    const kilowatt = point({});
    const { bench, guard } = watch(
      scriptedLoad([
        [at(0), reversed(1000)],
        [at(359), kilowatt],
        [at(360), reversed(1000)],
        [at(361), kilowatt],
        [at(400), reversed(1000)],
        [at(760), kilowatt],
      ]),
    );
    const significant = () => bench.events.filter((event) => event.startsWith("significant"));
    bench.run(360.999);
    expect(significant()).to.deep.equal([]);
    bench.run(0.001);
    expect(significant()).to.deep.equal(["significantReverseEnergy@361"]);
    bench.run(35);
    expect(guard.present & tamperBit("reverseEnergy")).to.not.equal(0);
    bench.run(1);
    expect(guard.present & tamperBit("reverseEnergy")).to.equal(0);
    bench.run(400);
    expect(significant()).to.deep.equal(["significantReverseEnergy@361", "significantReverseEnergy@760"]);
  });

  it("begins each day without reverse energy", () => {
    const evening = Date.UTC(2026, 0, 5, 23, 55);
    const { bench, guard } = watch(scriptedLoad([[evening, reversed(1000)]]), newTampers(), evening);
    bench.advance(evening + 10 * minute);
    expect(guard.present & tamperBit("reverseEnergy")).to.equal(0);
    bench.advance(evening + 11 * minute);
    expect(guard.present & tamperBit("reverseEnergy")).to.not.equal(0);
  });

  it("counts reverse current, difference and reverse energy as one tampering with the metrology", () => {
    const both = point({ activePower: -1_000_000, current: 4348, neutralCurrent: 0 });
    const { bench, guard } = watch(
      scriptedLoad([
        [at(0), both],
        [at(100), point({ current: 4348, neutralCurrent: 0 })],
        [at(200), point({})],
      ]),
    );
    bench.run(300);
    expect(guard.tally("metrology")).to.deep.equal({ count: 1, beganAt: start, duration: 200_000, cumulative: 200_000 });
    expect([guard.tally("currentReverse").duration, guard.tally("differential").duration]).to.deep.equal([100_000, 200_000]);
  });

  it("finds current behind a relay that was told to be open", () => {
    const { bench, relay } = watch(constantLoad());
    relay.openCommanded = true;
    bench.run(10).run(10);
    relay.openCommanded = false;
    bench.run(1).run(10);
    expect(bench.events).to.deep.equal(["relayTamperBegan@20", "relayTamperEnded@31"]);
  });

  it("goes on with what was going on when the supply returns", () => {
    const { bench, guard } = watch(
      scriptedLoad([
        [at(0), point({ neutralCurrent: 0 })],
        [at(20), undefined],
        [at(500), point({ neutralCurrent: 0 })],
        [at(600), point({})],
      ]),
    );
    bench.run(700);
    expect(bench.events).to.deep.equal(["differentialBegan@15", "differentialEnded@615"]);
    expect(guard.tally("differential").duration).to.equal(600_000);
  });

  it("refuses parameters out of range and keeps what it had", () => {
    const { guard } = watch(constantLoad());
    const before = { ...guard.settings };
    for (const changes of [{ actionMask: -1 }, { differencePercent: 101 }, { differenceCurrent: 0.5 }, { persistence: 0x1_0000 }]) {
      expect(guard.configure(changes), JSON.stringify(changes)).to.equal(false);
    }
    expect(guard.settings).to.deep.equal(before);
  });

  it("lives in one step as in many, and from a stored state as from its own", () => {
    const cut = fc.integer({ min: 0, max: 900_000 });
    fc.assert(
      fc.property(anyLoad(start, 900), fc.array(cut, { maxLength: 6 }), fc.array(cut, { maxLength: 4 }), (load, cuts, contacts) => {
        const commands = contacts.map((after, index) => ({ after, open: index % 2 === 0 })).sort((a, b) => a.after - b.after);
        const live = (stops: readonly number[], store: boolean) => {
          let watched = watch(load);
          const events: string[] = [];
          const moments = [...stops.map((after) => ({ after, open: undefined })), ...commands, { after: 900_000, open: undefined }];
          for (const { after, open } of moments.sort((a, b) => a.after - b.after)) {
            watched.bench.advance(start + after);
            if (open !== undefined) watched.guard.setContact("meterCover", open);
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
