import { expect } from "chai";
import fc from "fast-check";
import { amountBits, carriedUnits, measures, quantityOf } from "../../src/vending/measure.ts";
import { refusedPath } from "./samples.ts";

const energy = measures["transfer-credit-electricity"];
const power = measures["set-maximum-power-limit"];
const money = measures["transfer-credit-currency-electricity"];

describe("amounts as people write them", () => {
  it("are carried exactly where the token has a step for them", () => {
    for (const [text, units] of [
      ["25.6", 256n],
      ["0", 0n],
      ["1638.3", 16_383n],
      ["1820162.4", 18_201_624n],
    ] as const) {
      expect(carriedUnits(text, energy), text).to.equal(units);
      expect(quantityOf(units, energy)).to.deep.equal({ value: text, unit: "kWh" });
    }
  });

  it("are rounded up, in the customer's favour, where it has none", () => {
    expect(carriedUnits("0.01", energy)).to.equal(1n);
    expect(carriedUnits("18022.3", energy)).to.equal(180_224n);
    expect(carriedUnits("16385", power)).to.equal(16_394n);
    expect(quantityOf(carriedUnits("1", money), money)).to.deep.equal({ value: "1.00004", unit: "currency" });
    expect(quantityOf(carriedUnits("-1", money), money)).to.deep.equal({ value: "-0.99994", unit: "currency" });
  });

  it("never shrink, nor grow by more than a step of the scale", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 18_201_624 }), (tenths) => {
        const carried = Number(carriedUnits(`${Math.floor(tenths / 10)}.${tenths % 10}`, energy));
        expect(carried).to.be.within(tenths, tenths + Math.max(0, tenths / 1000));
        expect(carriedUnits(quantityOf(carried, energy).value, energy)).to.equal(BigInt(carried));
      }),
    );
  });

  it("have bits in hex, with sign and exponent of a currency in front", () => {
    expect(amountBits(16_383, energy)).to.equal("3fff");
    expect(amountBits(100_004n, money)).to.equal("060aa");
    expect(amountBits(-99_994n, money)).to.equal("860a9");
  });

  it("are refused where no token holds them", () => {
    for (const text of ["-1", "1820162.5", "25,6", "1e3", "", " 1", "kWh", "9".repeat(400)]) {
      expect(
        refusedPath(() => carriedUnits(text, energy)),
        text,
      ).to.equal("value");
    }
    expect(refusedPath(() => carriedUnits("9".repeat(40), money))).to.equal("value");
  });
});
