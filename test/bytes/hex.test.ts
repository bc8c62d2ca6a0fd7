import { expect } from "chai";
import fc from "fast-check";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import { refusal } from "../support/vectors.ts";

describe("hex", () => {
  it("is two upper-case digits an octet", () => {
    expect(toHex(Uint8Array.of(0, 10, 255))).to.equal("000AFF");
    expect(toHex(Uint8Array.of(0, 10, 255), " ")).to.equal("00 0A FF");
    expect(toHex(new Uint8Array())).to.equal("");
  });

  it("comes back as the octets it was made of, whatever separates them", () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.constantFrom("", " ", ":", "-", ", ", "\n"), (bytes, separator) => {
        expect(toHex(fromHex(toHex(bytes, separator)))).to.equal(toHex(bytes));
        expect(toHex(fromHex(toHex(bytes, separator).toLowerCase()))).to.equal(toHex(bytes));
      }),
    );
  });

  it("is taken as other tools write it", () => {
    expect(toHex(fromHex("0x01, 0x02, 0Xff"))).to.equal("0102FF");
    expect(toHex(fromHex(" 01:02-FF\n"))).to.equal("0102FF");
  });

  it("is refused with half an octet or with anything else in it", () => {
    expect(refusal(() => fromHex("012"))).to.equal("bad-length");
    expect(refusal(() => fromHex("0G"))).to.equal("bad-tag");
    expect(refusal(() => fromHex("01.02"))).to.equal("bad-tag");
  });
});
