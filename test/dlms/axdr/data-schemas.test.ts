import { expect } from "chai";
import fc from "fast-check";
import { ByteReader } from "../../../src/bytes/byte-reader.ts";
import { ByteWriter } from "../../../src/bytes/byte-writer.ts";
import { fromHex, toHex } from "../../../src/bytes/hex.ts";

import {
  arrayOf,
  bitString,
  boolean,
  doubleLong,
  doubleLongUnsigned,
  enumeration,
  enumValue,
  fixedOctetString,
  float32,
  float64,
  integer,
  long,
  long64,
  long64Unsigned,
  longUnsigned,
  nullable,
  nullData,
  octetString,
  structure,
  unsigned,
  utf8String,
  visibleString,
} from "../../../src/dlms/axdr/data-schemas.ts";
import type { ScalarType, ScalarValues } from "../../../src/dlms/axdr/scalar.ts";
import type { Schema } from "../../../src/dlms/axdr/schema.ts";
import { scalars } from "../../support/arbitraries.ts";
import { plain, refusal } from "../../support/vectors.ts";

const read = <T>(schema: Schema<T>, hex: string): T => schema.read(new ByteReader(fromHex(hex)));
function write<T>(schema: Schema<T>, value: T): string {
  const writer = new ByteWriter();
  schema.write(writer, value);
  return toHex(writer.finish());
}

/** Schemas of simple types, by the standard's name of what they read. */
const simple: { readonly [T in ScalarType]?: Schema<ScalarValues[T]> } = {
  "null-data": nullData,
  boolean,
  "double-long": doubleLong,
  "double-long-unsigned": doubleLongUnsigned,
  integer,
  long,
  unsigned,
  "long-unsigned": longUnsigned,
  long64,
  "long64-unsigned": long64Unsigned,
  enum: enumValue,
  float32,
  float64,
  "octet-string": octetString,
  "visible-string": visibleString,
  "utf8-string": utf8String,
  "bit-string": bitString,
};

describe("Typed data", () => {
  for (const [type, schema] of Object.entries(simple) as [ScalarType, Schema<unknown>][]) {
    it(`carries any ${type} and nothing else`, () => {
      expect(schema.type.name).to.equal(type);
      fc.assert(
        fc.property(scalars[type] as fc.Arbitrary<unknown>, (value) => {
          const hex = write(schema, value);
          expect(plain(read(schema, hex))).to.deep.equal(plain(value));
        }),
        { numRuns: 30 },
      );
      expect(refusal(() => read(schema, "0100"))).to.equal("bad-tag");
      expect(refusal(() => read(schema, "08"))).to.equal("bad-tag");
      expect(refusal(() => read(schema, ""))).to.equal("truncated");
    });
  }

  it("insists on the length of fixed octet strings", () => {
    const two = fixedOctetString(2);
    expect(write(two, fromHex("AABB"))).to.equal("0902AABB");
    expect(plain(read(two, "0902AABB"))).to.equal("AABB");
    expect(refusal(() => read(two, "0901AA"))).to.equal("bad-length");
    expect(refusal(() => read(two, "0903AABBCC"))).to.equal("bad-length");
  });

  it("carries numbers of an enumeration that have no name", () => {
    const color = enumeration({ red: 1 });
    expect([read(color, "1601"), read(color, "1609")]).to.deep.equal(["red", 9]);
    expect([write(color, "red"), write(color, 9)]).to.deep.equal(["1601", "1609"]);
  });

  it("insists on the number of elements of a structure", () => {
    const pair = structure({ scaler: integer, text: visibleString });
    expect(write(pair, { scaler: -1, text: "V" })).to.equal("02020FFF0A0156");
    expect(read(pair, "02020FFF0A0156")).to.deep.equal({ scaler: -1, text: "V" });
    expect(refusal(() => read(pair, "02010FFF"))).to.equal("bad-length");
    expect(refusal(() => read(pair, "02030FFF0A015600"))).to.equal("bad-length");
    expect(refusal(() => read(pair, "01020FFF0A0156"))).to.equal("bad-tag");
    expect(refusal(() => read(pair, "02020A01560FFF"))).to.equal("bad-tag");
  });

  it("reads arrays of one type, bounded by what there is", () => {
    const list = arrayOf(unsigned);
    expect(write(list, [1, 2])).to.equal("010211011102");
    expect(read(list, "010211011102")).to.deep.equal([1, 2]);
    expect(read(list, "0100")).to.deep.equal([]);
    expect(refusal(() => read(list, "010211011202"))).to.equal("bad-tag");
    expect(refusal(() => read(list, "01847FFFFFFF"))).to.equal("truncated");
  });

  it("takes null-data for nothing where that is allowed", () => {
    const maybe = nullable(unsigned);
    expect([read(maybe, "00"), read(maybe, "1105")]).to.deep.equal([undefined, 5]);
    expect([write(maybe, undefined), write(maybe, 5)]).to.deep.equal(["00", "1105"]);
    expect(refusal(() => read(maybe, "1205"))).to.equal("bad-tag");
    expect(refusal(() => read(maybe, ""))).to.equal("truncated");
  });

  it("keeps octets beyond ASCII in a visible-string", () => {
    expect(read(visibleString, "0A03B06DFF")).to.equal("°mÿ");
    expect(write(visibleString, "°mÿ")).to.equal("0A03B06DFF");
  });

  it("describes itself for documentation", () => {
    expect(arrayOf(structure({ a: nullable(unsigned) })).type).to.deep.equal({
      name: "array",
      element: { name: "structure", fields: { a: { name: "null-data or", element: { name: "unsigned" } } } },
    });
  });
});
