import { expect } from "chai";
import fc from "fast-check";
import { hour, type LocalCause, localCauses, minute, newRelay, Relay, type RelayState } from "../../src/meter-model/index.ts";
import { kilowatt, newMeter, point, scriptedLoad } from "./support.ts";

const newYear = Date.UTC(2026, 0, 1);

function relayIn(mode: number): { readonly relay: Relay; readonly state: RelayState; readonly events: string[] } {
  const state = newRelay(mode);
  const events: string[] = [];
  const relay = new Relay(
    state,
    () => 0,
    (event) => events.push("by" in event ? `${event.type} ${event.by}` : event.type),
  );
  return { relay, state, events };
}

describe("Control modes", () => {
  const all = [0, 1, 2, 3, 4, 5, 6] as const;
  const direct = [2, 4];
  const manual = [1, 2, 5];
  const local = [5, 6];
  for (const mode of all) {
    it(`${mode}: remote disconnection and reconnection`, () => {
      const { relay } = relayIn(mode);
      if (mode === 0) {
        expect([relay.remoteDisconnect(), relay.remoteReconnect(), relay.control]).to.deep.equal(["forbidden", "forbidden", "connected"]);
        return;
      }
      expect([relay.remoteDisconnect(), relay.control]).to.deep.equal(["done", "disconnected"]);
      expect(relay.lastCause).to.equal("remote-command");
      expect(relay.remoteDisconnect()).to.equal("unchanged");
      const closes = direct.includes(mode) || local.includes(mode);
      expect([relay.remoteReconnect(), relay.control]).to.deep.equal(["done", closes ? "connected" : "ready-for-reconnection"]);
    });

    it(`${mode}: the customer's key`, () => {
      const { relay } = relayIn(mode);
      const opens = manual.includes(mode);
      expect(relay.manualDisconnect()).to.equal(opens ? "done" : "forbidden");
      expect(relay.control).to.equal(opens ? "ready-for-reconnection" : "connected");
      if (opens) expect([relay.manualReconnect(), relay.control]).to.deep.equal(["done", "connected"]);
      if (mode === 0) return;
      relay.remoteDisconnect();
      expect(relay.manualReconnect(), "the utility's word stands").to.equal("forbidden");
    });

    it(`${mode}: causes of the meter itself`, () => {
      const { relay } = relayIn(mode);
      relay.raise("overload");
      relay.raise("out-of-credit");
      expect(relay.control).to.equal(mode === 0 ? "connected" : "ready-for-reconnection");
      if (mode === 0) return;
      expect(relay.manualReconnect()).to.equal("held-open");
      relay.clear("overload");
      expect(relay.control).to.equal("ready-for-reconnection");
      relay.clear("out-of-credit");
      expect(relay.control).to.equal(local.includes(mode) ? "connected" : "ready-for-reconnection");
      if (!local.includes(mode)) expect([relay.manualReconnect(), relay.control]).to.deep.equal(["done", "connected"]);
    });

    it(`${mode}: a remote reconnection overrides no cause`, () => {
      const { relay } = relayIn(mode);
      if (mode === 0) return;
      relay.remoteDisconnect();
      relay.raise("meter-cover");
      expect(relay.remoteReconnect()).to.equal("done");
      expect(relay.control).to.equal("ready-for-reconnection");
      relay.clear("meter-cover");
      expect(relay.control).to.equal(local.includes(mode) ? "connected" : "ready-for-reconnection");
    });
  }

  it("0 connects what was off", () => {
    const { relay } = relayIn(6);
    relay.remoteDisconnect();
    expect(relay.setMode(0)).to.equal(true);
    expect(relay.control).to.equal("connected");
    expect(relay.setMode(7)).to.equal(false);
  });
});

describe("The arbiter", () => {
  it("supplies only where nobody has a reason against it, whatever the order", () => {
    type Step = readonly ["raise" | "clear", LocalCause] | readonly ["off" | "on" | "key"];
    const cause = fc.constantFrom(...localCauses);
    const step: fc.Arbitrary<Step> = fc.oneof(
      fc.tuple(fc.constantFrom("raise" as const, "clear" as const), cause),
      fc.tuple(fc.constantFrom("off" as const, "on" as const, "key" as const)),
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.array(step, { maxLength: 40 }), (mode, steps) => {
        const { relay, state } = relayIn(mode);
        const causes = new Set<LocalCause>();
        for (const each of steps) {
          if (each[0] === "raise") causes.add(each[1]);
          if (each[0] === "clear") causes.delete(each[1]);
          if (each[0] === "raise") relay.raise(each[1]);
          else if (each[0] === "clear") relay.clear(each[1]);
          else if (each[0] === "off") relay.remoteDisconnect();
          else if (each[0] === "on") relay.remoteReconnect();
          else relay.manualReconnect();
          relay.operate();
          expect(new Set(state.causes)).to.deep.equal(causes);
          if (causes.size > 0) expect(relay.closed, JSON.stringify(steps)).to.equal(false);
          expect(relay.closed).to.equal(relay.control === "connected");
          expect(relay.lastCause === "closed").to.equal(relay.control === "connected");
        }
      }),
    );
  });

  it("tells each change, and by whom", () => {
    const { relay, events } = relayIn(6);
    relay.remoteDisconnect();
    relay.remoteReconnect();
    relay.raise("overload");
    relay.clear("overload");
    expect(events).to.deep.equal(["relay-opened remote", "relay-ready", "relay-closed local", "relay-opened local", "relay-closed local"]);
  });
});

describe("A meter with its supply off", () => {
  it("measures voltage and no current, and counts nothing", () => {
    const meter = newMeter(newYear);
    meter.advance(newYear + hour);
    expect(meter.remoteDisconnect()).to.equal("done");
    expect(meter.measurement).to.include({ voltage: 230_000, current: 0, activeImport: 0 });
    meter.advance(newYear + 2 * hour);
    expect(meter.energy("activeImport")).to.equal(1000);
    expect(meter.remoteReconnect()).to.equal("done");
    meter.advance(newYear + 3 * hour);
    expect(meter.energy("activeImport")).to.equal(2000);
    expect(meter.relay.operations).to.equal(2);
  });

  it("moves the switch only with voltage enough, and then at once", () => {
    const load = scriptedLoad([
      [newYear + 10 * minute, point({ voltage: 150_000 })],
      [newYear + 20 * minute, kilowatt],
    ]);
    const meter = newMeter(newYear, load);
    meter.advance(newYear + 15 * minute);
    meter.remoteDisconnect();
    expect([meter.relay.control, meter.relay.closed]).to.deep.equal(["disconnected", true]);
    meter.advance(newYear + 20 * minute);
    expect(meter.relay.closed).to.equal(false);
  });

  it("stays so over a power cut, and is in the log", () => {
    const load = scriptedLoad([
      [newYear + 10 * minute, undefined],
      [newYear + 20 * minute, kilowatt],
    ]);
    const meter = newMeter(newYear, load);
    meter.advance(newYear + 5 * minute);
    meter.remoteDisconnect();
    meter.advance(newYear + 15 * minute);
    expect(meter.remoteReconnect()).to.equal("no-supply");
    meter.advance(newYear + 30 * minute);
    expect(meter.relay.closed).to.equal(false);
    expect(meter.events.rows("disconnector").valueAt(0, 0)).to.equal(62);
  });
});
