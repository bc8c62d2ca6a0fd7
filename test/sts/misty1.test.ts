import { expect } from "chai";
import fc from "fast-check";
import { SecurityError } from "../../src/errors.ts";
import { misty1 } from "../../src/sts/misty1.ts";
import { s7, s9 } from "../../src/sts/misty1-tables.ts";
import { block, blockHex, decoderKey, sampleKeys } from "./samples.ts";

const word = fc.integer({ min: 0, max: 0xffff_ffff });

describe("EA11, MISTY1", () => {
  it("enciphers the vectors of RFC 2994, appendix A, and deciphers them again", () => {
    const cipher = misty1.cipher(sampleKeys["11"]);
    const vectors = [
      ["0123456789ABCDEF", "8B1DA5F56AB3D07C"],
      ["FEDCBA9876543210", "04B68240B13BE95D"],
    ] as const;
    for (const [plain, encrypted] of vectors) {
      expect(blockHex(cipher.encrypt(block(plain)))).to.equal(encrypted);
      expect(blockHex(cipher.decrypt(block(encrypted)))).to.equal(plain);
    }
  });

  it("undoes under any key what it did to any block", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }), word, word, (key, high, low) => {
        const cipher = misty1.cipher(decoderKey(key.toString(16).padStart(32, "0")));
        expect(cipher.decrypt(cipher.encrypt({ high, low }))).to.deep.equal({ high, low });
      }),
    );
  });

  it("substitutes without losing a value", () => {
    expect([...s7].sort((a, b) => a - b)).to.deep.equal(Array.from({ length: 128 }, (_, index) => index));
    expect([...s9].sort((a, b) => a - b)).to.deep.equal(Array.from({ length: 512 }, (_, index) => index));
  });

  // Matsui chose S9 quadratic and S7 cubic, so that a wrong entry anywhere raises the degree.
  it("substitutes by polynomials of degree three and two", () => {
    expect(degreeOf(s7)).to.equal(3);
    expect(degreeOf(s9)).to.equal(2);
  });

  it("does not take a key of EA07", () => {
    expect(() => misty1.cipher(sampleKeys["07"]))
      .to.throw(SecurityError)
      .with.property("code", "suite-mismatch");
  });
});

/** The algebraic degree over GF(2): the most variables in a term that the Moebius transform leaves. */
function degreeOf(table: Uint16Array): number {
  const terms = Uint16Array.from(table);
  for (let bit = 1; bit < terms.length; bit <<= 1) {
    for (let index = 0; index < terms.length; index++) {
      if ((index & bit) !== 0) terms[index] = (terms[index] as number) ^ (terms[index ^ bit] as number);
    }
  }
  return Math.max(...Array.from(terms, (term, variables) => (term === 0 ? 0 : variables.toString(2).replaceAll("0", "").length)));
}
