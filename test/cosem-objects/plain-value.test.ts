import { expect } from "chai";
import fc from "fast-check";
import { fromHex } from "../../src/bytes/hex.ts";
import { plainOctets, plainValue } from "../../src/cosem-objects/plain-value.ts";
import { decodeData } from "../../src/dlms/axdr/data.ts";
import { dlmsData } from "../support/arbitraries.ts";

const of = (hex: string, scaler?: number) => plainValue(decodeData(fromHex(hex)), scaler);

describe("plainValue", () => {
  it("scales numbers that stand alone, and no others", () => {
    expect(of("120925", -1)).to.equal(234.1);
    expect(of("0202 120925 120925", -1)).to.deep.equal([2341, 2341]);
    expect(of("15FFFFFFFFFFFFFFFF")).to.equal(2n ** 64n - 1n);
  });

  it("shows texts as text, flags as digits and nothing as null", () => {
    expect([of("0A036B5768"), of("0C03E282AC"), of("0404A0"), of("00"), of("FF"), of("0301")]).to.deep.equal([
      "kWh",
      "€",
      "1010",
      null,
      null,
      true,
    ]);
  });

  it("shows dates and times as they can be read", () => {
    expect(of("1907EA0B16070C000000FFC400")).to.equal("2026-11-22T12:00:00+01:00");
    expect(of("090C07EA0B16070C000000FFC400")).to.equal("2026-11-22T12:00:00+01:00");
    expect([of("1A07EA0B1607"), of("1B0C000000")]).to.deep.equal(["07EA0B1607", "0C000000"]);
  });

  it("lists the rows of a compact-array", () => {
    expect(of("1302021112 06 01000202 0003")).to.deep.equal([
      [1, 2],
      [2, 3],
    ]);
  });

  it("shows anything at all", () => {
    fc.assert(
      fc.property(dlmsData, (data) => {
        expect(plainValue(data)).not.to.equal(undefined);
      }),
    );
  });
});

describe("plainOctets", () => {
  it("takes printable octets for text", () => {
    expect(plainOctets(fromHex("4B464D"))).to.equal("KFM");
    expect(plainOctets(new Uint8Array())).to.equal("");
    expect(plainOctets(fromHex("4B7F"))).to.equal("4b7f");
  });

  it("takes twelve octets for a date-time only where they can be one", () => {
    expect(plainOctets(fromHex("07EA0B16FF0C000000800000"))).to.equal("2026-11-22T12:00:00");
    expect(plainOctets(fromHex("07EA0D16FF0C000000800000"))).to.equal("07ea0d16ff0c000000800000");
    expect(plainOctets(fromHex("07EA0B16FF0C000000040000"))).to.equal("07ea0b16ff0c000000040000");
  });

  it("shows a text of any length", () => {
    expect(plainOctets(new Uint8Array(500_000).fill(0x41))).to.have.length(500_000);
  });
});
