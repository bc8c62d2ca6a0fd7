import { expect } from "chai";
import { fromHex } from "../../../src/bytes/hex.ts";
import type { Column } from "../../../src/dlms/axdr/columns.ts";
import type { DlmsData } from "../../../src/dlms/axdr/dlms-data.ts";
import { allColumns, arrayOf, none, nullData, number, valuesOfAll } from "../../support/tables.ts";
import { loadVectors, plain, refusal } from "../../support/vectors.ts";

describe("deltas in a column", () => {
  const vector = () => fromHex(loadVectors("axdr.json").find(({ name }) => name === "axdr-delta")?.hex ?? "");

  it("adds each to the value before it", () => {
    expect(valuesOfAll(vector())).to.deep.equal([[1_000_000, 1_000_250, 1_000_550]]);
  });

  it("leaves them as they are on request", () => {
    const [column] = allColumns(vector(), { expand: false }) as [Column];
    expect(plain(column)).to.deep.equal({
      kind: "mixed",
      values: [
        { type: "double-long-unsigned", value: 1_000_000 },
        { type: "delta-double-long-unsigned", value: 250 },
        { type: "delta-double-long-unsigned", value: 300 },
      ],
    });
  });

  it("adds them to the last value, whether null-data in between repeats it or not", () => {
    const cells = [number("double-long", 10), nullData, { type: "delta-integer", value: -4 } as DlmsData, nullData];
    const table = arrayOf(cells.map((cell) => [cell]));
    expect(valuesOfAll(table, { expand: true })).to.deep.equal([[10, 10, 6, 6]]);
    expect(valuesOfAll(table)).to.deep.equal([[10, none, 6, none]]);
  });

  it("adds them to integers of 64 bits", () => {
    const cells: DlmsData[] = [
      { type: "long64-unsigned", value: 2n ** 63n },
      { type: "delta-unsigned", value: 5 },
      { type: "delta-double-long", value: -6 },
    ];
    expect(valuesOfAll(arrayOf(cells.map((cell) => [cell])))).to.deep.equal([[2n ** 63n, 2n ** 63n + 5n, 2n ** 63n - 1n].map(plain)]);
  });

  const by = (type: "delta-integer" | "delta-long-unsigned", value: number): DlmsData => ({ type, value });
  const refused: readonly (readonly [name: string, cells: readonly DlmsData[]])[] = [
    ["one that has nothing before it", [by("delta-integer", 1), number("unsigned", 1)]],
    ["one that has only null-data before it", [nullData, by("delta-integer", 1)]],
    ["one behind a value that is no integer", [{ type: "float32", value: 1 }, by("delta-integer", 1)]],
    ["one behind text", [{ type: "visible-string", value: "1" }, by("delta-integer", 1)]],
    ["a sum above the range of the base", [number("unsigned", 255), by("delta-integer", 1)]],
    ["a sum below the range of the base", [number("double-long-unsigned", 0), by("delta-integer", -1)]],
    ["a sum beyond 64 bits", [{ type: "long64", value: 2n ** 63n - 1n }, by("delta-long-unsigned", 1)]],
    ["such a sum among values of other types", [number("enum", 1), number("unsigned", 255), by("delta-integer", 1)]],
  ];
  for (const [name, cells] of refused) {
    it(`refuses ${name}`, () => {
      expect(refusal(() => allColumns(arrayOf(cells.map((cell) => [cell]))))).to.equal("out-of-range");
    });
  }
});
