import { readFileSync } from "node:fs";
import { expect } from "chai";
import fc from "fast-check";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import { DecodeError } from "../../src/errors.ts";

/** A check that a vector does not undergo; the reason is data, beside the vector it excuses. */
export type VectorCheck = "prefixes" | "trailing" | "flips" | "roundTrip";

/** One entry of a file in test/vectors. */
export interface Vector {
  readonly name: string;
  /** Standard and clause, capture, or other stack; "self" proves nothing alone. */
  readonly source: string;
  readonly hex: string;
  /** What `hex` means; octets as hex, big integers as "123n", sets as sorted arrays. Absent when `hex` is malformed. */
  readonly value?: unknown;
  /** Encoding the value gives exactly `hex`. */
  readonly canonical?: boolean;
  /** How decoding fails. */
  readonly error?: { readonly code: string };
  readonly skip?: Readonly<Partial<Record<VectorCheck, string>>>;
}

export interface VectorSuite<Value> {
  readonly title: string;
  /** Name within test/vectors. */
  readonly file: string;
  readonly decode: (bytes: Uint8Array) => Value;
  readonly encode?: (value: Value) => Uint8Array;
  /** False for codecs in which a beginning may be complete. */
  readonly prefixes?: boolean;
  /** False for codecs that leave what follows to the caller. */
  readonly trailing?: boolean;
}

/** The vectors of a file in test/vectors. */
export function loadVectors<Entry extends Vector = Vector>(file: string): Entry[] {
  return JSON.parse(readFileSync(new URL(`../vectors/${file}`, import.meta.url), "utf8")) as Entry[];
}

/** A value as vectors write it, so that differences are readable. */
export function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return toHex(value);
  if (typeof value === "bigint") return `${value}n`;
  if (value instanceof Set) return [...value].map(plain).sort();
  if (value instanceof Map) return [...value].map(plain);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .map(([key, field]) => [key, plain(field)]),
  );
}

/** Runs every vector of a file both ways, and through the faults that any codec has to survive. */
export function describeVectors<Value>(suite: VectorSuite<Value>): void {
  const { encode } = suite;
  describe(`${suite.title} (${suite.file})`, () => {
    for (const vector of loadVectors(suite.file)) {
      const bytes = () => fromHex(vector.hex);
      const runs = (check: VectorCheck) => vector.skip?.[check] === undefined;

      describe(vector.name, () => {
        if (vector.error !== undefined) {
          const { code } = vector.error;
          it(`is refused with ${code}`, () => {
            expect(refusal(() => suite.decode(bytes()))).to.equal(code);
          });
          return;
        }

        it("decodes to its value", () => {
          expect(plain(suite.decode(bytes()))).to.deep.equal(vector.value);
        });
        if (encode !== undefined && vector.canonical === true) {
          it("encodes to its octets", () => {
            expect(toHex(encode(suite.decode(bytes())))).to.equal(toHex(bytes()));
          });
        }
        if (encode !== undefined && runs("roundTrip")) {
          it("survives encoding and decoding", () => {
            expect(plain(suite.decode(encode(suite.decode(bytes()))))).to.deep.equal(vector.value);
          });
        }
        if (suite.prefixes !== false && runs("prefixes")) {
          it("is truncated wherever it ends early", () => {
            const whole = bytes();
            for (let end = 0; end < whole.length; end++) {
              expect(
                refusal(() => suite.decode(whole.slice(0, end))),
                `first ${end} octets`,
              ).to.equal("truncated");
            }
          });
        }
        if (suite.trailing !== false && runs("trailing")) {
          it("is refused with an octet too many", () => {
            expect(refusal(() => suite.decode(Uint8Array.of(...bytes(), 0)))).to.equal("trailing-data");
          });
        }
        if (runs("flips")) {
          it("decodes or throws DecodeError with any bit inverted", () => {
            const damaged = bytes();
            for (let bit = 0; bit < damaged.length * 8; bit++) {
              const octet = damaged[bit >> 3] as number;
              damaged[bit >> 3] = octet ^ (1 << (bit & 7));
              refusal(() => suite.decode(damaged));
              damaged[bit >> 3] = octet;
            }
          });
        }
      });
    }
  });
}

/** The code of the `DecodeError` that `action` throws, undefined when it does not; anything else thrown is passed on. */
export function refusal(action: () => unknown): string | undefined {
  try {
    action();
  } catch (error) {
    if (error instanceof DecodeError) return error.code;
    throw error;
  }
  return undefined;
}

/** `bytes` cut into chunks at random places, some of them empty, some of them single octets. */
export function chunkings(bytes: Uint8Array): fc.Arbitrary<Uint8Array[]> {
  return fc.array(fc.nat(bytes.length), { maxLength: 40 }).map((places) => cut(bytes, places));
}

/** `bytes` one at a time. */
export function octets(bytes: Uint8Array): Uint8Array[] {
  return cut(
    bytes,
    Array.from(bytes, (_, index) => index),
  );
}

/** Asserts that a receiver makes the same events of the octets however they are cut. `run` starts a new receiver. */
export function expectSameEvents(bytes: Uint8Array, run: (chunks: Uint8Array[]) => unknown): void {
  const whole = plain(run([bytes]));
  expect(plain(run(octets(bytes))), "an octet at a time").to.deep.equal(whole);
  fc.assert(
    fc.property(chunkings(bytes), (chunks) => {
      expect(plain(run(chunks))).to.deep.equal(whole);
    }),
    { numRuns: 30 },
  );
}

function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const edges = [0, ...[...places].sort((a, b) => a - b), bytes.length];
  return edges.slice(1).map((end, index) => bytes.slice(edges[index], end));
}
