import { expect } from "chai";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import { LocalProtocolError } from "../../src/errors.ts";
import { decodeControl, encodeControl } from "../../src/hdlc/control-field.ts";
import { decodeFrame, encodeFrame } from "../../src/hdlc/frame.ts";
import { describeVectors, refusal } from "../support/vectors.ts";
import { frame } from "./frames.ts";

describeVectors({ title: "HDLC frame", file: "hdlc.json", decode: decodeFrame, encode: encodeFrame });

describe("control field", () => {
  it("means something for every octet and is written back unchanged", () => {
    for (let octet = 0; octet < 256; octet++) expect(encodeControl(decodeControl(octet))).to.equal(octet);
  });

  it("keeps what the profile does not define", () => {
    expect(decodeControl(0xff)).to.deep.equal({ kind: "unknown", octet: 0xff, pollFinal: true });
    expect(decodeControl(0x09).kind, "REJ").to.equal("unknown");
  });
});

describe("decodeFrame", () => {
  it("refuses another format type, a length that cannot be and a missing flag", () => {
    expect(refusal(() => decodeFrame(fromHex("7E 90 07 03 21 53 03 C7 7E")))).to.equal("bad-tag");
    expect(refusal(() => decodeFrame(fromHex("7E A0 06 03 21 53 03 7E")))).to.equal("bad-length");
    expect(refusal(() => decodeFrame(fromHex("7E A0 07 03 21 53 03 C7 7F")))).to.equal("bad-tag");
    expect(refusal(() => decodeFrame(fromHex("55 A0 07 03 21 53 03 C7 7E")))).to.equal("bad-tag");
  });

  it("refuses addresses of three octets, or without an end", () => {
    expect(refusal(() => decodeFrame(fromHex("7E A0 09 02 02 03 21 53 00 00 7E")))).to.equal("bad-length");
    expect(refusal(() => decodeFrame(fromHex("7E A0 09 03 02 02 21 53 00 00 7E")))).to.equal("bad-length");
    expect(refusal(() => decodeFrame(fromHex("7E A0 07 02 02 02 02 02 7E")))).to.equal("bad-length");
    expect(refusal(() => decodeFrame(fromHex("7E A0 08 02 03 02 02 02 02 7E")))).to.equal("bad-length");
  });

  it("refuses a header check without an information field behind it", () => {
    expect(refusal(() => decodeFrame(fromHex("7E A0 09 03 21 53 00 00 00 00 7E")))).to.equal("bad-length");
    expect(refusal(() => decodeFrame(fromHex("7E A0 08 03 21 53 00 00 00 7E")))).to.equal("bad-length");
  });

  it("lets the information field hold flags", () => {
    const bytes = frame(0x10, { information: "7E7E7E" });
    expect(toHex(decodeFrame(bytes).information)).to.equal("7E7E7E");
  });
});

describe("encodeFrame", () => {
  it("refuses an information field that the length field cannot count", () => {
    const decoded = decodeFrame(frame(0x10, { information: "00" }));
    expect(encodeFrame({ ...decoded, information: new Uint8Array(2037) })).to.have.length(2049);
    expect(() => encodeFrame({ ...decoded, information: new Uint8Array(2038) })).to.throw(LocalProtocolError);
  });
});
