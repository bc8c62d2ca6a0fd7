import { expect } from "chai";
import fc from "fast-check";
import { ConfigError } from "../../src/errors.ts";
import { decodeCurrency, encodeCurrency, largestCurrency } from "../../src/sts/currency.ts";

const signBit = 1 << 19;

describe("currency amounts of 20 bits", () => {
  it("are rounded up, so that a credit grows and a debit shrinks", () => {
    expect(decodeCurrency(encodeCurrency(100_000n))).to.equal(100_004n);
    expect(decodeCurrency(encodeCurrency(-100_000n))).to.equal(-99_994n);
  });

  it("have the sign above the exponent", () => {
    expect(encodeCurrency(1n)).to.equal(1);
    expect(encodeCurrency(-1n)).to.equal(signBit | 1);
  });

  it("give every field back, except that a negative zero becomes zero", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 20 - 1 }), (field) => {
        expect(encodeCurrency(decodeCurrency(field))).to.equal(field === signBit ? 0 : field);
      }),
      { examples: [[0], [signBit], [signBit - 1], [2 * signBit - 1], [0x3fff], [0x4000]] },
    );
  });

  it("are the least amount of their scale that is not below the one asked for", () => {
    const anywhere = fc.bigInt({ min: -largestCurrency, max: largestCurrency });
    const everyday = fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n });
    fc.assert(
      fc.property(fc.oneof(anywhere, everyday), (units) => {
        const field = encodeCurrency(units);
        expect(decodeCurrency(field) >= units).to.equal(true);
        const below = field < signBit ? field - 1 : field + 1;
        if (field > 0 && (below & (signBit - 1)) !== 0) expect(decodeCurrency(below) < units).to.equal(true);
      }),
    );
  });

  it("refuse a magnitude no field holds", () => {
    expect(decodeCurrency(encodeCurrency(largestCurrency))).to.equal(largestCurrency);
    for (const units of [largestCurrency + 1n, -largestCurrency - 1n]) {
      expect(() => encodeCurrency(units, "amount"))
        .to.throw(ConfigError)
        .with.property("path", "amount");
    }
  });
});
