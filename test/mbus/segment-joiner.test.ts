import { expect } from "chai";
import fc from "fast-check";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import type { MbusSegment } from "../../src/mbus/segment.ts";
import { segmentOf } from "../../src/mbus/segment.ts";
import { SegmentJoiner } from "../../src/mbus/segment-joiner.ts";
import { plain } from "../support/vectors.ts";

function segment(sequence: number, final: boolean, octets: string, sourceSap = 1): MbusSegment {
  return { sequence, final, sourceSap, destinationSap: 103, octets: fromHex(octets) };
}

/** What each segment led to: hex of the APDU, or the fault, or both. */
function outcomes(joiner: SegmentJoiner, segments: readonly MbusSegment[]): string[] {
  return segments.map((part) => {
    const { apdu, fault } = joiner.add(0xff, part);
    return [fault, apdu && toHex(apdu)].filter((text) => text !== undefined).join(" ");
  });
}

describe("segmentOf", () => {
  it("reads sequence number, FIN and SAPs of CI 00 to 1F", () => {
    expect(plain(segmentOf(0x13, fromHex("01 67 AA")))).to.deep.equal({
      sequence: 3,
      final: true,
      sourceSap: 1,
      destinationSap: 103,
      octets: "AA",
    });
    expect(segmentOf(0x0f, fromHex("01 67"))).to.deep.include({ sequence: 15, final: false });
  });

  it("finds no segment where CI is another, or SAPs are missing", () => {
    expect(segmentOf(0x20, fromHex("01 67 AA"))).to.equal(undefined);
    expect(segmentOf(0x72, fromHex("01 67 AA"))).to.equal(undefined);
    expect(segmentOf(0x10, fromHex("01"))).to.equal(undefined);
  });
});

describe("SegmentJoiner", () => {
  it("gives a single segment at once", () => {
    expect(outcomes(new SegmentJoiner(), [segment(0, true, "AA"), segment(0, true, "BB")])).to.deep.equal(["AA", "BB"]);
  });

  it("joins segments whose numbers follow each other, beyond 15 too", () => {
    const parts = Array.from({ length: 40 }, (_, index) => segment(index % 16, index === 39, toHex(Uint8Array.of(index))));
    const joined = outcomes(new SegmentJoiner(), parts).at(-1);
    expect(joined).to.equal(toHex(Uint8Array.from({ length: 40 }, (_, index) => index)));
  });

  it("keeps SAPs and addresses apart", () => {
    const joiner = new SegmentJoiner();
    expect(
      outcomes(joiner, [segment(0, false, "AA"), segment(0, false, "BB", 2), segment(1, true, "CC"), segment(1, true, "DD", 2)]),
    ).to.deep.equal(["", "", "AACC", "BBDD"]);
    joiner.add(1, segment(0, false, "AA"));
    expect(joiner.add(2, segment(1, true, "BB"))).to.deep.equal({ fault: "no-beginning" });
    expect(joiner.unfinished).to.deep.equal(["1: 1 > 103"]);
  });

  it("names what is missing, and takes the next APDU", () => {
    for (const [parts, expected] of [
      [[segment(1, true, "AA")], ["no-beginning"]],
      [
        [segment(0, false, "AA"), segment(2, true, "BB"), segment(0, true, "CC")],
        ["", "gap", "CC"],
      ],
      [
        [segment(0, false, "AA"), segment(1, false, "BB"), segment(1, true, "BB")],
        ["", "", "gap"],
      ],
      [
        [segment(0, false, "AA"), segment(0, true, "BB")],
        ["", "no-end BB"],
      ],
      [
        [segment(0, false, "AA"), segment(0, false, "BB"), segment(1, true, "CC")],
        ["", "no-end", "BBCC"],
      ],
      [
        [segment(0, false, "AA"), segment(3, true, "BB"), segment(1, true, "CC")],
        ["", "gap", "no-beginning"],
      ],
    ] as const) {
      expect(outcomes(new SegmentJoiner(), parts)).to.deep.equal(expected);
    }
  });

  it("forgets an APDU that outgrows the limit", () => {
    const joiner = new SegmentJoiner({ maxApduLength: 3 });
    expect(outcomes(joiner, [segment(0, true, "01020304"), segment(0, true, "010203")])).to.deep.equal(["too-long", "010203"]);
    expect(outcomes(joiner, [segment(0, false, "0102"), segment(1, false, "0304"), segment(2, true, "05")])).to.deep.equal([
      "",
      "too-long",
      "no-beginning",
    ]);
  });

  it("forgets the oldest of too many begun", () => {
    const joiner = new SegmentJoiner({ maxPending: 2 });
    outcomes(joiner, [segment(0, false, "AA", 1), segment(0, false, "BB", 2), segment(0, false, "CC", 3)]);
    expect(joiner.unfinished).to.deep.equal(["255: 2 > 103", "255: 3 > 103"]);
    expect(outcomes(joiner, [segment(1, true, "AA", 1), segment(1, true, "BB", 2)])).to.deep.equal(["no-beginning", "BBBB"]);
  });

  it("gives nothing but whole APDUs, whatever comes", () => {
    const part = fc.record({ sequence: fc.nat(15), final: fc.boolean(), octets: fc.constantFrom("", "AA", "BBCC") });
    fc.assert(
      fc.property(fc.array(part, { maxLength: 60 }), (parts) => {
        const joiner = new SegmentJoiner({ maxApduLength: 10 });
        let begun = false;
        for (const { sequence, final, octets } of parts) {
          if (sequence === 0) begun = true;
          const { apdu } = joiner.add(0, segment(sequence, final, octets));
          if (apdu !== undefined) expect([begun, final, apdu.length <= 10]).to.deep.equal([true, true, true]);
        }
        expect(joiner.unfinished.length).to.be.at.most(1);
      }),
    );
  });
});
