import { expect } from "chai";
import { describeLayout } from "../../src/sts/describe-layout.ts";
import { layoutAt, layoutOf, placeOf, type TokenLayout, type TokenService, tokenLayouts } from "../../src/sts/token-layouts.ts";
import { belongsTo } from "./samples.ts";

const layouts: readonly TokenLayout[] = tokenLayouts;
const codes = ["07", "11"] as const;
const classes = [0, 1, 2] as const;

describe("the layouts of tokens", () => {
  it("give each class and subclass one meaning with each algorithm", () => {
    for (const code of codes) {
      for (const tokenClass of classes) {
        for (let subclass = 0; subclass < 16; subclass++) {
          const here = layouts.filter(
            (layout) =>
              belongsTo(layout, code) &&
              layout.tokenClass === tokenClass &&
              subclass >= layout.subclasses[0] &&
              subclass <= layout.subclasses[1],
          );
          expect(here, `EA${code}, class ${tokenClass}, subclass ${subclass}`).to.deep.equal([layoutAt(code, tokenClass, subclass)]);
        }
      }
    }
  });

  it("have names that are theirs alone", () => {
    expect(new Set(layouts.map(({ service }) => service)).size).to.equal(layouts.length);
    for (const layout of layouts) expect(layoutOf(layout.service as TokenService)).to.equal(layout);
  });

  it("have fields that share no bit, and leave the check sum alone", () => {
    for (const layout of layouts) {
      let used = 0xffffn;
      for (const { name, ranges } of layout.fields) {
        for (const [highest, lowest] of ranges) {
          const bits = (2n ** BigInt(highest - lowest + 1) - 1n) << BigInt(lowest);
          expect(used & bits, `${layout.service}, ${name}`).to.equal(0n);
          used |= bits;
        }
      }
      if (layout.fields[0]?.name !== "subclass") used |= 0xfn << 60n;
      expect(used.toString(16), layout.service).to.equal("f".repeat(16));
    }
  });

  it("tell subclasses apart by a field exactly where they share a layout", () => {
    for (const { service, subclasses, fields } of layouts) {
      expect(
        fields.some(({ name }) => name === "subclass"),
        service,
      ).to.equal(subclasses[0] < subclasses[1]);
    }
  });

  it("have CRC_C for credit in currency and nothing else", () => {
    expect(
      layouts.filter(({ checkSum }) => checkSum === "crc-c").map(({ tokenClass, subclasses }) => [tokenClass, ...subclasses]),
    ).to.deep.equal([4, 5, 6, 7].map((subclass) => [0, subclass, subclass]));
  });

  it("say where a token stands", () => {
    expect(placeOf({ service: "reserved-credit", subclass: 9, data: 0 })).to.deep.equal({ tokenClass: 0, subclass: 9 });
    expect(placeOf({ service: "clear-tamper", random: 0, tokenIdentifier: 0, padding: 0 })).to.deep.equal({ tokenClass: 2, subclass: 5 });
  });

  it("are described by their fields and bits", () => {
    expect(describeLayout(layoutOf("transfer-credit-currency-gas"))).to.equal("amount 59..56 and 31..16, tokenIdentifier 55..32");
    expect(describeLayout(layoutOf("set-decoder-key-1"))).to.equal(
      "keyExpiryHigh 59..56, keyRevisionNumber 55..52, rollover 51, thirdSection 50, keyType 49..48, newKeyHigh 47..16",
    );
  });
});
