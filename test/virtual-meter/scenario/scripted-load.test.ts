import { expect } from "chai";
import fc from "fast-check";
import { hour, type Instant, minute, type OperatingPoint } from "../../../src/meter-model/index.ts";
import { largestQuantity } from "../../../src/meter-model/load-model.ts";
import type { LoadDraw, SupplyChange } from "../../../src/virtual-meter/scenario/scenario.ts";
import { Script } from "../../../src/virtual-meter/scenario/script.ts";
import { scriptedLoad } from "../../../src/virtual-meter/scenario/scripted-load.ts";
import { anyPoint, constantLoad, kilowatt, paris, point } from "../../meter-model/support.ts";
import { event, household, scenarioOf, shipped, shippedNames, start } from "./support.ts";

const watts = (amount: number, powerFactor = 1, leading = false): LoadDraw => ({
  quantity: "power",
  amount: amount * 1000,
  powerFactor,
  leading,
});
const amperes = (amount: number, powerFactor = 1): LoadDraw => ({ ...watts(amount, powerFactor), quantity: "current" });

/** What changes make of a point, the first of them first in the scenario. */
function changed(beneath: OperatingPoint, ...changes: readonly SupplyChange[]): OperatingPoint | undefined {
  const script = new Script(scenarioOf(...changes.map((supply) => event({ supply, duration: hour }))), start, paris);
  return scriptedLoad(constantLoad(beneath), script).at(start).point;
}

describe("a scripted load", () => {
  const kinds: Readonly<Record<string, readonly [change: SupplyChange, expected: Partial<OperatingPoint>]>> = {
    "another voltage, at which a resistance draws less": [
      { voltage: 115_000 },
      { voltage: 115_000, current: 2174, neutralCurrent: 2174, activePower: 250_000 },
    ],
    "another frequency": [{ frequency: 49_200 }, { frequency: 49_200 }],
    "a load in place of the household": [
      { load: watts(2300, 0.8) },
      { current: 12_500, neutralCurrent: 12_500, activePower: 2_300_000, reactivePower: 1_725_000 },
    ],
    "a load that is capacitive": [
      { load: watts(2300, 0.8, true) },
      { current: 12_500, neutralCurrent: 12_500, activePower: 2_300_000, reactivePower: -1_725_000 },
    ],
    "a load of so many amperes": [
      { load: amperes(10, 0.6) },
      { current: 10_000, neutralCurrent: 10_000, activePower: 1_380_000, reactivePower: 1_840_000 },
    ],
    "a load besides the household": [{ extra: watts(1300) }, { current: 10_000, neutralCurrent: 10_000, activePower: 2_300_000 }],
    "what is generated, and exported": [{ generation: 3_300_000 }, { current: 10_000, neutralCurrent: 10_000, activePower: -2_300_000 }],
    "the current the wrong way round": [{ reversed: true }, { activePower: -1_000_000 }],
    "a current that returns through the ground": [{ neutral: 0 }, { neutralCurrent: 0 }],
    "a bypass of the phase": [{ bypass: 75 }, { current: 1087, activePower: 250_000 }],
  };
  for (const [name, [change, expected]] of Object.entries(kinds)) {
    it(`knows ${name}`, () => expect(changed(kilowatt, change)).to.deep.equal(point(expected)));
  }

  it("is without supply in an outage, whatever else there is", () => {
    expect(changed(kilowatt, { voltage: 180_000 }, { outage: true })).to.equal(undefined);
  });

  it("draws the watts of a load at the voltage there is, in whatever order they are written", () => {
    const expected = point({ voltage: 115_000, current: 20_000, neutralCurrent: 20_000, activePower: 2_300_000 });
    expect(changed(kilowatt, { voltage: 115_000 }, { load: watts(2300) })).to.deep.equal(expected);
    expect(changed(kilowatt, { load: watts(2300) }, { voltage: 115_000 })).to.deep.equal(expected);
  });

  it("leads the whole load past the phase, and through the neutral what was left of it", () => {
    expect(changed(kilowatt, { bypass: 50 }, { extra: watts(1300) }, { neutral: 50 })).to.deep.equal(
      point({ current: 5000, neutralCurrent: 5000, activePower: 1_150_000 }),
    );
  });

  it("adds up what is added, and takes the last of what is replaced", () => {
    expect(changed(kilowatt, { extra: watts(1000) }, { extra: watts(300) })).to.deep.include({ activePower: 2_300_000 });
    expect(changed(kilowatt, { voltage: 200_000 }, { voltage: 210_000 })).to.deep.include({ voltage: 210_000 });
  });

  it("leaves a power cut of the load beneath as it is", () => {
    const script = new Script(scenarioOf(event({ supply: { load: watts(100) } })), start, paris);
    const dark = { at: () => ({ point: undefined, until: start + 5 }) };
    expect(scriptedLoad(dark, script).at(start)).to.deep.equal({ point: undefined, until: start + 5 });
  });

  it("follows the sun from nothing over its height to nothing", () => {
    const day = event({ supply: { solar: 3_000_000 }, duration: 12 * hour });
    const load = scriptedLoad(constantLoad(), new Script(scenarioOf(day), start, paris));
    const generated = (after: number) => 1_000_000 - (load.at(start + after).point?.activePower ?? Number.NaN);
    expect(generated(0)).to.be.within(1, 40_000);
    expect(generated(6 * hour)).to.be.within(2_999_000, 3_000_000);
    expect(generated(12 * hour - 1)).to.equal(generated(0));
    expect(generated(12 * hour)).to.equal(0);
    expect(load.at(start + minute).until).to.equal(start + 5 * minute);
  });

  it("never is beyond what a load may be", () => {
    const change = fc.record(
      {
        voltage: fc.integer({ min: 1000, max: 500_000 }),
        load: fc.constant(watts(200_000, 0.01)),
        extra: fc.constant(amperes(1000, 0.01)),
        generation: fc.constant(200_000_000),
        neutral: fc.integer({ min: 0, max: 1000 }),
        bypass: fc.integer({ min: 0, max: 100 }),
        reversed: fc.constant(true as const),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(anyPoint, fc.array(change, { maxLength: 4 }), (beneath, changes) => {
        const result = changed(beneath, ...changes);
        for (const [name, value] of Object.entries(result ?? {})) {
          expect(Number.isInteger(value) && !Object.is(value, -0), `${name} ${value}`).to.equal(true);
          expect(Math.abs(value)).to.be.at.most(largestQuantity);
        }
        expect(result?.current).to.be.at.least(0);
        expect(result?.neutralCurrent).to.be.at.least(0);
      }),
    );
  });

  for (const name of shippedNames) {
    it(`answers the same in any order of asking, and holds to the end of each segment: ${name}`, () => {
      const scenario = shipped(name);
      const load = () => scriptedLoad(household, new Script(scenario, start, paris));
      const instants = fc.array(fc.integer({ min: start - hour, max: start + 168 * hour }), { minLength: 1, maxLength: 12 });
      const fresh = (instant: Instant) => load().at(instant);
      fc.assert(
        fc.property(instants, (asked) => {
          const one = load();
          for (const instant of asked) {
            const { point: here, until } = one.at(instant);
            expect(until).to.be.above(instant);
            expect({ point: here, until }).to.deep.equal(fresh(instant));
            expect(fresh(until - 1).point).to.deep.equal(here);
            expect(fresh(instant + Math.floor((until - instant) / 2)).point).to.deep.equal(here);
          }
        }),
        { numRuns: 25 },
      );
    });
  }
});
