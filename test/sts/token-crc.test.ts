import { expect } from "chai";
import { tokenCheckSum } from "../../src/sts/token-crc.ts";
import { block } from "./samples.ts";

describe("the check sum of a token", () => {
  // sts.org.za, definitions: the worked examples of CRC, CRC_C and of a whole credit token.
  it("is that of the published examples", () => {
    expect(tokenCheckSum(0, block("004A2D900FF20000"), "crc")).to.equal(0x0ffa);
    expect(tokenCheckSum(0, block("004A2D900FF20000"), "crc-c")).to.equal(0x7bc4);
    expect(tokenCheckSum(0, block("05C02A5527100000"), "crc")).to.equal(0x1970);
  });

  it("does not depend on the place it is put into itself", () => {
    expect(tokenCheckSum(0, block("004A2D900FF2FFFF"), "crc")).to.equal(0x0ffa);
  });

  it("depends on the class and on every bit of subclass and data", () => {
    const { high, low } = block("004A2D900FF20000");
    const seen = new Set(([0, 1, 2, 3] as const).map((tokenClass) => tokenCheckSum(tokenClass, { high, low }, "crc")));
    for (let bit = 0; bit < 32; bit++) seen.add(tokenCheckSum(0, { high: (high ^ (1 << bit)) >>> 0, low }, "crc"));
    for (let bit = 16; bit < 32; bit++) seen.add(tokenCheckSum(0, { high, low: (low ^ (1 << bit)) >>> 0 }, "crc"));
    expect(seen.size).to.equal(4 + 48);
  });
});
