import { expect } from "chai";
import fc from "fast-check";
import { bitAt, bitString, bitsToNames } from "../../src/bytes/bit-string.ts";
import { fromHex, toHex } from "../../src/bytes/hex.ts";

describe("BitString", () => {
  it("counts its bits from the most significant of the first octet", () => {
    expect(toHex(bitString(4, [0]).bytes)).to.equal("80");
    expect(toHex(bitString(10, [7, 9]).bytes)).to.equal("0140");
    expect(bitString(0)).to.deep.equal({ length: 0, bytes: new Uint8Array() });
  });

  it("holds exactly the bits that were set", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 70 }), (flags) => {
        const bits = bitString(
          flags.length,
          flags.flatMap((set, index) => (set ? [index] : [])),
        );
        expect(bits.bytes.length).to.equal(Math.ceil(flags.length / 8));
        expect(flags.map((_, index) => bitAt(bits, index))).to.deep.equal(flags);
      }),
    );
  });

  it("has no bits beyond its length, whatever its last octet says", () => {
    expect(bitAt({ length: 4, bytes: fromHex("FF") }, 4)).to.equal(false);
    expect(toHex(bitString(4, [1, 4, 100]).bytes)).to.equal("40");
  });

  it("names the bits that have a name", () => {
    const names = ["zero", undefined, "two"] as const;
    expect([...bitsToNames({ length: 8, bytes: fromHex("E0") }, names)]).to.deep.equal(["zero", "two"]);
    expect([...bitsToNames({ length: 2, bytes: fromHex("E0") }, names)]).to.deep.equal(["zero"]);
  });
});
