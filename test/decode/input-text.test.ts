import { expect } from "chai";
import { toHex } from "../../src/bytes/hex.ts";
import { readHexText, readInput } from "../../src/decode/input-text.ts";
import { refusal } from "../support/vectors.ts";

const hexOf = (text: string): string => toHex(readHexText(text).bytes);

describe("readHexText", () => {
  it("takes hex however it is written", () => {
    for (const text of ["7EA00703", "7e a0 07 03", "7E:A0:07:03", "0x7E,0xA0,0x07,0x03", "7EA0\r\n0703\n", "7E-A0-07-03", "7EA\n00703"]) {
      expect(hexOf(text), text).to.equal("7EA00703");
    }
  });

  it("takes the lines of a trace, and says what it ignored", () => {
    const { bytes, ignored } = readHexText(
      ["Connecting to meter", "12:30:45 TX: 7E A0 07 03", "12:30:45.120 RX: 7EA008", "[2024-05-01 12:30:46] 0102 (two octets)"].join("\n"),
    );
    expect(toHex(bytes)).to.equal("7EA007037EA0080102");
    expect(ignored).to.deep.equal(["Connecting to meter", "12:30:45 TX:", "12:30:45.120 RX:", "[2024-05-01 12:30:46]", "(two octets)"]);
  });

  it("takes our own trace", () => {
    expect(hexOf("    0.013 -> 7E A0 07\n    1.002 <- discarded (noise): FF FE\n")).to.equal("7EA007FFFE");
  });

  it("takes no time for octets, and no octets for a time", () => {
    expect(hexOf("12:34:56 7E A0")).to.equal("7EA0");
    expect(hexOf("12:34:56:7E:A0")).to.equal("1234567EA0");
  });

  it("refuses text without octets", () => {
    expect(refusal(() => readHexText("zz"))).to.equal("bad-tag");
    expect(refusal(() => readHexText("7EA"))).to.equal("bad-length");
    expect(refusal(() => readHexText("TX: nothing"))).to.equal("bad-tag");
    expect(readHexText("").bytes).to.have.lengthOf(0);
  });
});

describe("readInput", () => {
  it("tells octets from text of hex digits and from telegrams", () => {
    expect(toHex(readInput(Buffer.from("7EA0", "hex")).bytes)).to.equal("7EA0");
    expect(toHex(readInput(Buffer.from("7E A0\n")).bytes)).to.equal("7EA0");
    expect(toHex(readInput(Buffer.from("/?!\r\n")).bytes)).to.equal("2F3F210D0A");
  });
});
