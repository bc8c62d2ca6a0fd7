import { expect } from "chai";
import { ByteReader } from "../../src/bytes/byte-reader.ts";
import { ByteWriter } from "../../src/bytes/byte-writer.ts";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import { LocalProtocolError } from "../../src/errors.ts";
import { type HdlcAddress, hdlcAddress, isBroadcast, isNoStation, readAddress, sameStation, writeAddress } from "../../src/hdlc/address.ts";
import { describeVectors, refusal } from "../support/vectors.ts";

function decode(bytes: Uint8Array): HdlcAddress {
  const reader = new ByteReader(bytes);
  const address = readAddress(reader);
  reader.expectEnd("address");
  return address;
}

function encode(address: HdlcAddress): Uint8Array {
  const writer = new ByteWriter();
  writeAddress(writer, address);
  return writer.finish();
}

describeVectors({ title: "HDLC address", file: "hdlc-address.json", decode, encode });

describe("HDLC address", () => {
  it("takes the shortest form that holds its parts", () => {
    expect(toHex(encode(hdlcAddress({ logical: 16 })))).to.equal("21");
    expect(toHex(encode(hdlcAddress({ logical: 1, physical: 17 })))).to.equal("0223");
    expect(toHex(encode(hdlcAddress({ logical: 1, physical: 5481 })))).to.equal("000254D3");
    expect(toHex(encode(hdlcAddress({ logical: 1, physical: 17, length: 4 })))).to.equal("00020023");
  });

  it("refuses parts that have no form", () => {
    for (const options of [
      { logical: 128 },
      { logical: 1, physical: 0x4000 },
      { logical: -1 },
      { logical: 1.5 },
      { logical: 1, physical: 200, length: 2 as const },
      { logical: 1, length: 2 as const },
      { logical: 1, physical: 1, length: 1 as const },
    ]) {
      expect(() => hdlcAddress(options), JSON.stringify(options)).to.throw(LocalProtocolError);
    }
  });

  it("refuses three octets and more than four", () => {
    expect(refusal(() => decode(fromHex("020003")))).to.equal("bad-length");
    expect(refusal(() => decode(fromHex("0202020203")))).to.equal("bad-length");
  });

  it("knows the reserved values of each length", () => {
    expect(isNoStation(decode(fromHex("01")))).to.equal(true);
    expect(isNoStation(decode(fromHex("0201")))).to.equal(true);
    expect(isBroadcast(decode(fromHex("FF")))).to.equal(true);
    expect(isBroadcast(decode(fromHex("02FF")))).to.equal(true);
    expect(isBroadcast(decode(fromHex("0002FEFF")))).to.equal(true);
    expect(isBroadcast(decode(fromHex("000200FF"))), "127 is a usable number in the long form").to.equal(false);
  });

  it("compares by number, not by form", () => {
    expect(sameStation(decode(fromHex("0223")), decode(fromHex("00020023")))).to.equal(true);
    expect(sameStation(decode(fromHex("03")), decode(fromHex("00020023")))).to.equal(true);
    expect(sameStation(decode(fromHex("0225")), decode(fromHex("00020023")))).to.equal(false);
  });
});
