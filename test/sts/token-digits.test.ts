import { expect } from "chai";
import fc from "fast-check";
import type { TokenClass } from "../../src/sts/token-class.ts";
import { formatTokenDigits, parseTokenDigits } from "../../src/sts/token-digits.ts";
import { block } from "./samples.ts";

const largest = 2n ** 66n - 1n;

/** The transposition of the class bits, as IEC 62055-41 words it, with one number of 66 bits. */
function carried(tokenClass: number, high: number, low: number): bigint {
  const bits = (BigInt(high) << 32n) | BigInt(low);
  const displaced = (bits >> 27n) & 3n;
  return (displaced << 64n) | (bits & ~(3n << 27n)) | (BigInt(tokenClass) << 27n);
}

describe("the 20 digits of a token", () => {
  it("are those of the worked example of IEC 62055-41", () => {
    expect(formatTokenDigits({ tokenClass: 0, block: block("C45ED1619406DF95") })).to.equal("51043465443420856213");
    expect(parseTokenDigits("51043465443420856213")).to.deep.equal({ tokenClass: 0, block: block("C45ED1619406DF95") });
  });

  it("are the 66 bits with the class in the places 28 and 27, both ways", () => {
    const word = fc.integer({ min: 0, max: 0xffff_ffff });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3 }), word, word, (tokenClass, high, low) => {
        const token = { tokenClass: tokenClass as TokenClass, block: { high, low } };
        const digits = carried(tokenClass, high, low).toString().padStart(20, "0");
        expect(formatTokenDigits(token)).to.equal(digits);
        expect(parseTokenDigits(digits)).to.deep.equal(token);
      }),
      {
        numRuns: 1_000,
        examples: [
          [3, 0xffff_ffff, 0xffff_ffff],
          [0, 0, 0],
        ],
      },
    );
  });

  it("stand for nothing from 2^66", () => {
    expect(parseTokenDigits(largest.toString())).to.deep.equal({ tokenClass: 3, block: { high: 0xffff_ffff, low: 0xffff_ffff } });
    expect(parseTokenDigits((largest + 1n).toString())).to.equal(undefined);
    expect(parseTokenDigits("9".repeat(20))).to.equal(undefined);
  });

  it("stand for nothing when they are not twenty, or not digits", () => {
    const good = "51043465443420856213";
    const bad = [
      "",
      good.slice(1),
      `${good}0`,
      `${good}\n`,
      ` ${good.slice(1)}`,
      good.replace("0", "O"),
      `-${good.slice(1)}`,
      "٥".repeat(20),
    ];
    expect(bad.filter((text) => parseTokenDigits(text) !== undefined)).to.deep.equal([]);
    fc.assert(
      fc.property(fc.string(), (text) => {
        if (!/^[0-9]{20}$/.test(text)) expect(parseTokenDigits(text)).to.equal(undefined);
      }),
    );
  });
});
