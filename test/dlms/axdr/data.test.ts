import { expect } from "chai";
import fc from "fast-check";
import { ByteReader } from "../../../src/bytes/byte-reader.ts";
import { fromHex, toHex } from "../../../src/bytes/hex.ts";
import { anyData, decodeData, encodeData, skipData } from "../../../src/dlms/axdr/data.ts";
import { dataTag, dataTypeOf } from "../../../src/dlms/axdr/data-type.ts";
import { maxDataDepth } from "../../../src/dlms/axdr/dlms-data.ts";
import { dlmsData } from "../../support/arbitraries.ts";
import { describeVectors, loadVectors, plain, refusal } from "../../support/vectors.ts";

describeVectors({ title: "Data", file: "axdr.json", decode: decodeData, encode: encodeData });

describe("Data", () => {
  it("survives encoding and decoding, whatever it is", () => {
    fc.assert(
      fc.property(dlmsData, (data) => {
        expect(plain(decodeData(encodeData(data)))).to.deep.equal(plain(data));
      }),
      { numRuns: 300 },
    );
  });

  it("is skipped exactly as far as it is read", () => {
    fc.assert(
      fc.property(dlmsData, fc.uint8Array({ maxLength: 3 }), (data, behind) => {
        const encoded = encodeData(data);
        const reader = new ByteReader(Uint8Array.of(...encoded, ...behind));
        skipData(reader);
        expect(reader.offset).to.equal(encoded.length);
      }),
      { numRuns: 200 },
    );
  });

  it("is skipped or refused alike where its octets are malformed", () => {
    for (const { name, hex } of loadVectors("axdr.json").filter(({ error }) => error !== undefined)) {
      // Text is looked at only when it is read.
      if (name.startsWith("utf8-string")) continue;
      const bytes = fromHex(hex);
      expect(
        refusal(() => skipData(new ByteReader(bytes))),
        name,
      ).to.equal(refusal(() => decodeData(bytes)));
    }
  });

  it("is read in place, without copying octet strings", () => {
    const source = fromHex("0904 01020304");
    const data = decodeData(source);
    source[2] = 0xaa;
    expect(plain(data)).to.deep.equal({ type: "octet-string", value: "AA020304" });
  });

  it("nests as deep as the limit and no deeper", () => {
    const nested = (depth: number) => fromHex(`${"0201".repeat(depth)}00`);
    expect(toHex(encodeData(decodeData(nested(maxDataDepth))))).to.equal(toHex(nested(maxDataDepth)));
    expect(refusal(() => decodeData(nested(maxDataDepth + 1)))).to.equal("limit");
  });

  it("stands alone where a schema of any type is asked for", () => {
    const reader = new ByteReader(fromHex("1105 12"));
    expect(anyData.read(reader)).to.deep.equal({ type: "unsigned", value: 5 });
    expect(reader.remaining).to.equal(1);
  });

  it("knows 31 types by tag, and none by any other octet", () => {
    const known = Array.from({ length: 256 }, (_, tag) => dataTypeOf(tag)).filter((type) => type !== undefined);
    expect(known).to.have.members(Object.keys(dataTag));
    expect(dataTypeOf(8)).to.equal(undefined);
    expect(dataTypeOf(256)).to.equal(undefined);
  });
});
