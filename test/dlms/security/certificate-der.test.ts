import { expect } from "chai";
import fc from "fast-check";
import { ByteReader } from "../../../src/bytes/byte-reader.ts";
import { fromHex, toHex } from "../../../src/bytes/hex.ts";
import {
  der,
  derTags,
  derTime,
  derUnsigned,
  readDer,
  readOctetsOfBitString,
  readTime,
} from "../../../src/dlms/security/certificate-der.ts";
import { refusalOf } from "./samples.ts";

const reader = (hex: string) => new ByteReader(fromHex(hex));
const asciiHex = (text: string) => toHex(Uint8Array.from(text, (character) => character.charCodeAt(0)));

describe("DER of certificates", () => {
  it("comes back as it was written, with lengths of one to four octets", () => {
    for (const length of [0, 1, 0x7f, 0x80, 0xff, 0x100, 0xffff, 0x1_0000]) {
      const content = new Uint8Array(length).fill(7);
      const element = readDer(new ByteReader(der(derTags.octetString, content)), "sample");
      expect([element.tag, element.content.remaining]).to.deep.equal([derTags.octetString, length]);
    }
    expect(toHex(der(derTags.octetString, new Uint8Array(0x80)).subarray(0, 3))).to.equal("048180");
    expect(toHex(der(derTags.octetString, new Uint8Array(0x100)).subarray(0, 4))).to.equal("04820100");
  });

  const refused = [
    ["indefinite lengths", "3080", "bad-length"],
    ["lengths that are longer than they need to be", "04810100", "bad-length"],
    ["lengths with a leading zero", "0482008000", "bad-length"],
    ["lengths of four octets", "048401000000", "bad-length"],
    ["values that end too early", "040201", "truncated"],
    ["nothing at all", "", "truncated"],
  ] as const;
  for (const [what, hex, code] of refused)
    it(`refuses ${what}`, () => {
      expect(refusalOf(() => readDer(reader(hex), "sample"))).to.equal(code);
    });

  it("names the tag that was expected", () => {
    expect(refusalOf(() => readDer(reader("0500"), "sample", derTags.sequence))).to.equal("bad-tag");
  });

  it("writes numbers without needless zeros, and never as negative ones", () => {
    expect(toHex(derUnsigned(fromHex("000001")))).to.equal("020101");
    expect(toHex(derUnsigned(fromHex("80")))).to.equal("02020080");
    expect(toHex(derUnsigned(fromHex("0000")))).to.equal("020100");
  });

  it("takes bit strings of whole octets", () => {
    expect(toHex(readOctetsOfBitString(reader("0303000102"), "sample"))).to.equal("0102");
    expect(refusalOf(() => readOctetsOfBitString(reader("03020780"), "sample"))).to.equal("bad-length");
  });

  it("writes times until 2049 with two digits of the year, later ones with four (RFC 5280 4.1.2.5)", () => {
    expect(toHex(derTime(Date.UTC(2049, 11, 31, 23, 59, 59)))).to.equal(`170D${asciiHex("491231235959Z")}`);
    expect(toHex(derTime(Date.UTC(2050, 0, 1)))).to.equal(`180F${asciiHex("20500101000000Z")}`);
    expect(toHex(derTime(Date.UTC(9999, 11, 31, 23, 59, 59)))).to.equal(`180F${asciiHex("99991231235959Z")}`);
  });

  it("reads every time that it writes", () => {
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(1950, 0, 1) / 1000, max: Date.UTC(9999, 11, 31) / 1000 }), (seconds) => {
        expect(readTime(new ByteReader(derTime(seconds * 1000)), "sample")).to.equal(seconds * 1000);
      }),
    );
  });

  const noTimes = [
    ["a month that there is not", `170D${asciiHex("241301000000Z")}`, "out-of-range"],
    ["a day that the month does not have", `170D${asciiHex("230229000000Z")}`, "out-of-range"],
    ["a time of another zone", `1711${asciiHex("240101000000+0100")}`, "out-of-range"],
    ["a year before all", `180F${asciiHex("00010101000000Z")}`, "out-of-range"],
    ["something else", "0101FF", "bad-tag"],
  ] as const;
  for (const [what, hex, code] of noTimes)
    it(`refuses ${what} as a time`, () => {
      expect(refusalOf(() => readTime(reader(hex), "sample"))).to.equal(code);
    });
});
