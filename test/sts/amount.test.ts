import { expect } from "chai";
import fc from "fast-check";
import { ConfigError } from "../../src/errors.ts";
import { decodeAmount, encodeAmount, largestAmount } from "../../src/sts/amount.ts";

describe("amounts of 16 bits", () => {
  it("are exact below 2^14 and grow in steps of ten, a hundred and a thousand above", () => {
    expect([0, 1, 16_383, 16_384].map((units) => encodeAmount(units))).to.deep.equal([0, 1, 0x3fff, 0x4000]);
    expect([0x4001, 0x8001, 0xc001, 0xffff].map(decodeAmount)).to.deep.equal([16_394, 180_324, 1_819_624, 18_201_624]);
  });

  it("round up what lies between two steps, into the next exponent where that is nearest", () => {
    expect(decodeAmount(encodeAmount(16_385))).to.equal(16_394);
    expect(encodeAmount(180_223)).to.equal(0x8000);
    expect(encodeAmount(1_818_623)).to.equal(0xc000);
  });

  it("give every field back", () => {
    for (let field = 0; field < 0x10000; field++) {
      if (encodeAmount(decodeAmount(field)) !== field) expect.fail(`field ${field}`);
    }
  });

  it("never give the customer less, nor a whole step more", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: largestAmount }), (units) => {
        const field = encodeAmount(units);
        expect(decodeAmount(field)).to.be.at.least(units);
        if (field > 0) expect(decodeAmount(field - 1)).to.be.below(units);
      }),
    );
  });

  it("refuse what no field holds", () => {
    expect(largestAmount).to.equal(18_201_624);
    for (const units of [-1, largestAmount + 1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => encodeAmount(units, "limit"), String(units))
        .to.throw(ConfigError)
        .with.property("path", "limit");
    }
  });
});
