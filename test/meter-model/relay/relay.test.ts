import { expect } from "chai";
import fc from "fast-check";
import type { RelayEventName } from "../../../src/meter-model/events/relay-events.ts";
import { hour, type LoadModel, type MeterConfig } from "../../../src/meter-model/index.ts";
import type { ControlMode, ControlState } from "../../../src/meter-model/relay/control-mode.ts";
import { newRelay, Relay, type StandingRequest } from "../../../src/meter-model/relay/relay.ts";
import { relayCauses } from "../../../src/meter-model/relay/requests.ts";
import { Bench, restored, start } from "../guard/support.ts";
import { anyLoad, constantLoad, point, scriptedLoad } from "../support.ts";

function control(
  mode: ControlMode,
  load: LoadModel = constantLoad(),
  config: Partial<MeterConfig> = {},
  state = newRelay(mode),
  now = start,
) {
  const bench = new Bench<RelayEventName>(load, now, config);
  const relay = new Relay(state, bench);
  bench.loaded = () => relay.closed;
  bench.with(relay);
  return { bench, relay, state };
}

/** Brings a relay to a control state, by what its mode has. */
function bring(relay: Relay, to: "disconnected" | "connected" | "ready-for-reconnection"): void {
  if (to === "disconnected") relay.remoteDisconnect();
  if (to === "ready-for-reconnection") relay.request("overload", true);
}

/** The overload is over, but only a press may connect. */
function pressAfterOverload(relay: Relay): void {
  relay.request("overload", false, "press");
  relay.manualReconnect();
}

const at = (seconds: number) => start + seconds * 1000;

describe("the relay", () => {
  it("does in each mode what the class has for it, and nothing else", () => {
    const expected: Readonly<Record<ControlMode, string>> = {
      0: "",
      1: "bcdefg",
      2: "abcefg",
      3: "bcdeg",
      4: "abceg",
      5: "bcdefgh",
      6: "bcdegh",
    };
    const transitions: readonly (readonly [letter: string, from: ControlState, act: (relay: Relay) => unknown, to: ControlState])[] = [
      ["a", "disconnected", (relay) => relay.remoteReconnect(), "connected"],
      ["b", "connected", (relay) => relay.remoteDisconnect(), "disconnected"],
      ["c", "ready-for-reconnection", (relay) => relay.remoteDisconnect(), "disconnected"],
      ["d", "disconnected", (relay) => relay.remoteReconnect(), "ready-for-reconnection"],
      ["e", "ready-for-reconnection", pressAfterOverload, "connected"],
      ["f", "connected", (relay) => relay.manualDisconnect(), "ready-for-reconnection"],
      ["g", "connected", (relay) => relay.request("overload", true), "ready-for-reconnection"],
      ["h", "ready-for-reconnection", (relay) => relay.request("overload", false), "connected"],
    ];
    for (const [mode, letters] of Object.entries(expected)) {
      const possible = transitions.filter(([, from, act, to]) => {
        const { relay } = control(Number(mode) as ControlMode);
        bring(relay, from);
        const began = relay.controlState === from;
        act(relay);
        return began && relay.controlState === to;
      });
      expect(possible.map(([letter]) => letter).join(""), `mode ${mode}`).to.equal(letters);
    }
  });

  it("opens for a request of the meter and closes when the last one is withdrawn, where the mode lets it", () => {
    const { bench, relay } = control(6);
    relay.request("meterCover", true);
    relay.request("outOfCredit", true);
    expect([relay.closed, relay.controlState, relay.cause]).to.deep.equal([false, "ready-for-reconnection", relayCauses.meterCover]);
    relay.request("meterCover", false);
    expect(relay.closed).to.equal(false);
    expect(relay.manualReconnect()).to.equal("denied");
    relay.request("outOfCredit", false);
    expect([relay.closed, relay.controlState, relay.cause, relay.operations]).to.deep.equal([true, "connected", 0, 2]);
    expect(bench.events).to.deep.equal(["locallyDisconnected@0", "locallyConnected@0"]);
  });

  it("waits for a press where the mode does not let the meter connect, or the request wants one", () => {
    for (const [mode, after] of [
      [4, "itself"],
      [6, "press"],
    ] as const) {
      const { bench, relay } = control(mode);
      relay.request("overload", true);
      relay.request("overload", false, after);
      expect(relay.controlState).to.equal("ready-for-reconnection");
      expect(relay.manualReconnect()).to.equal("accepted");
      expect(bench.events).to.deep.equal(["locallyDisconnected@0", "readyForReconnection@0", "manuallyConnected@0"]);
    }
  });

  it("waits for a press after credit where it is told so, and after nothing else", () => {
    const { relay } = control(6);
    relay.pressAfterCredit = true;
    relay.request("outOfCredit", true);
    relay.request("outOfCredit", false);
    expect(relay.controlState).to.equal("ready-for-reconnection");
    relay.manualReconnect();
    relay.request("meterCover", true);
    relay.request("meterCover", false);
    expect(relay.controlState).to.equal("connected");
  });

  it("is connected without credit in a friendly time, though not against what is not about credit", () => {
    const { relay } = control(6);
    relay.request("friendly", true);
    relay.request("outOfCredit", true);
    expect(relay.closed).to.equal(true);
    relay.request("terminalCover", true);
    expect(relay.closed).to.equal(false);
    relay.request("terminalCover", false);
    relay.request("friendly", false);
    expect([relay.closed, relay.cause]).to.deep.equal([false, relayCauses.outOfCredit]);
  });

  it("stays disconnected by a client whatever else changes", () => {
    const { relay } = control(6);
    relay.request("outOfCredit", true);
    relay.remoteDisconnect();
    relay.request("outOfCredit", false);
    expect([relay.controlState, relay.cause]).to.deep.equal(["disconnected", relayCauses.remote]);
    expect(relay.manualReconnect()).to.equal("denied");
    relay.remoteReconnect();
    expect(relay.controlState).to.equal("ready-for-reconnection");
    expect(relay.localReconnect()).to.equal("accepted");
  });

  it("is not closed by a client against the meter's own reasons, unless for a time it is built for", () => {
    const held = control(4).relay;
    held.request("meterCover", true);
    held.remoteDisconnect();
    expect(held.remoteReconnect()).to.equal("accepted");
    expect([held.controlState, held.closed]).to.deep.equal(["ready-for-reconnection", false]);
    const { bench, relay } = control(4, constantLoad(), { remoteOverride: 60_000 });
    relay.request("meterCover", true);
    relay.remoteDisconnect();
    relay.remoteReconnect();
    expect([relay.controlState, relay.closed]).to.deep.equal(["connected", true]);
    bench.run(59.999);
    expect(relay.closed).to.equal(true);
    bench.run(0.001);
    expect([relay.controlState, relay.closed, relay.cause]).to.deep.equal(["ready-for-reconnection", false, relayCauses.meterCover]);
  });

  it("goes back after a test, which is no change of the control state", () => {
    const { bench, relay } = control(6);
    expect(relay.test("open", 5000)).to.equal("accepted");
    expect([relay.closed, relay.controlState, relay.cause]).to.deep.equal([false, "connected", relayCauses.token]);
    bench.run(5);
    expect([relay.closed, relay.operations, bench.events.length]).to.deep.equal([true, 2, 0]);
    relay.request("outOfCredit", true);
    relay.test("closed", 5000);
    expect([relay.closed, relay.controlState]).to.deep.equal([true, "ready-for-reconnection"]);
    bench.run(5);
    expect([relay.closed, relay.cause]).to.deep.equal([false, relayCauses.outOfCredit]);
  });

  it("is always connected in mode 0", () => {
    const { relay } = control(6);
    relay.request("outOfCredit", true);
    expect(relay.setMode(7)).to.equal(false);
    expect(relay.setMode(0)).to.equal(true);
    expect([relay.closed, relay.controlState]).to.deep.equal([true, "connected"]);
    expect([relay.remoteDisconnect(), relay.manualDisconnect(), relay.test("open", 1)]).to.deep.equal(["denied", "denied", "denied"]);
    relay.setMode(6);
    expect(relay.closed).to.equal(false);
  });

  it("moves its contacts only with 70 % of the voltage, and keeps them where they are without supply", () => {
    const { bench, relay } = control(
      6,
      scriptedLoad([
        [at(0), point({ voltage: 161_000 })],
        [at(10), undefined],
        [at(20), point({ voltage: 161_001 })],
      ]),
    );
    relay.request("meterCover", true);
    bench.run(15);
    expect([relay.closed, relay.controlState, relay.remoteDisconnect()]).to.deep.equal([true, "ready-for-reconnection", "no-supply"]);
    bench.run(5);
    expect(relay.closed).to.equal(false);
  });

  it("tries contacts that stick five times more, tells of the failure once, and tries again every hour and after a power failure", () => {
    const { bench, relay, state } = control(
      6,
      scriptedLoad([
        [at(10_000), undefined],
        [at(10_010), point({})],
      ]),
    );
    relay.setStuck(true);
    relay.request("meterCover", true);
    bench.run(4.999);
    expect(bench.events).to.deep.equal(["locallyDisconnected@0"]);
    bench.run(0.001);
    expect([bench.events[1], relay.closed, relay.due - bench.now]).to.deep.equal(["relayFailed@5", true, hour]);
    bench.run(3600);
    expect([bench.events.length, relay.due - bench.now, state.failures]).to.deep.equal([2, hour, 7]);
    bench.advance(at(9000));
    relay.setStuck(false);
    bench.advance(at(10_010));
    expect([relay.closed, relay.operations]).to.deep.equal([false, 1]);
  });

  it("lives in one step as in many, and from a stored state as from its own", () => {
    const requests: readonly StandingRequest[] = ["overload", "meterCover", "friendly", "outOfCredit"];
    const commands: readonly ((relay: Relay) => unknown)[] = [
      ...requests.flatMap((name) => [true, false].map((raised) => (relay: Relay) => relay.request(name, raised))),
      (relay) => relay.remoteDisconnect(),
      (relay) => relay.remoteReconnect(),
      (relay) => relay.manualReconnect(),
      (relay) => relay.test("open", 7000),
      (relay) => relay.setStuck(true),
      (relay) => relay.setStuck(false),
    ];
    const moment = fc.integer({ min: 0, max: 300_000 });
    const script = fc.array(fc.tuple(moment, fc.integer({ min: 0, max: commands.length - 1 })), { maxLength: 12 });
    fc.assert(
      fc.property(anyLoad(start, 300), fc.array(moment, { maxLength: 6 }), script, (load, cuts, steps) => {
        const live = (stops: readonly number[], store: boolean) => {
          let held = control(6, load);
          const events: string[] = [];
          const moments: (readonly [number, number | undefined])[] = [...steps, ...stops.map((after) => [after, undefined] as const)];
          for (const [after, command] of [...moments.sort((a, b) => a[0] - b[0]), [300_000, undefined] as const]) {
            held.bench.advance(start + after);
            if (command !== undefined) commands[command]?.(held.relay);
            events.push(...held.bench.events.splice(0));
            if (store) held = control(6, load, {}, restored(held.state), held.bench.now);
          }
          return { events: [...events, ...held.bench.events], state: restored(held.state) };
        };
        const once = live([], false);
        expect(live(cuts, false)).to.deep.equal(once);
        expect(live(cuts, true)).to.deep.equal(once);
      }),
      { numRuns: 100 },
    );
  });
});
