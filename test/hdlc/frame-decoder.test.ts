import { expect } from "chai";
import fc from "fast-check";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import { FrameDecoder } from "../../src/hdlc/frame-decoder.ts";
import { expectSameEvents, loadVectors, plain, type Vector } from "../support/vectors.ts";
import { concat, frame } from "./frames.ts";

interface StreamVector extends Vector {
  readonly error?: { readonly code: string; readonly stream: string };
}

/** Feeds the chunks and notes events at once, as their views do not last. */
function run(chunks: readonly Uint8Array[], { silence = false } = {}): unknown[] {
  const decoder = new FrameDecoder();
  const events: unknown[] = [];
  const drain = () => {
    for (let event = decoder.next(); event !== undefined; event = decoder.next()) events.push(plain(event));
  };
  for (const chunk of chunks) {
    const lent = chunk.slice();
    decoder.append(lent);
    drain();
    // The chunk belongs to the caller again: whoever still reads it reads rubbish.
    lent.fill(0x55);
  }
  if (silence) {
    decoder.silence();
    drain();
    expect(decoder.pending).to.equal(false);
  }
  return events;
}

const short = (events: readonly unknown[]) =>
  (events as { type: string; reason?: string; bytes: string }[]).map((event) => `${event.reason ?? event.type} ${event.bytes}`);

const disc = frame(0x53);
const inside = (bytes: Uint8Array) => toHex(bytes.subarray(1, -1));

describe("FrameDecoder", () => {
  describe("vectors", () => {
    for (const vector of loadVectors<StreamVector>("hdlc.json")) {
      it(`${vector.error === undefined ? "finds" : `discards for its ${vector.error.stream}`} ${vector.name}, cut anywhere`, () => {
        const bytes = fromHex(vector.hex);
        const events = run([bytes]);
        expect((events[0] as { reason?: string }).reason).to.equal(vector.error?.stream);
        if (vector.error === undefined) expect(events).to.deep.equal([{ type: "frame", frame: vector.value, bytes: inside(bytes) }]);
        expectSameEvents(bytes, run);
      });
    }
  });

  it("accepts one flag between frames, several, and flags inside the information field", () => {
    const long = frame(0x10, { information: "7EA0077E7E" });
    const stream = concat(disc, disc.subarray(1), Uint8Array.of(0x7e, 0x7e, 0x7e), long, disc);
    expect(short(run([stream]))).to.deep.equal([
      `frame ${inside(disc)}`,
      `frame ${inside(disc)}`,
      `frame ${inside(long)}`,
      `frame ${inside(disc)}`,
    ]);
    expectSameEvents(stream, run);
  });

  it("goes on at the next flag after any fault", () => {
    for (const [fault, reason] of [
      ["7E 90 07 03 21 53 03 C7", "format"],
      ["7E A0 03 03 21", "format"],
      ["7E A0 0A 02 02 03 21 53 03 C7 00 00", "address"],
      ["7E A0 0C 03 21 10 00 00 01 02 03 04 05", "hcs"],
      ["7E A0 07 03 21 53 03 C6", "fcs"],
      ["7E A0 07 03 21 53 03 C7 00", "format"],
      ["55 55 55", "noise"],
    ] as const) {
      const bytes = fromHex(fault);
      const stream = concat(bytes, disc);
      const dropped = toHex(bytes[0] === 0x7e ? bytes.subarray(1) : bytes);
      expect(short(run([stream])), fault).to.deep.equal([`${reason} ${dropped}`, `frame ${inside(disc)}`]);
      expectSameEvents(stream, run);
    }
  });

  it("does not wait for a length that noise claims once the header check has failed", () => {
    const stream = concat(fromHex("7E A7 FF 03 21 10 12 34"), disc);
    expect(short(run([stream]))).to.deep.equal(["hcs A7FF032110 1234".replace(" 1", "1"), `frame ${inside(disc)}`]);
  });

  it("gives up an unfinished frame on silence, and finds whole frames inside what it claimed", () => {
    const stalled = frame(0x10, { information: "00112233" }).subarray(0, 9);
    expect(short(run([concat(disc, stalled)], { silence: true }))).to.deep.equal([
      `frame ${inside(disc)}`,
      `silence ${toHex(stalled.subarray(1))}`,
    ]);
    const claiming = fromHex("7E A7 FF 03 21");
    expect(short(run([concat(claiming, disc)], { silence: true }))).to.deep.equal(["hcs A7FF0321", `frame ${inside(disc)}`]);
    const sound = frame(0x10, { information: "AA".repeat(200) }).subarray(0, 11);
    expect(short(run([concat(sound, disc)], { silence: true }))).to.deep.equal([
      `silence ${toHex(sound.subarray(1))}`,
      `frame ${inside(disc)}`,
    ]);
  });

  it("says nothing of flags that are followed by silence", () => {
    expect(run([concat(disc, fromHex("7E 7E"))], { silence: true })).to.have.length(1);
  });

  it("reports endless noise in pieces of bounded size", () => {
    const stream = new Uint8Array(10_000).fill(0x55);
    const events = run([stream]) as { bytes: string }[];
    expect(events.length).to.equal(4);
    for (const { bytes } of events) expect(bytes.length / 2).to.equal(2047);
    expect(run(Array.from({ length: 100 }, (_, index) => stream.subarray(index * 100, index * 100 + 100)))).to.deep.equal(events);
  });

  it("makes nothing but frames and discarded octets of garbage, the same however it is cut", () => {
    const garbage = fc.array(
      fc.oneof(
        fc.uint8Array({ maxLength: 40 }),
        fc.constantFrom(
          disc,
          disc.subarray(1),
          fromHex("7E"),
          fromHex("7EA7FF"),
          fromHex("7EA00A"),
          frame(0x10, { information: "7E0102" }),
        ),
      ),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(garbage, fc.array(fc.nat(300), { maxLength: 20 }), fc.boolean(), (parts, places, silence) => {
        const stream = concat(...parts);
        const edges = [0, ...places.filter((place) => place < stream.length).sort((a, b) => a - b), stream.length];
        const chunks = edges.slice(1).map((end, index) => stream.slice(edges[index], end));
        const whole = run([stream], { silence });
        expect(run(chunks, { silence })).to.deep.equal(whole);
        const reported = (whole as { bytes: string }[]).reduce((sum, { bytes }) => sum + bytes.length / 2, 0);
        expect(reported).to.be.at.most(stream.length);
      }),
      { numRuns: 500 },
    );
  });
});
