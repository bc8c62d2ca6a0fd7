import { expect } from "chai";
import fc from "fast-check";
import { MeterState } from "../../src/mqtt-bridge/meter-state.ts";
import type { MeterSnapshot, Reading } from "../../src/mqtt-bridge/reading.ts";
import { energy, power, reading, readTime, snapshot } from "./support.ts";

function stateAfter(...snapshots: readonly MeterSnapshot[]): MeterState {
  const state = new MeterState();
  for (const each of snapshots) state.fold(each);
  return state;
}

function values(state: MeterState, expiry?: number): Record<string, unknown> {
  return Object.fromEntries(state.values(expiry));
}

function keys(state: MeterState): string[] {
  return state.fields.map(({ key }) => key);
}

describe("MeterState", () => {
  it("keeps the last good value of what a later snapshot does not bring", () => {
    const state = stateAfter(snapshot([energy, power]), snapshot([{ ...power, value: 5 }]));
    expect(values(state)).to.deep.equal({ active_energy_import_total: 4408.736, active_power_import: 5 });
  });

  it("leaves out what it cannot make sense of, and keeps the value before", () => {
    const state = stateAfter(
      snapshot([power]),
      snapshot([{ ...power, value: Number.NaN }, reading("0.0.96.3.10.255", 77, { attribute: 3 })]),
    );
    expect(values(state)).to.deep.equal({ active_power_import: 2893 });
  });

  it("leaves momentary values out when they are older than the expiry, and registers never", () => {
    const state = stateAfter(snapshot([energy, power]), snapshot([{ ...energy, value: 4_408_800 }], { readTime: readTime + 61_000 }));
    expect(values(state, 60)).to.deep.equal({ active_energy_import_total: 4408.8 });
    expect(values(state, 61)).to.have.property("active_power_import", 2893);
    expect(values(state)).to.have.property("active_power_import", 2893);
  });

  it("gives meter time and drift when they are known", () => {
    const state = stateAfter(snapshot([], { meterTime: "2026-11-22T20:57:30+01:00", clockDriftSeconds: -1.5 }));
    expect(values(state)).to.deep.equal({ meter_time: "2026-11-22T20:57:30+01:00", clock_drift_s: -1.5 });
  });

  it("prefers the snapshot's time to a reading of the clock", () => {
    const clock = reading("0.0.1.0.0.255", "2026-11-22T20:00:00+01:00");
    const state = stateAfter(snapshot([clock], { meterTime: "2026-11-22T20:57:30+01:00" }));
    expect(values(state)).to.deep.equal({ meter_time: "2026-11-22T20:57:30+01:00" });
  });

  it("joins the alarms of several registers", () => {
    const state = stateAfter(snapshot([reading("0.0.97.98.0.255", 1), reading("0.0.97.98.2.255", 1)]));
    expect(values(state)).to.deep.equal({ alarms: ["clock_invalid", "low_credit_1"] });
  });

  it("takes the credit from whichever object was read last", () => {
    const mirror = reading("0.0.96.60.0.255", 1000, { unit: "Wh" });
    const account = reading("0.0.19.0.0.255", 2000, { unit: "Wh", attribute: 5 });
    expect(values(stateAfter(snapshot([mirror, account])))).to.deep.equal({ credit_balance_kwh: 2 });
    expect(values(stateAfter(snapshot([account, mirror])))).to.deep.equal({ credit_balance_kwh: 1 });
  });

  it("names the currency of money, and drops the energy when the meter changes over", () => {
    const state = stateAfter(
      snapshot([reading("0.0.96.60.0.255", 1000, { unit: "Wh" })]),
      snapshot([reading("0.0.96.60.0.255", 12.5, { unit: "ZAR" })]),
    );
    expect(values(state)).to.deep.equal({ credit_balance: 12.5, currency: "ZAR" });
    expect(keys(state)).to.not.include("credit_balance_kwh");
  });

  it("does not let a stray zero through, and says so", () => {
    const state = stateAfter(snapshot([energy]));
    expect(state.fold(snapshot([{ ...energy, value: 0 }]))).to.deep.equal({
      newKeys: false,
      resets: [],
      heldBack: ["active_energy_import_total"],
    });
    expect(values(state)).to.deep.equal({ active_energy_import_total: 4408.736 });
    expect(state.dropped).to.equal(1);
  });

  it("reports a confirmed reset in the published unit", () => {
    const state = stateAfter(snapshot([energy]), snapshot([{ ...energy, value: 0 }]));
    expect(state.fold(snapshot([{ ...energy, value: 100n }]))?.resets).to.deep.equal([
      { key: "active_energy_import_total", previous: 4408.736, value: 0.1 },
    ]);
    expect(values(state)).to.deep.equal({ active_energy_import_total: 0.1 });
  });

  it("takes lower registers for good when the meter was replaced", () => {
    const state = stateAfter(snapshot([energy]));
    state.replaced();
    state.fold(snapshot([{ ...energy, value: 7 }]));
    expect(values(state)).to.deep.equal({ active_energy_import_total: 0.007 });
    expect(state.dropped).to.equal(0);
  });

  it("does not let rows of the past overwrite what is newer", () => {
    const state = stateAfter(snapshot([energy]));
    const row = snapshot([{ ...energy, value: 4_000_000 }], { source: "profile", readTime: readTime - 3_600_000 });
    expect(state.fold(row)).to.equal(undefined);
    expect(values(state)).to.deep.equal({ active_energy_import_total: 4408.736 });
  });

  it("tells objects of the same name apart, and each keeps its key", () => {
    const first = reading("0.0.96.50.1.255", 1, { name: "Counter" });
    const second = reading("0.0.96.50.2.255", 2, { name: "Counter" });
    const state = stateAfter(snapshot([first, second]), snapshot([{ ...second, value: 3 }]));
    expect(values(state)).to.deep.equal({ counter: 1, counter_0_0_96_50_2_255: 3 });
  });

  it("reports keys that were not known", () => {
    const state = stateAfter(snapshot([energy]));
    expect(state.fold(snapshot([energy], { meterTime: "2026-11-22T20:57:30+01:00" }))?.newKeys).to.equal(false);
    expect(state.fold(snapshot([power]))?.newKeys).to.equal(true);
  });

  it("forgets what is not described any more, but for the clock", () => {
    const state = stateAfter(snapshot([energy, power]));
    state.describe([energy]);
    expect(keys(state)).to.deep.equal(["active_energy_import_total", "meter_time", "clock_drift_s"]);
    expect(values(state)).to.deep.equal({ active_energy_import_total: 4408.736 });
  });

  it("bounds the keys that an inventive peer can make it remember", () => {
    const state = stateAfter(snapshot(Array.from({ length: 3000 }, (_, index) => reading(`0.0.96.${index}.1.255`, index))));
    expect(state.values(undefined).size).to.be.at.most(1000);
  });

  it("yields JSON that says what was read, whatever names and texts a peer sends", function () {
    this.timeout(10_000);
    const evil = fc.oneof(
      fc.constantFrom("__proto__", "constructor", "a\u0000b", "+/#", "x".repeat(65_536)),
      fc.string({ unit: "binary" }),
    );
    fc.assert(
      fc.property(evil, fc.oneof(evil, fc.double(), fc.bigInt(), fc.boolean(), fc.array(evil, { maxLength: 3 })), (name, value) => {
        const odd: Reading = reading("0.0.96.50.1.255", value, { name });
        const state = stateAfter(snapshot([odd, energy]));
        const parsed = JSON.parse(JSON.stringify(values(state))) as Record<string, unknown>;
        expect(parsed["active_energy_import_total"]).to.equal(4408.736);
        for (const key of Object.keys(parsed)) expect(key).to.match(/^[a-z0-9_]{1,96}$/);
        expect(Object.values(parsed)).to.not.include(null);
        expect(JSON.stringify(parsed).length).to.be.at.most(2000);
        expect(({} as Record<string, unknown>)["polluted"]).to.equal(undefined);
      }),
      { numRuns: 40 },
    );
  });
});
