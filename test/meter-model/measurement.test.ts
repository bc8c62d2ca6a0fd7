import { expect } from "chai";
import { measure, noMeasurement } from "../../src/meter-model/measurement.ts";
import { point } from "./support.ts";

describe("measure", () => {
  it("splits import and export and forms the vector apparent power", () => {
    const measured = measure(point({ activePower: -3_000_000, reactivePower: 4_000_000 }), 20);
    expect(measured).to.include({ activeImport: 0, activeExport: 3_000_000, activeNet: -3_000_000 });
    expect(measured).to.include({ reactiveImport: 4_000_000, reactiveExport: 0, reactiveNet: 4_000_000 });
    expect(measured).to.include({ apparentImport: 0, apparentExport: 5_000_000, powerFactor: -600 });
  });

  it("gives a capacitive load reactive export", () => {
    expect(measure(point({ reactivePower: -750_000 }), 20)).to.include({
      reactiveExport: 750_000,
      apparentImport: 1_250_000,
      powerFactor: 800,
    });
  });

  it("registers no power below the start current, and all of it from there on", () => {
    const below = measure(point({ current: 19, activePower: 4370, reactivePower: 10 }), 20);
    expect(below).to.include({ current: 19, activeImport: 0, reactiveImport: 0, apparentImport: 0, powerFactor: 1000 });
    expect(measure(point({ current: 20, activePower: 4600 }), 20).activeImport).to.equal(4600);
  });

  it("shows nothing at all without supply", () => {
    expect(measure(undefined, 20)).to.equal(noMeasurement);
    expect(Object.values(noMeasurement)).to.satisfy((values: number[]) => values.every((value) => value === 0));
  });
});
