import { createDecipheriv } from "node:crypto";
import { expect } from "chai";
import fc from "fast-check";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import { decodeMbusFrames, MbusApduDecoder, type MbusFrameItem } from "../../src/mbus/index.ts";
import { expectSameEvents, loadVectors, plain, type Vector } from "../support/vectors.ts";
import { concat, long, segment } from "./frames.ts";

interface CaptureVector extends Vector {
  readonly value: { readonly frames: readonly string[]; readonly apdus: readonly string[] };
  /** Where the key is public, and what the APDU says in clear where that was published with it. */
  readonly key?: string;
  readonly plain?: string;
}

/** Function, segment and SAPs of a frame, or what is wrong with it. */
function short({ ok, error, frame, sequence, final, sourceSap, destinationSap, ...item }: MbusFrameItem): string {
  if (!ok) return error as string;
  const name = item.function ?? frame;
  return sequence === undefined ? `${name}` : `${name} ${sequence} ${final ? "final" : "more"} ${sourceSap}>${destinationSap}`;
}

const summary = (bytes: Uint8Array) => {
  const { frames, ...rest } = decodeMbusFrames(bytes);
  return { frames: frames.map(short), ...rest };
};

/** A general-glo-ciphered APDU with encryption alone: CTR, as GCM has it, from counter 2 on (NIST SP 800-38D). */
function decipher(apdu: Uint8Array, key: string): string {
  const title = apdu.subarray(2, 10);
  const lengthOctets = (apdu[10] as number) < 0x80 ? 1 : 1 + ((apdu[10] as number) & 0x7f);
  const counterAt = 10 + lengthOctets + 1;
  const iv = concat(title, apdu.subarray(counterAt, counterAt + 4), Uint8Array.of(0, 0, 0, 2));
  return toHex(createDecipheriv("aes-128-ctr", fromHex(key), iv).update(apdu.subarray(counterAt + 4)));
}

describe("decodeMbusFrames", () => {
  for (const vector of loadVectors<CaptureVector>("mbus.json")) {
    it(`finds the frames and APDUs of ${vector.name}`, () => {
      expect(plain(summary(fromHex(vector.hex)))).to.deep.equal(vector.value);
    });
    if (vector.key !== undefined) {
      it(`joins what the key of ${vector.name} deciphers`, () => {
        const clear = decipher(fromHex(vector.value.apdus[0] as string), vector.key as string);
        if (vector.plain !== undefined) expect(clear).to.equal(vector.plain);
        // data-notification with the clock of the meter in front
        expect(clear).to.match(/^0F[0-9A-F]{8}0C07E[0-9A-F]/);
      });
    }
    it(`loses octets of ${vector.name} by no truncation and no damage, and never throws`, () => {
      const bytes = fromHex(vector.hex);
      for (let end = 0; end < bytes.length; end += 7) expect(decodeMbusFrames(bytes.subarray(0, end)).remaining).to.be.at.most(end);
      for (let at = 0; at < bytes.length; at++) {
        const damaged = bytes.slice();
        damaged[at] = (damaged[at] as number) ^ 0x41;
        const { frames } = decodeMbusFrames(damaged);
        expect(frames.some(({ ok }) => !ok) || frames.length > vector.value.frames.length, `octet ${at}`).to.equal(true);
      }
    });
  }

  it("describes every kind of frame", () => {
    const bytes = concat(
      fromHex("E5 10 7B 05 80 16"),
      segment(0, true, "C401"),
      long("", { control: 0x28, address: 7, controlInformation: 0x72 }),
    );
    expect(decodeMbusFrames(bytes).frames).to.deep.equal([
      { kind: "mbus", ok: true, frame: "ack" },
      { kind: "mbus", ok: true, frame: "short", function: "REQ_UD2", control: 0x7b, address: 5 },
      {
        kind: "mbus",
        ok: true,
        frame: "long",
        function: "SND_UD",
        control: 0x53,
        address: 0xff,
        controlInformation: 0x10,
        sequence: 0,
        final: true,
        sourceSap: 1,
        destinationSap: 103,
        information: 2,
      },
      { kind: "mbus", ok: true, frame: "long", function: "RSP_UD", control: 0x28, address: 7, controlInformation: 0x72, information: 0 },
    ]);
  });

  it("tells how many octets at the end are no frame", () => {
    const whole = segment(0, true, "C401");
    expect(decodeMbusFrames(concat(whole, whole.subarray(0, 9)))).to.deep.include({ remaining: 9 });
    expect(decodeMbusFrames(concat(whole.subarray(0, 9), whole))).to.deep.include({ remaining: 0 });
    expect(decodeMbusFrames(new Uint8Array(0))).to.deep.equal({ frames: [], apdus: [], remaining: 0, warnings: [] });
  });

  it("says which segments have no end", () => {
    expect(decodeMbusFrames(segment(0, false, "AA")).warnings).to.deep.equal(["the segments of 255: 1 > 103 have no end"]);
  });

  it("keeps what was damaged in hex, with the fault", () => {
    const damaged = segment(0, true, "C401").map((octet, at) => (at === 9 ? octet ^ 1 : octet));
    expect(decodeMbusFrames(damaged)).to.deep.equal({
      frames: [{ kind: "mbus", ok: false, error: "wrong check sum", bytes: toHex(damaged) }],
      apdus: [],
      remaining: 0,
      warnings: [],
    });
  });

  it("never throws", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(decodeMbusFrames(bytes).remaining).to.be.at.most(bytes.length);
      }),
    );
  });
});

describe("MbusApduDecoder", () => {
  it("gives the same APDUs however the stream is cut, with silence between frames", () => {
    const run = (chunks: readonly Uint8Array[]) => {
      const decoder = new MbusApduDecoder();
      const apdus: string[] = [];
      const drain = () => {
        for (let event = decoder.next(); event !== undefined; event = decoder.next()) if (event.apdu) apdus.push(toHex(event.apdu));
      };
      for (const chunk of chunks) {
        decoder.append(chunk);
        drain();
      }
      decoder.silence();
      drain();
      expect([decoder.pending, decoder.unfinished]).to.deep.equal([false, []]);
      return apdus;
    };
    const stream = concat(segment(0, false, "AA"), segment(0, true, "BB", { saps: "0266" }), segment(1, true, "CC"));
    expect(run([stream])).to.deep.equal(["BB", "AACC"]);
    expectSameEvents(stream, run);
  });

  it("waits for segments across silence", () => {
    const decoder = new MbusApduDecoder();
    decoder.append(segment(0, false, "AA"));
    decoder.silence();
    while (decoder.next() !== undefined);
    decoder.append(segment(1, true, "BB"));
    expect(plain(decoder.next()?.apdu)).to.equal("AABB");
  });
});
