import { expect } from "chai";
import fc from "fast-check";
import { day, utc } from "../../src/meter-model/index.ts";
import { MeterClock } from "../../src/meter-model/meter-clock.ts";

function clock(driftPpm: number, offset = 0): MeterClock {
  return new MeterClock({ anchor: 1_000_000, reading: 1_000_000 + offset, valid: true, zone: utc }, driftPpm);
}

describe("MeterClock", () => {
  it("keeps the offset it was set with", () => {
    expect(clock(0, 5000).at(2_000_000)).to.equal(2_005_000);
  });

  it("gains half a second a day at 5.8 ppm", () => {
    expect(clock(5.8).at(1_000_000 + day) - 1_000_000 - day).to.equal(501);
    expect(clock(-5.8).at(1_000_000 + day) - 1_000_000 - day).to.equal(-502);
  });

  it("starts to drift afresh when it is set", () => {
    const drifting = clock(1000);
    drifting.set(1_000_000 + day, 1_000_000 + day);
    expect(drifting.at(1_000_000 + day)).to.equal(1_000_000 + day);
  });

  it("is invalid until it is set", () => {
    const invalid = clock(0);
    invalid.invalidate();
    expect(invalid.valid).to.equal(false);
    invalid.set(2_000_000, 2_000_000);
    expect(invalid.valid).to.equal(true);
  });

  it("tells the first instant of any reading, at any drift", () => {
    fc.assert(
      fc.property(fc.double({ min: -1000, max: 1000, noNaN: true }), fc.integer({ min: 0, max: 100_000_000_000 }), (drift, elapsed) => {
        const drifting = clock(drift, 12_345);
        const reading = 1_000_000 + elapsed;
        const instant = drifting.whenReading(reading);
        expect(drifting.at(instant)).to.be.at.least(reading);
        expect(drifting.at(instant - 1)).to.be.below(reading);
      }),
    );
  });

  it("never reaches what is never planned", () => {
    expect(clock(5).whenReading(Number.POSITIVE_INFINITY)).to.equal(Number.POSITIVE_INFINITY);
  });
});
