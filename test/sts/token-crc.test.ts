import { expect } from "chai";
import fc from "fast-check";
import { blockOf } from "../../src/sts/block.ts";
import { tokenCheckSum } from "../../src/sts/token-crc.ts";
import { block, modbusCrc } from "./samples.ts";

function swapped(crc: number): number {
  return ((crc & 0xff) << 8) | (crc >> 8);
}

describe("the check sum of a token", () => {
  // sts.org.za, definitions: the worked examples of CRC, CRC_C and of a whole credit token.
  it("is that of the published examples", () => {
    expect(tokenCheckSum(0, block("004A2D900FF20000"), "crc")).to.equal(0x0ffa);
    expect(tokenCheckSum(0, block("004A2D900FF20000"), "crc-c")).to.equal(0x7bc4);
    expect(tokenCheckSum(0, block("05C02A5527100000"), "crc")).to.equal(0x1970);
  });

  it("is CRC-16/MODBUS with its octets changed over, over class and data, and for CRC_C an octet 01 behind them", () => {
    // The check value that every catalogue of check sums gives.
    expect(modbusCrc(Buffer.from("123456789"))).to.equal(0x4b37);
    fc.assert(
      fc.property(fc.constantFrom(0, 1, 2, 3), fc.uint8Array({ minLength: 8, maxLength: 8 }), (tokenClass, octets) => {
        const covered = Uint8Array.of(tokenClass, ...octets.subarray(0, 6));
        expect(tokenCheckSum(tokenClass, blockOf(octets), "crc")).to.equal(swapped(modbusCrc(covered)));
        expect(tokenCheckSum(tokenClass, blockOf(octets), "crc-c")).to.equal(swapped(modbusCrc(Uint8Array.of(...covered, 1))));
      }),
    );
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
