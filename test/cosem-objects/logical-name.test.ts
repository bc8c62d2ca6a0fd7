import { expect } from "chai";
import fc from "fast-check";
import { ByteReader } from "../../src/bytes/byte-reader.ts";
import { ByteWriter } from "../../src/bytes/byte-writer.ts";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import {
  formatObis,
  logicalName,
  logicalNameFromBytes,
  logicalNameToBytes,
  parseLogicalName,
  tryParseLogicalName,
} from "../../src/cosem-objects/logical-name.ts";
import { ConfigError } from "../../src/errors.ts";
import { logicalName as anyName } from "../support/arbitraries.ts";
import { refusal } from "../support/vectors.ts";

describe("Logical name", () => {
  it("is parsed from the forms people write", () => {
    for (const text of ["1.0.1.8.0.255", "1-0:1.8.0*255", "1-0:1.8.0", "1-0:1.8.0&255", "01.00.001.8.0.255"]) {
      expect(tryParseLogicalName(text), text).to.equal("1.0.1.8.0.255");
    }
    expect(tryParseLogicalName("1-0:1.8.0*101")).to.equal("1.0.1.8.0.101");
  });

  it("is nothing else", () => {
    const texts = [
      "",
      "1.0.1.8.0",
      "1.8.0",
      "1-0:1.8",
      "1.0.1.8.0.256",
      "1-0:1.8.0*256",
      "1-300:1.8.0",
      "1.0.1.8.0.255.0",
      "1.0.1.8.0.",
      " 1.0.1.8.0.255",
      "1.0.1.8.0.-1",
      "1.0.1.8.0.1e2",
      "a.b.c.d.e.f",
      "+A",
    ];
    for (const text of texts) expect(tryParseLogicalName(text), text).to.equal(undefined);
    expect(() => parseLogicalName("1.8.0")).to.throw(ConfigError, '"1.8.0" is not a logical name');
    expect(parseLogicalName("1-0:1.8.0")).to.equal("1.0.1.8.0.255");
  });

  it("keeps its six groups in every form", () => {
    fc.assert(
      fc.property(anyName, (name) => {
        expect(logicalNameFromBytes(logicalNameToBytes(name))).to.equal(name);
        expect(tryParseLogicalName(name)).to.equal(name);
        expect(tryParseLogicalName(formatObis(name))).to.equal(name);
        const writer = new ByteWriter();
        logicalName.write(writer, name);
        expect(logicalName.read(new ByteReader(writer.finish()))).to.equal(name);
      }),
    );
  });

  it("never throws on text of any kind", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 30 }), (text) => {
        const name = tryParseLogicalName(text);
        if (name !== undefined) expect(tryParseLogicalName(name)).to.equal(name);
      }),
    );
  });

  it("is an octet-string of six octets on the wire", () => {
    const writer = new ByteWriter();
    logicalName.write(writer, "1.0.1.8.0.255");
    expect(toHex(writer.finish())).to.equal("09060100010800FF");
    expect(formatObis("1.0.1.8.0.255")).to.equal("1-0:1.8.0*255");
    expect(refusal(() => logicalName.read(new ByteReader(fromHex("09050100010800"))))).to.equal("bad-length");
    expect(refusal(() => logicalName.read(new ByteReader(fromHex("0A060100010800FF"))))).to.equal("bad-tag");
  });
});
