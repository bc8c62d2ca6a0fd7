import { expect } from "chai";
import { fromHex, toHex } from "../../../src/bytes/hex.ts";
import {
  formatSystemTitle,
  manufacturerOf,
  parseSystemTitle,
  sameSystemTitle,
  systemTitleOf,
} from "../../../src/dlms/security/system-title.ts";
import { client, refusalOf, server } from "./samples.ts";

describe("System title", () => {
  it("is read as hex or with the letters of the manufacturer", () => {
    for (const text of ["4D4D4D0000BC614E", "4d 4d 4d 00 00 bc 61 4e", "MMM0000BC614E", "MMM 0000bc614e", "MMM-0000BC614E"]) {
      expect(toHex(parseSystemTitle(text)), text).to.equal("4D4D4D0000BC614E");
    }
  });

  it("is refused with too few or too many digits, and with other characters", () => {
    for (const text of ["", "4D4D4D0000BC61", "4D4D4D0000BC614E00", "MMM0000BC61", "MMM0000BC614E00", "MM-0000BC614E", "mmm0000BC614E"]) {
      expect(
        refusalOf(() => parseSystemTitle(text)),
        text,
      ).to.be.oneOf(["bad-length", "bad-tag"]);
    }
  });

  it("is written in a form that is read again", () => {
    for (const hex of ["4D4D4D0000BC614E", "0000000000000000", "4D4D6D0000BC614E", "FFFFFFFFFFFFFFFF", "4142430102030405"]) {
      expect(toHex(parseSystemTitle(formatSystemTitle(fromHex(hex))))).to.equal(hex);
    }
    expect(formatSystemTitle(server)).to.equal("MMM0000BC614E");
    expect(formatSystemTitle(fromHex("004D4D0000BC614E"))).to.equal("004D4D0000BC614E");
  });

  it("names its manufacturer where it begins with three letters", () => {
    expect(manufacturerOf(server)).to.equal("MMM");
    expect(manufacturerOf(fromHex("4D4D310000BC614E"))).to.equal(undefined);
  });

  it("is the same as one with the same octets", () => {
    expect(sameSystemTitle(server, server.slice())).to.equal(true);
    for (const other of [client, server.subarray(1), new Uint8Array()]) expect(sameSystemTitle(server, other)).to.equal(false);
  });

  it("is a copy of eight octets", () => {
    const octets = server.slice();
    const title = systemTitleOf(octets);
    octets.fill(0);
    expect(toHex(title)).to.equal(toHex(server));
    for (const length of [0, 7, 9]) expect(refusalOf(() => systemTitleOf(new Uint8Array(length)))).to.equal("bad-length");
  });
});
