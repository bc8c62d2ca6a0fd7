import { expect } from "chai";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import { decodeParameters, defaultHdlcParameters, encodeParameters, largestHdlcParameters, negotiate } from "../../src/hdlc/parameters.ts";
import { loadVectors, refusal, type Vector } from "../support/vectors.ts";

const parameters = (transmit: number, receive: number, windowTransmit: number, windowReceive: number) => ({
  maxInformationFieldLengthTransmit: transmit,
  maxInformationFieldLengthReceive: receive,
  windowSizeTransmit: windowTransmit,
  windowSizeReceive: windowReceive,
});

function informationOf(name: string): Uint8Array {
  const vector = loadVectors<Vector & { readonly value: { readonly information: string } }>("hdlc.json").find(
    (entry) => entry.name === name,
  );
  return fromHex(vector?.value.information ?? "");
}

describe("HDLC parameters", () => {
  it("are read from SNRM and UA of meters, values in any size (pitfall 30)", () => {
    expect(decodeParameters(informationOf("ua-default-params"))).to.deep.equal(defaultHdlcParameters);
    expect(decodeParameters(informationOf("ua-2byte-params-154"))).to.deep.equal(parameters(154, 154, 1, 1));
    expect(decodeParameters(informationOf("ua-rx62-tx128"))).to.deep.equal(parameters(128, 62, 1, 1));
    expect(decodeParameters(informationOf("snrm-2byte-values-0x7EE"))).to.deep.equal(parameters(2030, 2030, 1, 1));
  });

  it("are defaults where there is no information field, no group member, or an empty value", () => {
    for (const hex of ["", "818000", "8180020500"]) expect(decodeParameters(fromHex(hex))).to.deep.equal(defaultHdlcParameters);
  });

  it("pass over unknown members and further groups", () => {
    expect(decodeParameters(fromHex("818009 0A03112233 05020100 F00100"))).to.deep.equal(parameters(256, 128, 1, 1));
  });

  it("are brought into their range", () => {
    expect(decodeParameters(fromHex("818011 050200 10 0602FFFF 070100 0804FFFFFFFF"))).to.deep.equal(parameters(32, 2030, 1, 7));
  });

  it("are refused when malformed", () => {
    expect(refusal(() => decodeParameters(fromHex("80")))).to.equal("bad-tag");
    expect(refusal(() => decodeParameters(fromHex("8181")))).to.equal("bad-tag");
    expect(refusal(() => decodeParameters(fromHex("8180 05 0501")))).to.equal("truncated");
    expect(refusal(() => decodeParameters(fromHex("8180 03 05 02 00")))).to.equal("truncated");
    expect(refusal(() => decodeParameters(fromHex("8180 07 05 05 0000000001")))).to.equal("bad-length");
  });

  it("survive encoding and decoding", () => {
    for (const value of [defaultHdlcParameters, largestHdlcParameters, parameters(255, 256, 2, 6)]) {
      expect(decodeParameters(encodeParameters(value))).to.deep.equal(value);
    }
    expect(toHex(encodeParameters(parameters(128, 62, 1, 1)))).to.equal(toHex(informationOf("ua-rx62-tx128")));
  });

  it("negotiate to the smaller of what one sends and the other takes", () => {
    expect(negotiate(parameters(500, 300, 4, 2), parameters(200, 400, 7, 1))).to.deep.equal(parameters(400, 200, 1, 2));
  });
});
