import { expect } from "chai";
import fc from "fast-check";
import { ByteReader } from "../../../src/bytes/byte-reader.ts";
import { ByteWriter } from "../../../src/bytes/byte-writer.ts";
import { fromHex, toHex } from "../../../src/bytes/hex.ts";
import { decodeApdu, encodeApdu, writeApdu } from "../../../src/dlms/xdlms/apdu.ts";
import { conformance, conformanceBits, intersect } from "../../../src/dlms/xdlms/conformance.ts";
import { invokeIdAndPriority, longInvokeIdAndPriority } from "../../../src/dlms/xdlms/descriptors.ts";
import { apduTags, tagMeaning } from "../../../src/dlms/xdlms/tags.ts";
import { apdus } from "../../support/arbitraries.ts";
import { describeVectors, plain } from "../../support/vectors.ts";

/*
 * xdlms.json holds the plain APDUs of the Green Book's examples and of captures, and for every layout nobody gave an example
 * of one of our own. What ACCESS, short names, notifications, gateways and general block transfer have more stands beside it.
 */
describeVectors({ title: "APDU", file: "xdlms.json", decode: decodeApdu, encode: encodeApdu });

describe("APDU", () => {
  for (const [type, values] of Object.entries(apdus)) {
    it(`carries any ${type}`, () => {
      fc.assert(
        fc.property(values, (apdu) => {
          expect(plain(decodeApdu(encodeApdu(apdu)))).to.deep.equal(plain(apdu));
        }),
        { numRuns: 50 },
      );
    });
  }

  it("is appended behind what a writer holds", () => {
    const writer = new ByteWriter();
    writer.u8(0xe6);
    writeApdu(writer, { type: "exception-response", stateError: "service-unknown", serviceError: "service-not-supported" });
    expect(toHex(writer.finish())).to.equal("E6D80202");
  });

  it("is encoded into octets that the next encoding leaves alone", () => {
    const first = encodeApdu({ type: "exception-response", stateError: "service-unknown", serviceError: "service-not-supported" });
    encodeApdu({ type: "exception-response", stateError: "service-not-allowed", serviceError: "other-reason" });
    expect(toHex(first)).to.equal("D80202");
  });
});

describe("Conformance", () => {
  it("counts its bits from the most significant of the first octet", () => {
    const one = (octets: string) => [...conformance.read(new ByteReader(fromHex(`5F1F0400${octets}`)))];
    expect(one("800000")).to.deep.equal(["reserved-zero"]);
    expect(one("400000")).to.deep.equal(["general-protection"]);
    expect(one("008000")).to.deep.equal(["attribute0-supported-with-set"]);
    expect(one("000010")).to.deep.equal(["get"]);
    expect(one("000001")).to.deep.equal(["action"]);
    expect(toHex(conformanceBits(new Set(["get", "action"])).bytes)).to.equal("000011");
  });

  it("is negotiated down to what both sides have", () => {
    expect([...intersect(new Set(["get", "set", "access"]), new Set(["get", "access", "action"]))]).to.deep.equal(["get", "access"]);
  });
});

describe("Invoke-Id-And-Priority", () => {
  it("keeps every bit of its octet", () => {
    for (let octet = 0; octet < 256; octet++) {
      const writer = new ByteWriter();
      invokeIdAndPriority.write(writer, invokeIdAndPriority.read(new ByteReader(Uint8Array.of(octet))));
      expect(toHex(writer.finish())).to.equal(toHex(Uint8Array.of(octet)));
    }
  });

  it("keeps every bit of its long form", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 4, maxLength: 4 }), (octets) => {
        const writer = new ByteWriter();
        longInvokeIdAndPriority.write(writer, longInvokeIdAndPriority.read(new ByteReader(octets)));
        expect(toHex(writer.finish())).to.equal(toHex(octets));
      }),
    );
  });
});

describe("APDU tags", () => {
  it("mean one APDU each, under one protection", () => {
    const tags = Object.values(apduTags).flatMap((forms) => Object.values(forms));
    expect(new Set(tags).size).to.equal(tags.length);
    expect(tagMeaning(0xc0)).to.deep.equal({ kind: "get-request", protection: "plain" });
    expect(tagMeaning(0xc8)).to.deep.equal({ kind: "get-request", protection: "global" });
    expect(tagMeaning(0xd7)).to.deep.equal({ kind: "action-response", protection: "dedicated" });
    expect(tagMeaning(0xc6)).to.equal(undefined);
  });
});
