import { readdirSync } from "node:fs";
import { expect } from "chai";
import fc from "fast-check";
import { ByteReader } from "../../src/bytes/byte-reader.ts";
import { fromHex } from "../../src/bytes/hex.ts";
import { decodeAare, decodeAarq, decodeAbrt, decodeRlre, decodeRlrq } from "../../src/dlms/acse/codec.ts";
import { decodeData, encodeData, skipData } from "../../src/dlms/axdr/data.ts";
import { decodeApdu, encodeApdu } from "../../src/dlms/xdlms/apdu.ts";
import { apdus } from "../support/arbitraries.ts";
import { allValues, changes, expectBounded, growth, tellingValues, truncations } from "../support/damage.ts";
import { scaled } from "../support/scale.ts";
import { loadVectors, plain, refusal } from "../support/vectors.ts";

type Decoder = (bytes: Uint8Array) => unknown;

const acse: Readonly<Record<number, Decoder>> = { 96: decodeAarq, 97: decodeAare, 98: decodeRlrq, 99: decodeRlre, 100: decodeAbrt };
const decodeAcse: Decoder = (bytes) => (acse[bytes[0] ?? 0] ?? decodeAarq)(bytes);

const xdlmsFiles = readdirSync(new URL("../vectors/", import.meta.url)).filter((name) => /^(xdlms|gbt).*\.json$/.test(name));

const codecs: readonly { readonly file: string; readonly decode: Decoder }[] = [
  { file: "axdr.json", decode: decodeData },
  { file: "acse.json", decode: decodeAcse },
  ...xdlmsFiles.map((file) => ({ file, decode: decodeApdu })),
];

/** Octets up to which every value of every octet is tried on each commit. BER is slow, and some vectors are long. */
const short = scaled(8, Number.POSITIVE_INFINITY);

function damaged(whole: Uint8Array): Iterable<Uint8Array> {
  return changes(whole, whole.length <= short ? allValues : tellingValues);
}

describe("Decoding damaged octets", () => {
  for (const { file, decode } of codecs) {
    for (const { name, hex } of loadVectors(file)) {
      it(`gives a value or DecodeError at once for ${name} (${file}), cut or changed anywhere`, () => {
        const whole = fromHex(hex);
        expect(expectBounded(decode, truncations(whole))).to.equal(whole.length);
        expect(expectBounded(decode, damaged(whole))).to.be.at.least(whole.length * 8);
      }).timeout(60_000);
    }
  }

  for (const [type, values] of Object.entries(apdus)) {
    it(`gives a value or DecodeError at once for any ${type}, cut or changed anywhere`, () => {
      for (const apdu of fc.sample(values, { numRuns: scaled(2, 40), seed: 1 })) {
        const whole = encodeApdu(apdu);
        expectBounded(decodeApdu, truncations(whole));
        expectBounded(decodeApdu, changes(whole, tellingValues));
      }
    }).timeout(60_000);
  }

  it("gives the same value again for whatever it accepts", () => {
    const vectors = loadVectors("xdlms.json").map(({ hex }) => fromHex(hex));
    const damaged = fc.tuple(fc.constantFrom(...vectors), fc.nat(), fc.nat(255)).map(([vector, place, octet]) => {
      const changed = vector.slice();
      changed[place % changed.length] = octet;
      return changed;
    });
    fc.assert(
      fc.property(damaged, (bytes) => {
        if (refusal(() => decodeApdu(bytes)) !== undefined) return;
        const apdu = decodeApdu(bytes);
        expect(plain(decodeApdu(encodeApdu(apdu)))).to.deep.equal(plain(apdu));
      }),
      { numRuns: scaled(1000, 100_000) },
    );
  }).timeout(60_000);

  it("gives the same Data again for whatever octets it accepts", () => {
    const vectors = loadVectors("axdr.json").map(({ hex }) => fromHex(hex));
    const damaged = fc.tuple(fc.constantFrom(...vectors), fc.nat(), fc.nat(255)).map(([vector, place, octet]) => {
      const changed = vector.slice();
      changed[place % changed.length] = octet;
      return changed;
    });
    fc.assert(
      fc.property(damaged, (bytes) => {
        if (refusal(() => decodeData(bytes)) !== undefined) return;
        const data = decodeData(bytes);
        expect(plain(decodeData(encodeData(data)))).to.deep.equal(plain(data));
      }),
      { numRuns: scaled(1000, 100_000) },
    );
  }).timeout(60_000);
});

describe("What holds decoders to their bounds", () => {
  const cases = [fromHex("00"), fromHex("01")];
  const kept: unknown[] = [];

  it("notices one that takes too long, too much heap or too much of other memory, and one that throws anything else", () => {
    const slow = (): void => {
      for (const end = performance.now() + 8; performance.now() < end; );
    };
    expect(() => expectBounded(slow, cases)).to.throw(/^ms for 00/);
    expect(() => expectBounded(() => kept.push(new Array<number>(160_000).fill(0)), cases)).to.throw(/^octets for 00/);
    expect(() => expectBounded(() => kept.push(new Uint8Array(2 * 1024 * 1024)), cases)).to.throw(/^octets for 00/);
    expect(() => expectBounded(() => (undefined as unknown as Uint8Array).length, cases)).to.throw(TypeError);
    expect(expectBounded(() => kept.length, cases)).to.equal(2);
  });
});

describe("Decoding bombs", () => {
  const nulls = (count: number) => "00".repeat(count);
  const bombs: readonly [what: string, hex: string][] = [
    ["60 kB of arrays in arrays", "01".repeat(60_000)],
    ["30 000 arrays of one array", "0101".repeat(30_000)],
    ["30 000 structures of one structure", "0201".repeat(30_000)],
    ["an octet-string of 2 GiB", "09847FFFFFFF"],
    ["an array of 2 G elements", "01847FFFFFFF"],
    ["a structure of 4 G elements", "0284FFFFFFFF"],
    ["a bit-string of 4 G bits", "0484FFFFFFFF"],
    ["a visible-string of 2 GiB", "0A847FFFFFFF"],
    ["a compact-array of structures without elements", "1302000100"],
    ["a compact-array of 64 k null-data", `130082FFFF${nulls(65_535)}`],
    ["a compact-array of 64 k empty arrays", `1301000011 82FFFF${nulls(65_535)}`],
    ["a compact-array of a thousand nested descriptions", `13${"0201".repeat(1000)}1100`],
    ["a compact-array of 64 k arrays of 64 k arrays of nothing, one octet wide", `130202 11 01FFFF01FFFF00 01 00`],
    ["a compact-array of 2 GiB", "1311847FFFFFFF"],
  ];

  /** Fastest of a few runs, so that a pause of the machine does not count. */
  function timeOf(action: () => void): number {
    return Math.min(
      ...Array.from({ length: 3 }, () => {
        const started = performance.now();
        action();
        return performance.now() - started;
      }),
    );
  }

  for (const [what, hex] of bombs) {
    it(`refuses ${what} in no time and no memory`, () => {
      const data = fromHex(hex);
      const apdu = Uint8Array.of(...fromHex("C401C100"), ...data);
      const attacks: readonly (() => string | undefined)[] = [
        () => refusal(() => decodeData(data)),
        () => refusal(() => skipData(new ByteReader(data))),
        () => refusal(() => decodeApdu(apdu)),
      ];
      for (const attack of attacks) {
        expect(attack()).to.be.oneOf(["truncated", "limit", "out-of-range"]);
        expect(timeOf(attack), "ms").to.be.lessThan(5);
        expect(growth(attack), "octets").to.be.lessThan(1024 * 1024);
      }
    });
  }

  it("refuses lists of requests that claim more than they hold", () => {
    for (const hex of [
      "C003C1847FFFFFFF",
      "C104C1847FFFFFFF",
      "C303C1847FFFFFFF",
      "C403C1847FFFFFFF",
      "C505C1847FFFFFFF",
      "C703C1847FFFFFFF",
    ]) {
      expect(
        refusal(() => decodeApdu(fromHex(hex))),
        hex,
      ).to.equal("truncated");
    }
  });

  it("refuses an AARQ that nests its fields without end", () => {
    const nested = fromHex(`60 82FFFF ${"BE82FFF0".repeat(16_000)}`);
    expect(refusal(() => decodeAarq(nested))).to.equal("truncated");
    expect(timeOf(() => refusal(() => decodeAarq(nested)))).to.be.lessThan(5);
    const full = fromHex(`60 82FFFC BE82FFF8 ${"3080".repeat(32_764)}`);
    expect(refusal(() => decodeAarq(full))).to.equal("bad-tag");
    expect(timeOf(() => refusal(() => decodeAarq(full)))).to.be.lessThan(20);
  });
});
