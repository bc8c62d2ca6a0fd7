import { expect } from "chai";
import fc from "fast-check";
import { decimalOf, unitsOf } from "../../src/sts/decimal.ts";
import { refusal } from "../support/vectors.ts";

describe("decimal numbers of amounts", () => {
  it("become units without passing through a floating point number", () => {
    expect(unitsOf("25.6", 1)).to.equal(256n);
    expect(unitsOf("0.1", 5)).to.equal(10_000n);
    expect(unitsOf("182044000000000000000000000000.00001", 5)).to.equal(18_204_400_000_000_000_000_000_000_000_000_001n);
  });

  it("are rounded up where there are more places than units", () => {
    expect([unitsOf("1.01", 1), unitsOf("-1.01", 1), unitsOf("1.00", 1), unitsOf("-1.09", 1)]).to.deep.equal([11n, -10n, 10n, -10n]);
  });

  it("are written without zeros behind the last digit that counts", () => {
    expect([decimalOf(256, 1), decimalOf(-5n, 5), decimalOf(100_000n, 5), decimalOf(0, 1), decimalOf(7, 0)]).to.deep.equal([
      "25.6",
      "-0.00005",
      "1",
      "0",
      "7",
    ]);
  });

  it("survive being written and read", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.nat(6), (units, places) => {
        expect(unitsOf(decimalOf(units, places), places)).to.equal(units);
      }),
    );
  });

  it("are refused where they are anything else", () => {
    for (const text of ["", "-", ".5", "5.", "1,5", "1e5", "+1", " 1", "1 ", "--1", "0x10", "NaN", "٣", "9".repeat(41)]) {
      expect(
        refusal(() => unitsOf(text, 1)),
        text,
      ).to.equal("bad-tag");
    }
  });
});
