import { expect } from "chai";
import fc from "fast-check";
import { newPowerQuality, PowerQuality } from "../../../src/meter-model/guard/power-quality.ts";
import { tamperBit } from "../../../src/meter-model/guard/tamper-catalogue.ts";
import { newTampers, TamperGuard } from "../../../src/meter-model/guard/tamper-guard.ts";
import type { LoadModel } from "../../../src/meter-model/index.ts";
import { Limiter, newLimiters } from "../../../src/meter-model/relay/limiter.ts";
import { newOverload, Overload } from "../../../src/meter-model/relay/overload.ts";
import { newRelay, Relay } from "../../../src/meter-model/relay/relay.ts";
import { relayCauses } from "../../../src/meter-model/relay/requests.ts";
import { Bench, restored, start } from "../guard/support.ts";
import { anyLoad, constantLoad, point } from "../support.ts";

const newStates = () => ({
  relay: newRelay(),
  tampers: newTampers(),
  quality: newPowerQuality(),
  overload: newOverload(),
  limiters: newLimiters(),
});

/** Relay, guards and limiters at one supply. */
function assemble(load: LoadModel, states = newStates(), now = start) {
  const bench = new Bench(load, now);
  const relay = new Relay(states.relay, bench);
  bench.loaded = () => relay.closed;
  const tampers = new TamperGuard(states.tampers, bench, relay);
  const overload = new Overload(states.overload, bench, relay);
  const { power, current } = states.limiters;
  bench.with(
    relay,
    tampers,
    new PowerQuality(states.quality, bench),
    new Limiter(power, bench, overload, "overload"),
    new Limiter(current, bench, overload, "overCurrent"),
    overload,
  );
  return { bench, relay, tampers, states };
}

describe("the guards with the relay", () => {
  it("keep the supply off for the cover while an overload has passed", () => {
    const { bench, relay, tampers } = assemble(constantLoad(point({ activePower: 11_000_000, current: 47_826, neutralCurrent: 47_826 })));
    bench.run(100);
    expect([relay.closed, relay.cause]).to.deep.equal([false, relayCauses.overload]);
    tampers.setContact("meterCover", true);
    bench.run(10);
    tampers.setContact("meterCover", false);
    bench.run(20);
    expect([relay.closed, relay.raised]).to.deep.equal([false, ["meterCover"]]);
    tampers.clear("token");
    expect([relay.closed, relay.cause]).to.deep.equal([true, relayCauses.closed]);
  });

  it("find no tampering in a relay that opens as it was told to", () => {
    const { bench, relay, tampers } = assemble(constantLoad());
    relay.remoteDisconnect();
    bench.run(3600);
    expect([relay.closed, tampers.present]).to.deep.equal([false, 0]);
  });

  it("find the current behind a relay that sticks", () => {
    const { bench, relay, tampers } = assemble(constantLoad());
    relay.setStuck(true);
    relay.remoteDisconnect();
    bench.run(30);
    expect(tampers.present).to.equal(tamperBit("relayBypassed"));
    expect(bench.events).to.deep.equal(["remotelyDisconnected@0", "relayFailed@5", "relayTamperBegan@11"]);
  });

  it("live in one step as in many, and from a stored state as from its own", () => {
    const moment = fc.integer({ min: 0, max: 1_200_000 });
    const toggles = fc.array(moment, { maxLength: 4 });
    fc.assert(
      fc.property(anyLoad(start, 1200), fc.array(moment, { maxLength: 6 }), toggles, (load, cuts, covers) => {
        const sorted = [...covers].sort((a, b) => a - b);
        const live = (stops: readonly number[], store: boolean) => {
          let together = assemble(load);
          const events: string[] = [];
          const moments = [
            ...stops.map((after) => ({ after, open: undefined })),
            ...sorted.map((after, n) => ({ after, open: n % 2 === 0 })),
          ];
          for (const { after, open } of [...moments.sort((a, b) => a.after - b.after), { after: 1_200_000, open: undefined }]) {
            together.bench.advance(start + after);
            if (open !== undefined) together.tampers.setContact("meterCover", open);
            events.push(...together.bench.events.splice(0));
            if (store) together = assemble(load, restored(together.states), together.bench.now);
          }
          return { events, states: restored(together.states) };
        };
        const once = live([], false);
        expect(live(cuts, false)).to.deep.equal(once);
        expect(live(cuts, true)).to.deep.equal(once);
      }),
      { numRuns: 60 },
    );
  });
});
