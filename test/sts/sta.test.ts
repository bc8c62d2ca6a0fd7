import { expect } from "chai";
import fc from "fast-check";
import { ConfigError, SecurityError } from "../../src/errors.ts";
import { sta } from "../../src/sts/sta.ts";
import { type StaTables, sampleStaTables, staTablesFrom } from "../../src/sts/sta-tables.ts";
import { block, blockHex, decoderKey, sampleKeys } from "./samples.ts";

const permutation = (length: number) =>
  fc.shuffledSubarray(
    Array.from({ length }, (_, index) => index),
    { minLength: length },
  );
const anyTables: fc.Arbitrary<StaTables> = fc.record({ S1: permutation(16), S2: permutation(16), P: permutation(64) });
const word = fc.integer({ min: 0, max: 0xffff_ffff });

/** EA07 as IEC 62055-41 words it, one bit at a time over a number of 64 bits. */
function slowly({ S1, S2, P }: StaTables, key: bigint, data: bigint): bigint {
  const mask = 2n ** 64n - 1n;
  const complement = ~key & mask;
  let selector = ((complement >> 12n) | (complement << 52n)) & mask;
  for (let round = 0; round < 16; round++) {
    let substituted = 0n;
    for (let nibble = 0n; nibble < 16n; nibble++) {
      const table = ((selector >> (4n * nibble + 3n)) & 1n) === 0n ? S1 : S2;
      substituted |= BigInt(table[Number((data >> (4n * nibble)) & 15n)] as number) << (4n * nibble);
    }
    data = 0n;
    for (const [from, to] of P.entries()) data |= ((substituted >> BigInt(from)) & 1n) << BigInt(to);
    selector = ((selector << 1n) | (selector >> 63n)) & mask;
  }
  return data;
}

describe("EA07, the STA", () => {
  it("enciphers the worked example of IEC 62055-41 and deciphers it again", () => {
    const cipher = sta().cipher(sampleKeys["07"]);
    expect(blockHex(cipher.encrypt(block("0B19EB230100C207")))).to.equal("C45ED1619406DF95");
    expect(blockHex(cipher.decrypt(block("C45ED1619406DF95")))).to.equal("0B19EB230100C207");
  });

  it("does with any tables what its definition says bit by bit, and undoes it", () => {
    fc.assert(
      fc.property(anyTables, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), word, word, (tables, key, high, low) => {
        const cipher = sta(tables).cipher(decoderKey(key.toString(16).padStart(16, "0")));
        const encrypted = cipher.encrypt({ high, low });
        const expected = slowly(tables, key, (BigInt(high) << 32n) | BigInt(low));
        expect(blockHex(encrypted)).to.equal(expected.toString(16).padStart(16, "0").toUpperCase());
        expect(cipher.decrypt(encrypted)).to.deep.equal({ high, low });
      }),
    );
  });

  it("does not take a key of EA11", () => {
    expect(() => sta().cipher(sampleKeys["11"]))
      .to.throw(SecurityError)
      .with.property("code", "suite-mismatch");
  });
});

describe("the tables of EA07", () => {
  it("are taken from a parsed file, as a copy", () => {
    const file = JSON.parse(JSON.stringify(sampleStaTables)) as { S1: number[] };
    const tables = staTablesFrom(file);
    file.S1[0] = 99;
    expect(tables).to.deep.equal(sampleStaTables);
  });

  it("are refused with the place of what is wrong, and without what stands there", () => {
    const { S1, S2, P } = sampleStaTables;
    const places: readonly (readonly [unknown, string])[] = [
      [null, ""],
      [[], "S1"],
      ["S1", ""],
      [{ S1, S2 }, "P"],
      [{ S1, S2, P, S3: [] }, ""],
      [{ S1, S2, P, toString: 1 }, ""],
      [{ S1: S1.slice(1), S2, P }, "S1"],
      [{ S1, S2: [...S2, 16], P }, "S2"],
      [{ S1, S2, P: P.with(63, P[0] as number) }, "P[63]"],
      [{ S1: S1.with(3, 16), S2, P }, "S1[3]"],
      [{ S1: S1.with(3, -1), S2, P }, "S1[3]"],
      [{ S1: S1.with(3, 4.5), S2, P }, "S1[3]"],
      [{ S1, S2: S2.map((value, index) => (index === 5 ? String(value) : value)), P }, "S2[5]"],
    ];
    for (const [file, path] of places) {
      expect(() => staTablesFrom(file), JSON.stringify(file))
        .to.throw(ConfigError)
        .with.property("path", path);
    }
    expect(() => staTablesFrom({ S1: S1.with(3, 987_654), S2, P })).to.throw(ConfigError, /^(?!.*987654)/);
    expect(() => sta({ S1, S2, P: P.slice(1) })).to.throw(ConfigError);
  });
});
