import { expect } from "chai";
import { fromHex } from "../../src/bytes/hex.ts";
import { LocalProtocolError } from "../../src/errors.ts";
import { decodeWpdu, encodeWpdu } from "../../src/wrapper/index.ts";
import { describeVectors, refusal } from "../support/vectors.ts";

describeVectors({ title: "wrapper PDU", file: "wrapper.json", decode: decodeWpdu, encode: encodeWpdu });

describe("wrapper PDU", () => {
  it("is refused with another version or without an APDU", () => {
    expect(refusal(() => decodeWpdu(fromHex("0002 0010 0001 0001 C0")))).to.equal("bad-tag");
    expect(refusal(() => decodeWpdu(fromHex("0001 0010 0001 0000")))).to.equal("bad-length");
  });

  it("holds 65535 octets and not one more, and never none", () => {
    const wpdu = (length: number) => ({ sourceWPort: 1, destinationWPort: 16, apdu: new Uint8Array(length) });
    expect(decodeWpdu(encodeWpdu(wpdu(65_535))).apdu).to.have.length(65_535);
    expect(() => encodeWpdu(wpdu(65_536))).to.throw(LocalProtocolError);
    expect(() => encodeWpdu(wpdu(0))).to.throw(LocalProtocolError);
  });
});
