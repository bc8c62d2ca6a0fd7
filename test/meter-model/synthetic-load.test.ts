import { expect } from "chai";
import fc from "fast-check";
import { day, hour, type LoadModel, minute, syntheticLoad, utc } from "../../src/meter-model/index.ts";
import { newMeter, paris } from "./support.ts";

const monday = Date.parse("2026-01-11T23:00:00Z");

/** W, averaged over the minutes of a stretch. */
function average(load: LoadModel, from: number, to: number): number {
  let sum = 0;
  for (let instant = from; instant < to; instant += minute) sum += load.at(instant).point?.activePower ?? 0;
  return sum / ((to - from) / minute) / 1000;
}

describe("synthetic load", () => {
  it("depends on time and seed alone, in any order of asking", () => {
    const load = syntheticLoad({ seed: 7, zone: paris });
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 2_000_000_000_000 }), { minLength: 1, maxLength: 10 }), (instants) => {
        for (const instant of instants) expect(load.at(instant)).to.deep.equal(syntheticLoad({ seed: 7, zone: paris }).at(instant));
      }),
    );
    expect(syntheticLoad({ seed: 8, zone: paris }).at(monday)).to.not.deep.equal(load.at(monday));
  });

  it("changes at full minutes only", () => {
    const load = syntheticLoad({ seed: 1, zone: utc });
    expect(load.at(monday + 59_999)).to.deep.equal(load.at(monday));
    expect(load.at(monday).until).to.equal(monday + minute);
  });

  it("is made of integers with plausible voltage, current and frequency", () => {
    const load = syntheticLoad({ seed: 3, zone: paris, solarPeak: 3000 });
    for (let instant = monday; instant < monday + 3 * day; instant += minute) {
      const at = load.at(instant).point;
      if (at === undefined || !Object.values(at).every(Number.isInteger)) expect.fail("not integers");
      if (at.voltage < 215_000 || at.voltage > 245_000 || Math.abs(at.frequency - 50_000) > 100) expect.fail(JSON.stringify(at));
      const apparent = Math.hypot(at.activePower, at.reactivePower);
      if (Math.abs(apparent - (at.voltage * at.current) / 1000) > 400) expect.fail(JSON.stringify(at));
    }
  });

  it("draws like a household: more in the evening than at night, more in winter than in summer", () => {
    const load = syntheticLoad({ seed: 5, zone: paris });
    let night = 0;
    let evening = 0;
    for (let index = 0; index < 21; index++) {
      night += average(load, monday + index * day + 2 * hour, monday + index * day + 5 * hour);
      evening += average(load, monday + index * day + 18 * hour, monday + index * day + 21 * hour);
    }
    expect(evening / night).to.be.greaterThan(3);
    const july = monday + 180 * day;
    expect(average(load, monday, monday + 14 * day)).to.be.greaterThan(1.1 * average(load, july, july + 14 * day));
    expect((average(load, monday, monday + 14 * day) * 24) / 1000).to.be.within(6, 20);
  });

  it("exports what the sun gives beyond the need, and nothing by default", () => {
    const start = Date.parse("2026-06-01T00:00:00Z");
    const plain = newMeter(start, syntheticLoad({ seed: 5, zone: paris }));
    const solar = newMeter(start, syntheticLoad({ seed: 5, zone: paris, solarPeak: 4000 }));
    plain.advance(start + 7 * day);
    solar.advance(start + 7 * day);
    expect(plain.energy("activeExport")).to.equal(0);
    expect(solar.energy("activeExport")).to.be.greaterThan(20_000);
    expect(solar.energy("activeImport")).to.be.below(plain.energy("activeImport"));
  });
});
