import { expect } from "chai";
import fc from "fast-check";
import { ByteReader } from "../../src/bytes/byte-reader.ts";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import { DecodeError } from "../../src/errors.ts";
import { refusal } from "../support/vectors.ts";

/** Every way to take octets, with how many it takes. */
const takes: readonly [name: string, octets: number, take: (reader: ByteReader) => unknown][] = [
  ["u8", 1, (r) => r.u8()],
  ["i8", 1, (r) => r.i8()],
  ["u16", 2, (r) => r.u16()],
  ["i16", 2, (r) => r.i16()],
  ["u32", 4, (r) => r.u32()],
  ["i32", 4, (r) => r.i32()],
  ["u64", 8, (r) => r.u64()],
  ["i64", 8, (r) => r.i64()],
  ["f32", 4, (r) => r.f32()],
  ["f64", 8, (r) => r.f64()],
  ["bytes", 3, (r) => r.bytes(3)],
  ["skip", 3, (r) => r.skip(3)],
  ["sub", 3, (r) => r.sub(3)],
];

describe("ByteReader", () => {
  it("reads big endian, signed and unsigned", () => {
    const reader = (hex: string) => new ByteReader(fromHex(hex));
    expect([reader("FE").u8(), reader("FE").i8()]).to.deep.equal([254, -2]);
    expect([reader("FFFE").u16(), reader("FFFE").i16()]).to.deep.equal([65_534, -2]);
    expect([reader("FFFFFFFE").u32(), reader("FFFFFFFE").i32()]).to.deep.equal([4_294_967_294, -2]);
    expect([reader("FFFFFFFFFFFFFFFE").u64(), reader("FFFFFFFFFFFFFFFE").i64()]).to.deep.equal([18_446_744_073_709_551_614n, -2n]);
    expect([reader("3FC00000").f32(), reader("3FF8000000000000").f64()]).to.deep.equal([1.5, 1.5]);
  });

  for (const [name, octets, take] of takes) {
    it(`${name} takes ${octets} octets, or throws and has not moved`, () => {
      const whole = new ByteReader(new Uint8Array(octets));
      take(whole);
      expect([whole.offset, whole.remaining]).to.deep.equal([octets, 0]);
      const short = new ByteReader(new Uint8Array(octets - 1));
      expect(refusal(() => take(short))).to.equal("truncated");
      expect(short.offset).to.equal(0);
    });
  }

  it("stays within a view of a larger buffer", () => {
    const reader = new ByteReader(fromHex("AA 0102 BB").subarray(1, 3));
    expect(reader.u16()).to.equal(0x0102);
    expect(refusal(() => reader.u8())).to.equal("truncated");
  });

  it("gives views, not copies", () => {
    const source = fromHex("010203");
    const view = new ByteReader(source).bytes(2);
    source[0] = 9;
    expect(toHex(view)).to.equal("0902");
  });

  it("keeps a child to its octets and moves behind them", () => {
    const reader = new ByteReader(fromHex("01020304"));
    reader.u8();
    const child = reader.sub(2);
    expect([child.u16(), child.remaining, child.peek()]).to.deep.equal([0x0203, 0, undefined]);
    expect(refusal(() => child.u8())).to.equal("truncated");
    expect(reader.u8()).to.equal(4);
  });

  it("reports positions of the source from a child too", () => {
    const reader = new ByteReader(fromHex("0102030405"));
    reader.u16();
    const child = reader.sub(2);
    child.u8();
    try {
      child.u16("length");
      expect.fail("nothing thrown");
    } catch (error) {
      expect(error).to.be.instanceOf(DecodeError);
      expect(error).to.include({ code: "truncated", offset: 3, what: "length" });
      expect((error as Error).message).to.equal("length: needs 2 octets, 1 left, at offset 3");
    }
  });

  it("looks ahead without moving", () => {
    const reader = new ByteReader(fromHex("0102"));
    expect([reader.peek(), reader.peek(), reader.u8(), reader.peek()]).to.deep.equal([1, 1, 1, 2]);
  });

  it("gives what is left, and what was read by offsets", () => {
    const reader = new ByteReader(fromHex("010203"));
    reader.u8();
    expect(toHex(reader.rest())).to.equal("0203");
    expect(toHex(reader.rest())).to.equal("");
    expect(toHex(reader.slice(0, 2))).to.equal("0102");
  });

  it("insists on the end when asked", () => {
    const reader = new ByteReader(fromHex("01"));
    expect(refusal(() => reader.expectEnd("thing"))).to.equal("trailing-data");
    reader.u8();
    reader.expectEnd("thing");
  });

  it("makes errors that name what and where", () => {
    const reader = new ByteReader(fromHex("0102"));
    reader.u8();
    expect(reader.error("bad-tag", "thing")).to.include({ code: "bad-tag", offset: 1, message: "thing: bad-tag at offset 1" });
    expect(reader.error("limit", "thing", "too deep", 0).message).to.equal("thing: too deep, at offset 0");
  });

  it("never leaves its source, whatever is asked of it", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.array(fc.constantFrom(...takes), { maxLength: 20 }), (bytes, steps) => {
        const reader = new ByteReader(bytes);
        for (const [, octets, take] of steps) {
          const before = reader.offset;
          const code = refusal(() => take(reader));
          expect(reader.offset).to.equal(code === undefined ? before + octets : before);
          expect(reader.offset + reader.remaining).to.equal(bytes.length);
        }
      }),
    );
  });
});
