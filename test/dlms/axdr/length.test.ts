import { expect } from "chai";
import fc from "fast-check";
import { ByteReader } from "../../../src/bytes/byte-reader.ts";
import { ByteWriter } from "../../../src/bytes/byte-writer.ts";
import { fromHex, toHex } from "../../../src/bytes/hex.ts";
import { lengthSize, readCount, readLength, writeLength } from "../../../src/dlms/axdr/length.ts";
import { refusal } from "../../support/vectors.ts";

function written(length: number): Uint8Array {
  const writer = new ByteWriter();
  writeLength(writer, length);
  return writer.finish();
}

describe("A-XDR length", () => {
  it("takes the shortest of the forms in use", () => {
    const forms = [0, 127, 128, 255, 256, 65_535, 65_536, 0xffffffff].map((length) => toHex(written(length)));
    expect(forms).to.deep.equal(["00", "7F", "8180", "81FF", "820100", "82FFFF", "8400010000", "84FFFFFFFF"]);
  });

  it("is read back, and takes the octets it says it takes", () => {
    fc.assert(
      fc.property(fc.oneof(fc.nat(300), fc.nat(70_000), fc.nat(0xffffffff)), (length) => {
        const bytes = written(length);
        expect(readLength(new ByteReader(bytes), "length")).to.equal(length);
        expect(lengthSize(length)).to.equal(bytes.length);
      }),
    );
  });

  it("is read in every longer form too", () => {
    const lengths = ["05", "8105", "820005", "83000005", "8400000005"].map((hex) => readLength(new ByteReader(fromHex(hex)), "length"));
    expect(lengths).to.deep.equal([5, 5, 5, 5, 5]);
    expect(readLength(new ByteReader(fromHex("83FFFFFF")), "length")).to.equal(0xffffff);
  });

  it("has no indefinite form and none of more than four octets", () => {
    for (const hex of ["80", "850000000005", "FF"])
      expect(refusal(() => readLength(new ByteReader(fromHex(hex)), "length"))).to.equal("bad-length");
  });

  it("ends early as truncated, in every form", () => {
    for (const hex of ["", "81", "8200", "830000", "84000000"])
      expect(
        refusal(() => readLength(new ByteReader(fromHex(hex)), "length")),
        hex,
      ).to.equal("truncated");
  });
});

describe("A-XDR count", () => {
  it("is refused when its elements cannot fit into what is left", () => {
    expect(readCount(new ByteReader(fromHex("02 0000")), "list")).to.equal(2);
    expect(refusal(() => readCount(new ByteReader(fromHex("03 0000")), "list"))).to.equal("truncated");
    expect(readCount(new ByteReader(fromHex("01 0000")), "list", 2)).to.equal(1);
    expect(refusal(() => readCount(new ByteReader(fromHex("02 000000")), "list", 2))).to.equal("truncated");
  });
});
