import { expect } from "chai";
import { onLargerCurrent } from "../../../src/meter-model/guard/larger-current.ts";
import { point } from "../support.ts";

describe("counting on the larger current", () => {
  it("leaves a point alone whose phase carries the larger current", () => {
    const normal = point({ current: 4348, neutralCurrent: 1000 });
    expect(onLargerCurrent(normal)).to.deep.equal(normal);
  });

  it("scales the powers by the neutral's current, and keeps their signs", () => {
    const bypassed = point({ current: 1000, neutralCurrent: 4000, activePower: -230_000, reactivePower: 50_000 });
    expect(onLargerCurrent(bypassed)).to.deep.equal({ ...bypassed, current: 4000, activePower: -920_000, reactivePower: 200_000 });
  });

  it("counts the neutral's current at power factor 1 where the phase has none", () => {
    const bypassed = point({ voltage: 230_000, current: 0, neutralCurrent: 2000, activePower: 0 });
    expect(onLargerCurrent(bypassed).activePower).to.equal(460_000);
  });

  it("stays within what products with time are exact for", () => {
    const impossible = point({ current: 1, neutralCurrent: 80_000, activePower: -5_000_000 });
    expect(onLargerCurrent(impossible).activePower).to.equal(-1e9);
  });
});
