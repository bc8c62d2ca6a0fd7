import { expect } from "chai";
import fc from "fast-check";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import { ConfigError } from "../../src/errors.ts";
import { DecoderKey } from "../../src/sts/decoder-key.ts";
import type { EncryptionCode } from "../../src/sts/encryption-algorithm.ts";
import { type HeldSections, joinSections, type KeyChange, keyChangeSections, withSection } from "../../src/sts/key-change.ts";
import type { KeyType } from "../../src/sts/key-type.ts";
import { secretHex } from "./samples.ts";

const change: KeyChange = {
  decoderKey: DecoderKey.from(fromHex("00112233445566778899AABBCCDDEEFF")),
  keyExpiryNumber: 0xa5,
  keyRevisionNumber: 7,
  keyType: 2,
  tariffIndex: 99,
  rollover: true,
  supplyGroupCode: 999_999,
};
const shortKey = DecoderKey.from(fromHex("0123456789ABCDEF"));

/** What a meter holds after sections came in this order. */
function held(sections: ReturnType<typeof keyChangeSections>): HeldSections {
  return sections.reduce<HeldSections>(withSection, {});
}

function withoutKey({ decoderKey, ...rest }: KeyChange): object {
  return { ...rest, decoderKey: secretHex(decoderKey) };
}

describe("a key change", () => {
  it("has four sections for EA11, the second quarter of the key in the third and the third in the fourth", () => {
    const sections = keyChangeSections(change);
    expect(sections.map(({ service }) => service)).to.deep.equal([
      "set-decoder-key-1",
      "set-decoder-key-2",
      "set-decoder-key-3",
      "set-decoder-key-4",
    ]);
    // The bit that announces a third section belongs to EA07 alone.
    expect(sections[0]).to.have.property("thirdSection", false);
    const parts = sections.flatMap((section) => Object.values(section).filter((value) => typeof value === "object"));
    expect(parts.map((part) => toHex(part.exposeSecret()))).to.deep.equal(["00112233", "CCDDEEFF", "44556677", "8899AABB"]);
  });

  it("has two sections for EA07, or three with a supply group code, of which the first tells", () => {
    const { supplyGroupCode, ...two } = { ...change, decoderKey: shortKey };
    expect(keyChangeSections(two).map(({ service }) => service)).to.deep.equal(["set-decoder-key-1", "set-decoder-key-2"]);
    expect(keyChangeSections(two)[0]).to.have.property("thirdSection", false);
    const three = keyChangeSections({ ...two, supplyGroupCode: supplyGroupCode as number });
    expect(three[0]).to.have.property("thirdSection", true);
    expect(three[2]).to.deep.equal({ service: "set-supply-group-code", supplyGroupCode: 999_999, padding: 0 });
  });

  it("is joined from its sections in any order, and only from all of them", () => {
    const octets = fc.oneof(fc.uint8Array({ minLength: 8, maxLength: 8 }), fc.uint8Array({ minLength: 16, maxLength: 16 }));
    const anyChange = fc
      .record({
        decoderKey: octets.map((key) => DecoderKey.from(key)),
        keyExpiryNumber: fc.nat(255),
        keyRevisionNumber: fc.integer({ min: 1, max: 9 }),
        keyType: fc.nat(3) as fc.Arbitrary<KeyType>,
        tariffIndex: fc.nat(99),
        rollover: fc.boolean(),
        supplyGroupCode: fc.nat(999_999),
      })
      .chain((whole) => {
        const { supplyGroupCode: _, ...short } = whole;
        return whole.decoderKey.length === 16 ? fc.constant(whole) : fc.constantFrom<KeyChange>(whole, short);
      });
    fc.assert(
      fc.property(anyChange, fc.array(fc.nat(1_000), { minLength: 4, maxLength: 4 }), (made, order) => {
        const code: EncryptionCode = made.decoderKey.length === 16 ? "11" : "07";
        const sections = keyChangeSections(made);
        const shuffled = sections.map((section, index) => ({ section, at: order[index] as number })).sort((a, b) => a.at - b.at);
        let holds: HeldSections = {};
        for (const [index, { section }] of shuffled.entries()) {
          // Two sections may come before the first, which alone says whether there is a third.
          if (index > 0) expect(joinSections(holds, code).state).to.equal("incomplete");
          holds = withSection(holds, section);
        }
        const joined = joinSections(holds, code);
        if (joined.state !== "complete") expect.fail(joined.state);
        expect(withoutKey(joined.change)).to.deep.equal(withoutKey(made));
      }),
    );
  });

  it("takes the section that came last", () => {
    const [first, ...others] = keyChangeSections(change);
    const again = keyChangeSections({ ...change, keyRevisionNumber: 3 })[0];
    if (first === undefined || again === undefined) expect.fail("no first section");
    const joined = joinSections(held([first, ...others, again]), "11");
    expect(joined).to.have.nested.property("change.keyRevisionNumber", 3);
  });

  it("leaves the sections that are held as they are", () => {
    const [first, second] = keyChangeSections(change);
    if (first === undefined || second === undefined) expect.fail("no sections");
    const before = withSection({}, first);
    withSection(before, second);
    expect(Object.keys(before)).to.deep.equal(["set-decoder-key-1"]);
  });

  it("is refused by a meter where a number cannot be, and with it the whole set", () => {
    const [first, second, third, fourth] = keyChangeSections(change);
    if (first?.service !== "set-decoder-key-1" || second?.service !== "set-decoder-key-2") expect.fail("no first section");
    if (third?.service !== "set-decoder-key-3" || fourth?.service !== "set-decoder-key-4") expect.fail("no third section");
    const wrong = [
      ["keyRevisionNumber", [{ ...first, keyRevisionNumber: 0 }, second, third, fourth]],
      ["keyRevisionNumber", [{ ...first, keyRevisionNumber: 10 }, second, third, fourth]],
      ["tariffIndex", [first, { ...second, tariffIndex: 100 }, third, fourth]],
      ["supplyGroupCode", [first, second, third, { ...fourth, supplyGroupHigh: 0xfff }]],
    ] as const;
    for (const [field, sections] of wrong) {
      expect(joinSections(held(sections), "11")).to.deep.equal({ state: "out-of-range", field });
    }
  });

  it("is not made of numbers that cannot be", () => {
    const wrong: readonly (readonly [Partial<KeyChange>, string])[] = [
      [{ keyRevisionNumber: 0 }, "keyRevisionNumber"],
      [{ tariffIndex: 100 }, "tariffIndex"],
      [{ supplyGroupCode: 1_000_000 }, "supplyGroupCode"],
      [{ keyExpiryNumber: 256 }, "keyExpiryNumber"],
      [{ keyType: 4 as KeyType }, "keyType"],
    ];
    for (const [part, path] of wrong) {
      expect(() => keyChangeSections({ ...change, ...part }), path)
        .to.throw(ConfigError)
        .with.property("path", path);
    }
    const { supplyGroupCode: _, ...without } = change;
    expect(() => keyChangeSections(without))
      .to.throw(ConfigError)
      .with.property("path", "supplyGroupCode");
  });
});
