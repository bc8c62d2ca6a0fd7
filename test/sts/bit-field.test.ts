import { expect } from "chai";
import fc from "fast-check";
import { ConfigError } from "../../src/errors.ts";
import { type BitRange, readBits, unsigned, widthOf, withBits } from "../../src/sts/bit-field.ts";

const range = fc
  .tuple(fc.nat(63), fc.nat(43))
  .map(([lowest, more]): BitRange => [Math.min(63, lowest + more), lowest])
  .filter((bits) => widthOf(bits) <= 44);
const word = fc.integer({ min: 0, max: 0xffff_ffff });

describe("bit fields of a block", () => {
  it("are read from wherever they stand, across the middle too", () => {
    fc.assert(
      fc.property(word, word, range, (high, low, bits) => {
        const number = (((BigInt(high) << 32n) | BigInt(low)) >> BigInt(bits[1])) % 2n ** BigInt(widthOf(bits));
        expect(readBits({ high, low }, [bits])).to.equal(Number(number));
      }),
    );
  });

  it("are written where they are read, and touch nothing else", () => {
    fc.assert(
      fc.property(range, fc.maxSafeNat(), (bits, number) => {
        const value = number % 2 ** widthOf(bits);
        const { high, low } = withBits({ high: 0, low: 0 }, [bits], value);
        expect((BigInt(high) << 32n) | BigInt(low)).to.equal(BigInt(value) << BigInt(bits[1]));
      }),
    );
  });

  it("join several ranges, the most significant first", () => {
    const ranges: readonly BitRange[] = [
      [59, 56],
      [31, 16],
    ];
    expect(withBits({ high: 0, low: 0 }, ranges, 0xa1234)).to.deep.equal({ high: 0x0a00_0000, low: 0x1234_0000 });
    expect(readBits({ high: 0xfaff_ffff, low: 0x1234_ffff }, ranges)).to.equal(0xa1234);
  });

  it("refuse numbers out of their range by name", () => {
    for (const value of [-1, 16, 1.5, Number.NaN, undefined as unknown as number]) {
      expect(() => unsigned(15).write(value, "random"))
        .to.throw(ConfigError)
        .with.property("path", "random");
    }
  });
});
