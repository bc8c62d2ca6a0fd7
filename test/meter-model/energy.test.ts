import { expect } from "chai";
import fc from "fast-check";
import { accumulateEnergy, addEnergy, emptyEnergies, emptyRegister, readEnergy } from "../../src/meter-model/energy.ts";
import { hour } from "../../src/meter-model/index.ts";
import { measure } from "../../src/meter-model/measurement.ts";
import { anyPoint, point } from "./support.ts";

/** The register as milliwatt-milliseconds, without limit. */
function exact({ whole, remainder }: { whole: number; remainder: number }): bigint {
  return BigInt(whole) * 3_600_000_000n + BigInt(remainder);
}

describe("energy", () => {
  it("counts exactly a thousand watt-hours for a kilowatt and an hour", () => {
    const register = emptyRegister();
    for (let second = 0; second < 3600; second++) addEnergy(register, 1_000_000, 1000);
    expect(register).to.deep.equal({ whole: 1000, remainder: 0 });
  });

  it("loses nothing of a milliwatt in ten years of milliseconds", () => {
    const register = emptyRegister();
    addEnergy(register, 1, 10 * 365 * 24 * hour);
    expect(register).to.deep.equal({ whole: 87, remainder: 2_160_000_000 });
  });

  it("equals the exact product, however it is split", () => {
    const part = fc.tuple(fc.integer({ min: 0, max: 1_000_000_000 }), fc.integer({ min: 0, max: 40_000_000_000 }));
    fc.assert(
      fc.property(fc.array(part, { maxLength: 20 }), (parts) => {
        const register = emptyRegister();
        for (const [power, duration] of parts) addEnergy(register, power, duration);
        expect(exact(register)).to.equal(parts.reduce((sum, [power, duration]) => sum + BigInt(power) * BigInt(duration), 0n));
        expect(register.remainder).to.be.within(0, 3_599_999_999);
      }),
    );
  });

  it("keeps the quadrants apart", () => {
    const cases = [
      [1, 1, "reactiveQ1", "activeImport", "apparentImport"],
      [-1, 1, "reactiveQ2", "activeExport", "apparentExport"],
      [-1, -1, "reactiveQ3", "activeExport", "apparentExport"],
      [1, -1, "reactiveQ4", "activeImport", "apparentImport"],
    ] as const;
    for (const [p, q, ...expected] of cases) {
      const state = emptyEnergies();
      accumulateEnergy(state, measure(point({ activePower: p * 3_000_000, reactivePower: q * 4_000_000 }), 0), hour);
      const counted = Object.entries(state).filter(([, register]) => register.whole > 0);
      expect(counted.map(([name]) => name)).to.have.members([...expected]);
      expect(expected.map((name) => state[name].whole)).to.deep.equal([4000, 3000, 5000]);
    }
  });

  it("puts power on an axis where the standard does: P = 0 is import, Q = 0 is inductive", () => {
    const state = emptyEnergies();
    accumulateEnergy(state, measure(point({ activePower: 0, reactivePower: -1_000_000 }), 0), hour);
    accumulateEnergy(state, measure(point({ activePower: -1_000_000, reactivePower: 0 }), 0), hour);
    expect(state.reactiveQ4.whole).to.equal(1000);
    expect(state.reactiveQ2).to.deep.equal({ whole: 0, remainder: 0 });
    expect(state.apparentImport.whole).to.equal(1000);
    expect(state.apparentExport.whole).to.equal(1000);
  });

  it("derives sums and the net from the exact parts", () => {
    const parts = fc.array(fc.tuple(anyPoint, fc.integer({ min: 0, max: 10 * hour })), { maxLength: 12 });
    fc.assert(
      fc.property(parts, (segments) => {
        const state = emptyEnergies();
        for (const [at, duration] of segments) accumulateEnergy(state, measure(at, 20), duration);
        const wattHours = (value: bigint) => Number(value / 3_600_000_000n);
        expect(readEnergy(state, "activeImport")).to.equal(wattHours(exact(state.activeImport)));
        expect(readEnergy(state, "absoluteActive")).to.equal(wattHours(exact(state.activeImport) + exact(state.activeExport)));
        expect(readEnergy(state, "netActive")).to.equal(wattHours(exact(state.activeImport) - exact(state.activeExport)));
        expect(readEnergy(state, "reactiveImport")).to.equal(wattHours(exact(state.reactiveQ1) + exact(state.reactiveQ2)));
        expect(readEnergy(state, "reactiveExport")).to.equal(wattHours(exact(state.reactiveQ3) + exact(state.reactiveQ4)));
      }),
    );
  });
});
