import { expect } from "chai";
import fc from "fast-check";
import { ByteReader } from "../../../src/bytes/byte-reader.ts";
import { fromHex, toHex } from "../../../src/bytes/hex.ts";
import { commonDescription, readCompactArray, skipCompactArray } from "../../../src/dlms/axdr/compact-array.ts";
import { decodeData, encodeData, skipData } from "../../../src/dlms/axdr/data.ts";
import { type CompactArray, type DlmsData, type ElementDescription, maxDataDepth } from "../../../src/dlms/axdr/dlms-data.ts";
import type { ScalarType } from "../../../src/dlms/axdr/scalar.ts";
import { scalars } from "../../support/arbitraries.ts";
import { loadVectors, plain, refusal } from "../../support/vectors.ts";

/** Any description, elements without octets included. */
const element: fc.Arbitrary<ElementDescription> = fc.letrec<{ element: ElementDescription }>((tie) => ({
  element: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(...(Object.keys(scalars) as ScalarType[])).map((type): ElementDescription => ({ type })),
    fc.record({ type: fc.constant("array" as const), count: fc.nat(3), element: tie("element") }),
    fc.record({ type: fc.constant("structure" as const), elements: fc.array(tie("element"), { minLength: 1, maxLength: 3 }) }),
  ),
})).element;

function contentsOf(description: ElementDescription): fc.Arbitrary<DlmsData> {
  switch (description.type) {
    case "array":
      return fc
        .array(contentsOf(description.element), { minLength: description.count, maxLength: description.count })
        .map((value) => ({ type: "array", value }));
    case "structure":
      return fc.tuple(...description.elements.map(contentsOf)).map((value) => ({ type: "structure", value }));
    default: {
      const { type } = description;
      return (scalars[type] as fc.Arbitrary<unknown>).map((value) => ({ type, value }) as DlmsData);
    }
  }
}

/** Rows of one octet and anything. */
const compactArray: fc.Arbitrary<CompactArray> = element
  .map((second): ElementDescription => ({ type: "structure", elements: [{ type: "unsigned" }, second] }))
  .chain((description) => fc.record({ element: fc.constant(description), rows: fc.array(contentsOf(description), { maxLength: 5 }) }));

/** A compact-array of this description and these contents, both in hex. */
function compact(description: string, contents: string): Uint8Array {
  const length = (contents.length / 2).toString(16).padStart(4, "0");
  return fromHex(`13 ${description} 82 ${length} ${contents}`);
}

/** How reading and skipping are refused. */
function refusals(bytes: Uint8Array): (string | undefined)[] {
  return [refusal(() => decodeData(bytes)), refusal(() => skipData(new ByteReader(bytes)))];
}

function decoded(bytes: Uint8Array): CompactArray {
  const data = decodeData(bytes);
  if (data.type !== "compact-array") throw new TypeError(`a ${data.type}`);
  return data.value;
}

/** Description of an unsigned within this many structures. */
function nested(levels: number): string {
  return `${"0201".repeat(levels)}11`;
}

describe("compact-array", () => {
  it("carries rows of any type without loss", () => {
    fc.assert(
      fc.property(compactArray, (value) => {
        const bytes = encodeData({ type: "compact-array", value });
        expect(plain(decoded(bytes))).to.deep.equal(plain(value));
        expect(toHex(encodeData({ type: "compact-array", value: decoded(bytes) }))).to.equal(toHex(bytes));
      }),
      { numRuns: 300 },
    );
  });

  it("is skipped as far as it is read", () => {
    fc.assert(
      fc.property(compactArray, fc.uint8Array({ maxLength: 3 }), (value, behind) => {
        const bytes = Uint8Array.of(...encodeData({ type: "compact-array", value }), ...behind);
        const [read, skipped] = [new ByteReader(bytes, 1), new ByteReader(bytes, 1)];
        readCompactArray(read, 0);
        skipCompactArray(skipped, 0);
        expect(skipped.offset).to.equal(read.offset);
      }),
      { numRuns: 200 },
    );
  });

  it("repeats the elements of an inner array as often as its description says, without a count", () => {
    const { element: description, rows } = decoded(compact("01 0003 12", "000100020003000400050006"));
    expect(description).to.deep.equal({ type: "array", count: 3, element: { type: "long-unsigned" } });
    expect(rows.map(plain)).to.deep.equal(
      [
        [1, 2, 3],
        [4, 5, 6],
      ].map((row) => ({ type: "array", value: row.map((value) => ({ type: "long-unsigned", value })) })),
    );
  });

  it("gives null-data within a row no octets", () => {
    const { rows } = decoded(compact("02 03 00 11 00", "0708"));
    expect(rows.map((row) => (row.value as readonly DlmsData[]).map(({ value }) => value))).to.deep.equal([
      [null, 7, null],
      [null, 8, null],
    ]);
  });

  it("is made of any values of one type, down to the deepest level", () => {
    const typed = element.chain((description) => fc.array(contentsOf(description), { minLength: 1, maxLength: 4 }));
    fc.assert(
      fc.property(typed, (values) => {
        const rows = values.map((value): DlmsData => ({ type: "structure", value: [{ type: "unsigned", value: 1 }, value] }));
        const found = commonDescription(rows);
        if (found === undefined) throw new TypeError("no description");
        expect(plain(decoded(encodeData({ type: "compact-array", value: { element: found, rows } })).rows)).to.deep.equal(plain(rows));
      }),
      { numRuns: 200 },
    );
    let deep: DlmsData = { type: "unsigned", value: 7 };
    for (let level = 1; level < maxDataDepth; level++) deep = { type: "structure", value: [deep] };
    const bytes = encodeData({ type: "compact-array", value: { element: commonDescription([deep]) as ElementDescription, rows: [deep] } });
    expect(toHex(bytes)).to.equal(toHex(compact(nested(maxDataDepth - 1), "07")).replace("820001", "01"));
    expect(plain(decoded(bytes).rows)).to.deep.equal([plain(deep)]);
  });

  it("is not made of values that no description covers", () => {
    const unsigned: DlmsData = { type: "unsigned", value: 1 };
    const list = (...value: DlmsData[]): DlmsData => ({ type: "array", value });
    const group = (...value: DlmsData[]): DlmsData => ({ type: "structure", value });
    const long: DlmsData = { type: "long", value: 1 };
    const inside: DlmsData = { type: "compact-array", value: { element: { type: "unsigned" }, rows: [] } };
    for (const values of [
      [unsigned, long],
      [list(unsigned), list()],
      [list(unsigned, long)],
      [group(unsigned), group()],
      [group(inside)],
    ]) {
      expect(commonDescription(values)).to.equal(undefined);
    }
    expect(commonDescription([list(...Array.from({ length: 65_536 }, () => unsigned))])).to.equal(undefined);
    expect(commonDescription([list(...Array.from({ length: 65_535 }, () => unsigned))])).to.deep.include({ count: 65_535 });
  });

  it("keeps the description of an array without rows", () => {
    const empty: CompactArray = { element: { type: "structure", elements: [{ type: "octet-string" }, { type: "long64" }] }, rows: [] };
    const bytes = encodeData({ type: "compact-array", value: empty });
    expect(toHex(bytes)).to.equal("130202091400");
    expect(decoded(bytes)).to.deep.equal(empty);
  });

  it("may describe elements without octets as long as there are none", () => {
    expect(decoded(compact("02 02 00 FF", "")).rows).to.deep.equal([]);
  });

  it("holds many small rows", () => {
    const rows = 20_000;
    expect(decoded(compact("02 02 11 11", "0102".repeat(rows))).rows).to.have.length(rows);
    expect(decoded(compact("02 01 11", "01".repeat(rows))).rows).to.have.length(rows);
    expect(decoded(compact("02 04 09 00 00 11", "0001".repeat(rows))).rows).to.have.length(rows);
  });

  it("nests as deep as any data and no deeper", () => {
    expect(refusals(compact(nested(maxDataDepth - 1), "07"))).to.deep.equal([undefined, undefined]);
    expect(refusals(compact(nested(maxDataDepth), "07"))).to.deep.equal(["limit", "limit"]);
    expect(refusals(fromHex(`13${"010001".repeat(20_000)}1100`))).to.deep.equal(["limit", "limit"]);
    expect(refusals(fromHex(`13${"0201".repeat(30_000)}1100`))).to.deep.equal(["limit", "limit"]);
  });

  it("counts the levels around it and those of its description together", () => {
    // The compact-array itself is a level like any array.
    const within = (levels: number, described: number) => fromHex(`${"0201".repeat(levels)}13${nested(described)}0107`);
    expect(refusals(within(6, maxDataDepth - 7))).to.deep.equal([undefined, undefined]);
    expect(refusals(within(6, maxDataDepth - 6))).to.deep.equal(["limit", "limit"]);
  });

  describe("refuses", () => {
    const cases: readonly (readonly [name: string, bytes: Uint8Array, code: string])[] = [
      ["rows of a structure without elements", fromHex("1302000100"), "out-of-range"],
      ["rows of null-data", compact("00", "00".repeat(60_000)), "out-of-range"],
      ["rows of dont-care", compact("FF", "00"), "out-of-range"],
      ["rows of arrays without elements", compact("01 0000 11", "00"), "out-of-range"],
      ["rows of many null-data", compact(`01 FFFF ${"01FFFF".repeat(8)} 00`, "00".repeat(60_000)), "out-of-range"],
      ["millions of null-data beside one octet", compact("02 02 11 01 FFFF 01 FFFF 00", "00"), "limit"],
      ["more values in all than the octets warrant", compact("02 02 11 01 0200 00", "00".repeat(60_000)), "limit"],
      ["huge arrays of short strings", compact("01 FFFF 01 FFFF 09", "00".repeat(60_000)), "limit"],
      ["a compact-array as element", compact("13 11", "00"), "bad-tag"],
      ["an unknown type as element", compact("08", "00"), "bad-tag"],
      ["more elements than there are octets", fromHex("1302847FFFFFFF11"), "truncated"],
      ["contents longer than what is left", fromHex("1311847FFFFFFF00"), "truncated"],
      ["a last row cut short", compact("12", "000102"), "truncated"],
      ["a last string cut short", compact("09", "010103AABB"), "truncated"],
      ["a string that reaches behind the contents", fromHex("13 09 02 05AA BBCCDDEE"), "truncated"],
    ];
    for (const [name, bytes, code] of cases) {
      it(`${name}, at once`, function () {
        this.timeout(200);
        expect(refusals(bytes)).to.deep.equal([code, code]);
      });
    }
  });

  it("is read or refused, whatever one octet of it is changed to and wherever it ends", () => {
    for (const { name, hex } of loadVectors("axdr.json").filter(({ hex }) => hex.startsWith("13"))) {
      const bytes = fromHex(hex);
      for (let at = 1; at < bytes.length; at++) {
        expect(refusals(bytes.slice(0, at)), `first ${at} octets of ${name}`).to.not.include(undefined);
        const original = bytes[at] as number;
        for (let octet = 0; octet < 256; octet++) {
          bytes[at] = octet;
          refusals(bytes);
        }
        bytes[at] = original;
      }
    }
  });
});
