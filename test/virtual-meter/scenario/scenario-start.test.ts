import { expect } from "chai";
import { hour, initialState, stateCodec } from "../../../src/meter-model/index.ts";
import { MemoryMeterStore } from "../../../src/store/memory-meter-store.ts";
import { scenarioMeter } from "../../../src/virtual-meter/scenario/scenario-meter.ts";
import { scenarioStart } from "../../../src/virtual-meter/scenario/scenario-start.ts";
import { config, event, household, scenarioOf, start } from "./support.ts";

const newState = () => initialState(config, start);

describe("the start of a scenario", () => {
  it("is what it is taken for first, over every restart", () => {
    const state = newState();
    expect(scenarioStart(state, "storm", start)).to.equal(start);
    const store = new MemoryMeterStore(stateCodec);
    store.save(state);
    expect(scenarioStart(store.load() ?? newState(), "storm", start + hour)).to.equal(start);
  });

  it("is another one for another scenario", () => {
    const state = newState();
    scenarioStart(state, "storm", start);
    expect(scenarioStart(state, "thief", start + hour)).to.equal(start + hour);
    expect(scenarioStart(state, "storm", start + hour)).to.equal(start);
  });

  it("is taken anew where what is kept is no instant", () => {
    for (const kept of ["", "soon", "1e300", "12.5"]) {
      const state = newState();
      state.parameters["scenario:storm"] = new TextEncoder().encode(kept);
      expect(scenarioStart(state, "storm", start), kept).to.equal(start);
    }
  });

  it("is the beginning of the simulated past, or where that ends", () => {
    const outage = event({ when: { kind: "once", after: hour }, supply: { outage: true } });
    for (const [from, failedAt] of [
      ["beginning", start + hour],
      ["serving", start + 3 * hour],
    ] as const) {
      const scenario = { ...scenarioOf(outage), start: from };
      const starts = { beginning: start, serving: start + 2 * hour };
      const meter = scenarioMeter({ scenario, config, state: newState(), load: household, starts });
      meter.advance(start + 5 * hour);
      expect(meter.supply, from).to.include({ failures: 1, lastFailureAt: failedAt });
    }
  });
});
