import { expect } from "chai";
import { ByteReader } from "../../../src/bytes/byte-reader.ts";
import { ByteWriter } from "../../../src/bytes/byte-writer.ts";
import { fromHex, toHex } from "../../../src/bytes/hex.ts";
import type { Schema } from "../../../src/dlms/axdr/schema.ts";
import {
  boolean,
  choice,
  enumerated,
  i8,
  octetString,
  octets,
  optional,
  rest,
  sequence,
  sequenceOf,
  u8,
  u16,
  u32,
  withDefault,
} from "../../../src/dlms/axdr/untagged.ts";
import { plain, refusal } from "../../support/vectors.ts";

const read = <T>(schema: Schema<T>, hex: string): T => schema.read(new ByteReader(fromHex(hex)));
function write<T>(schema: Schema<T>, value: T): string {
  const writer = new ByteWriter();
  schema.write(writer, value);
  return toHex(writer.finish());
}

describe("A-XDR without tags", () => {
  it("writes integers in their fixed width, most significant octet first", () => {
    expect([write(u8, 1), write(i8, -1), write(u16, 1), write(u32, 1)]).to.deep.equal(["01", "FF", "0001", "00000001"]);
    expect([read(u8, "FF"), read(i8, "FF"), read(u16, "FFFE"), read(u32, "FFFFFFFE")]).to.deep.equal([255, -1, 0xfffe, 0xfffffffe]);
  });

  it("takes any octet but zero for TRUE, and sends 01", () => {
    expect([read(boolean, "00"), read(boolean, "01"), read(boolean, "FF")]).to.deep.equal([false, true, true]);
    expect([write(boolean, false), write(boolean, true)]).to.deep.equal(["00", "01"]);
  });

  it("puts a length before octets unless their number is fixed", () => {
    expect(write(octetString, fromHex("AABB"))).to.equal("02AABB");
    expect(write(octets(2), fromHex("AABB"))).to.equal("AABB");
    expect(plain(read(octetString, "02AABBCC"))).to.equal("AABB");
    expect(plain(read(octets(2), "AABBCC"))).to.equal("AABB");
    expect(plain(read(rest, "AABBCC"))).to.equal("AABBCC");
    expect(write(rest, fromHex("AA"))).to.equal("AA");
  });

  it("marks what is optional by its presence, and a default by its absence", () => {
    expect([write(optional(u8), undefined), write(optional(u8), 5)]).to.deep.equal(["00", "0105"]);
    expect([read(optional(u8), "00"), read(optional(u8), "0105"), read(optional(u8), "FF05")]).to.deep.equal([undefined, 5, 5]);
    expect([write(withDefault(u8, 7), 7), write(withDefault(u8, 7), 8)]).to.deep.equal(["00", "0108"]);
    expect([read(withDefault(u8, 7), "00"), read(withDefault(u8, 7), "0107"), read(withDefault(u8, 7), "0108")]).to.deep.equal([7, 7, 8]);
  });

  it("carries numbers of an enumeration that have no name", () => {
    const color = enumerated("color", { red: 1, blue: 2 });
    expect([read(color, "01"), read(color, "03")]).to.deep.equal(["red", 3]);
    expect([write(color, "blue"), write(color, 3)]).to.deep.equal(["02", "03"]);
    expect(color.type).to.deep.equal({ name: "color", values: { red: 1, blue: 2 } });
  });

  it("reads the fields of a sequence in their order", () => {
    const point = sequence("point", { x: u8, y: i8 });
    expect(read(point, "01FF")).to.deep.equal({ x: 1, y: -1 });
    expect(write(point, { y: -1, x: 1 })).to.equal("01FF");
    expect(point.type).to.deep.equal({ name: "point", fields: { x: { name: "Unsigned8" }, y: { name: "Integer8" } } });
  });

  it("bounds the count of a list by the least its elements take", () => {
    const list = sequenceOf(u16, 2);
    expect(read(list, "0200010002")).to.deep.equal([1, 2]);
    expect(write(list, [1, 2])).to.equal("0200010002");
    expect(refusal(() => read(list, "03 00010002"))).to.equal("truncated");
  });

  it("names the alternative of a choice beside its fields", () => {
    const shape = choice("shape", { dot: [1, sequence("dot", {})], square: [4, sequence("square", { side: u8 })] });
    expect(read(shape, "01")).to.deep.equal({ type: "dot" });
    expect(read(shape, "0409")).to.deep.equal({ type: "square", side: 9 });
    expect([write(shape, { type: "dot" }), write(shape, { type: "square", side: 9 })]).to.deep.equal(["01", "0409"]);
    expect(refusal(() => read(shape, "02"))).to.equal("bad-tag");
  });
});
