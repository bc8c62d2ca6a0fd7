import { expect } from "chai";
import fc from "fast-check";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import { MbusFrameDecoder } from "../../src/mbus/frame-decoder.ts";
import { expectSameEvents, loadVectors, plain } from "../support/vectors.ts";
import { concat, long } from "./frames.ts";

/** Feeds the chunks and notes events at once, as their views do not last. */
function run(chunks: readonly Uint8Array[], { silence = false } = {}): string[] {
  const decoder = new MbusFrameDecoder();
  const events: string[] = [];
  const drain = () => {
    for (let event = decoder.next(); event !== undefined; event = decoder.next()) {
      events.push(`${event.type === "frame" ? event.frame.type : event.reason} ${toHex(event.bytes)}`);
    }
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

const nke = fromHex("10 40 FE 3E 16");
const push = long("0167 DB08");

describe("MbusFrameDecoder", () => {
  for (const { name, hex } of loadVectors("mbus.json")) {
    it(`makes the same of ${name} however it is cut`, () => {
      expectSameEvents(fromHex(hex), (chunks) => run(chunks, { silence: true }));
    });
  }

  it("finds acknowledgements, short frames and long frames", () => {
    expect(run([concat(Uint8Array.of(0xe5), nke, push, Uint8Array.of(0xe5))])).to.deep.equal([
      "ack E5",
      `short ${toHex(nke)}`,
      `long ${toHex(push)}`,
      "ack E5",
    ]);
  });

  it("gives the fields of a long frame, of the shortest too", () => {
    const decoder = new MbusFrameDecoder();
    decoder.append(concat(long("AABB", { control: 0x73, address: 3, controlInformation: 0x72 }), long("")));
    const events = [decoder.next(), decoder.next()];
    expect(events.map((event) => event?.type === "frame" && plain(event.frame))).to.deep.equal([
      { type: "long", control: 0x73, address: 3, controlInformation: 0x72, data: "AABB" },
      { type: "long", control: 0x53, address: 0xff, controlInformation: 0x10, data: "" },
    ]);
  });

  it("takes the lengths 0, 1 and 2 for 256, 257 and 258", () => {
    for (const length of [256, 257, 258]) {
      const frame = long("00".repeat(length - 3));
      expect(frame[1]).to.equal(length - 256);
      expect(run([concat(frame, push)]), `${length}`).to.deep.equal([`long ${toHex(frame)}`, `long ${toHex(push)}`]);
    }
  });

  it("names the fault and goes on behind it", () => {
    const stop = push.slice();
    stop[stop.length - 1] = 0x17;
    const sum = push.slice();
    sum[8] = (sum[8] as number) ^ 1;
    for (const [fault, reason] of [
      [Uint8Array.of(0x55, 0x55), "noise"],
      [fromHex("68 09 08 68"), "header"],
      [fromHex("68 09 09 67 00"), "header"],
      [stop, "stop"],
      [sum, "check-sum"],
      [fromHex("10 40 FE 3F 16"), "noise"],
      [fromHex("10 40 FE 3E 17"), "noise"],
    ] as const) {
      const stream = concat(push, fault, push);
      const expected = [`long ${toHex(push)}`, `${reason} ${toHex(fault)}`, `long ${toHex(push)}`];
      expect(run([stream]), toHex(fault)).to.deep.equal(expected);
      expectSameEvents(stream, run);
    }
  });

  it("does not take E5 for an acknowledgement where no frame came before", () => {
    expect(run([concat(fromHex("55 E5 E5"), nke, fromHex("E5"))])).to.deep.equal(["noise 55E5E5", `short ${toHex(nke)}`, "ack E5"]);
  });

  it("finds the frame behind one that lost an octet", () => {
    for (let lost = 1; lost < push.length; lost++) {
      const short = concat(push.subarray(0, lost), push.subarray(lost + 1));
      const events = run([concat(short, push)], { silence: true });
      expect(events.at(-1), `without octet ${lost}`).to.equal(`long ${toHex(push)}`);
    }
  });

  it("gives up an unfinished frame on silence, and finds whole ones inside what it claimed", () => {
    const claiming = fromHex("68 F0 F0 68 53");
    expect(run([concat(claiming, push)])).to.deep.equal([]);
    expect(run([concat(claiming, push)], { silence: true })).to.deep.equal([`silence ${toHex(claiming)}`, `long ${toHex(push)}`]);
    expect(run([push.subarray(0, 7)], { silence: true })).to.deep.equal([`silence ${toHex(push.subarray(0, 7))}`]);
  });

  it("reports endless noise in pieces of bounded size", () => {
    const events = run([new Uint8Array(1000).fill(0x55)]);
    expect(events.map((event) => event.length)).to.deep.equal([534, 534, 534]);
  });

  it("holds back less than two frames", () => {
    const decoder = new MbusFrameDecoder();
    let held = 0;
    let released = 0;
    for (let count = 0; count < 5000; count++) {
      decoder.append(Uint8Array.of(count % 7 === 0 ? 0x68 : 0x10));
      for (let event = decoder.next(); event !== undefined; event = decoder.next()) released += event.bytes.length;
      held = Math.max(held, count + 1 - released);
    }
    expect(held).to.be.at.most(2 * 264);
  });

  it("makes frames and discarded octets of garbage, all of it, the same however it is cut", () => {
    const pieces = fc.array(
      fc.oneof(fc.uint8Array({ maxLength: 30 }), fc.constantFrom(push, nke, fromHex("E5"), fromHex("68"), fromHex("68 01 01 68"))),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(pieces, (parts) => {
        const stream = concat(...parts);
        const events = run([stream], { silence: true });
        expect(events.map((event) => event.split(" ")[1]).join("")).to.equal(toHex(stream));
        expectSameEvents(stream, run);
      }),
      { numRuns: 40 },
    );
  });
});
