import { expect } from "chai";
import fc from "fast-check";
import { decodeColumns } from "../../../src/dlms/axdr/columns.ts";
import { dateTimeToInstant, decodeDateTime } from "../../../src/dlms/axdr/date-time.ts";
import type { DlmsData, ElementDescription } from "../../../src/dlms/axdr/dlms-data.ts";
import type { ScalarType } from "../../../src/dlms/axdr/scalar.ts";
import { instant, scalars } from "../../support/arbitraries.ts";
import {
  arrayOf,
  assumedDeviation,
  capturePeriod,
  clockCell,
  compactArrayOf,
  comparable,
  none,
  noTime,
  nullData,
  number,
  scalarOf,
  valuesOfAll,
  wildcardTime,
} from "../../support/tables.ts";
import { plain } from "../../support/vectors.ts";

/** What a column holds once nulls and deltas are expanded, said as simply as it can be: cell by cell, from trees. */
function expanded(cells: readonly DlmsData[], clock: boolean): unknown[] {
  const values: unknown[] = [];
  let previous: unknown = none;
  for (const { type, value } of cells) {
    if (clock) {
      const octets = value as Uint8Array | null;
      if (octets !== null && octets.length > 0) previous = dateTimeToInstant(decodeDateTime(octets), assumedDeviation) ?? none;
      else if (typeof previous === "number") previous += capturePeriod;
    } else if (type.startsWith("delta-")) {
      previous =
        typeof previous === "number"
          ? previous + (value as number)
          : plain(BigInt((previous as string).slice(0, -1)) + BigInt(value as number));
    } else if (type !== "null-data") {
      previous = comparable(value);
    }
    values.push(previous);
  }
  return values;
}

interface GeneratedColumn {
  readonly clock: boolean;
  readonly cells: readonly DlmsData[];
}

const clockTime = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .record({ time: instant, deviation: fc.constantFrom(undefined, 0, -60, -120, 330, 840) })
      .map(({ time, deviation }) => clockCell(time, deviation)),
  },
  fc.constant(wildcardTime),
  scalars["date-time"].map((value): DlmsData => ({ type: "octet-string", value })),
);

const deltaTypes = (Object.keys(scalars) as ScalarType[]).filter((type) => type.startsWith("delta-"));
const plainTypes = (Object.keys(scalars) as ScalarType[]).filter((type) => !type.startsWith("delta-") && type !== "date-time");
const anyDelta = fc.constantFrom(...deltaTypes).chain(scalarOf);
const smallDelta = fc.integer({ min: -3, max: 3 }).map((value): DlmsData => ({ type: "delta-integer", value }));
/** Far enough from the ends of their ranges for all deltas of a column. */
const integerBases = [
  number("integer", 0),
  number("long", -300),
  number("double-long", 2 ** 20),
  number("unsigned", 100),
  number("long-unsigned", 2 ** 15),
  number("double-long-unsigned", 2 ** 31),
];
const nested: fc.Arbitrary<DlmsData> = fc.array(scalarOf("unsigned"), { maxLength: 3 }).map((value) => ({ type: "structure", value }));

function withNulls(cell: fc.Arbitrary<DlmsData>): fc.Arbitrary<DlmsData> {
  return fc.oneof({ weight: 3, arbitrary: cell }, fc.constant(nullData));
}

/** Cells of one column of the given number of rows. */
function generatedColumn(rows: number): fc.Arbitrary<GeneratedColumn> {
  const size = { minLength: rows, maxLength: rows };
  const rest = { minLength: rows - 1, maxLength: rows - 1 };
  const plainColumn = (cells: fc.Arbitrary<DlmsData[]>) => cells.map((list): GeneratedColumn => ({ clock: false, cells: list }));
  return fc.oneof(
    plainColumn(fc.constantFrom(...plainTypes).chain((type) => fc.array(scalarOf(type), size))),
    plainColumn(fc.constantFrom(...plainTypes).chain((type) => fc.array(withNulls(scalarOf(type)), size))),
    plainColumn(fc.array(withNulls(fc.oneof(nested, ...plainTypes.map(scalarOf))), size)),
    plainColumn(
      fc.tuple(fc.constantFrom(...integerBases), fc.array(withNulls(smallDelta), rest)).map(([first, others]) => [first, ...others]),
    ),
    plainColumn(
      fc
        .tuple(fc.bigInt({ min: 2n ** 40n, max: 2n ** 60n }), fc.array(withNulls(anyDelta), rest))
        .map(([value, others]): DlmsData[] => [{ type: "long64-unsigned", value }, ...others]),
    ),
    fc
      .tuple(fc.array(fc.oneof({ weight: 3, arbitrary: clockTime }, fc.constantFrom(nullData, noTime)), rest), clockTime, fc.nat(rows - 1))
      .map(([others, time, at]): GeneratedColumn => ({ clock: true, cells: [...others.slice(0, at), time, ...others.slice(at)] })),
    fc
      .array(fc.oneof({ weight: 3, arbitrary: scalarOf("date-time") }, fc.constant(nullData)), size)
      .map((cells): GeneratedColumn => ({ clock: true, cells })),
  );
}

const generatedTable = fc.integer({ min: 1, max: 12 }).chain((rows) => fc.array(generatedColumn(rows), { minLength: 1, maxLength: 6 }));

function rowsOf(columns: readonly GeneratedColumn[]): DlmsData[][] {
  return Array.from({ length: columns[0]?.cells.length ?? 0 }, (_, row) => columns.map(({ cells }) => cells[row] as DlmsData));
}

function clockColumnsOf(columns: readonly GeneratedColumn[]): number[] {
  return columns.flatMap(({ clock }, index) => (clock ? [index] : []));
}

describe("decodeColumns", () => {
  describe("equals the tree, expanded cell by cell", () => {
    it("for any array of structures", () => {
      fc.assert(
        fc.property(generatedTable, (columns) => {
          const options = { clockColumns: clockColumnsOf(columns), capturePeriod, assumedDeviation, expand: true };
          expect(valuesOfAll(arrayOf(rowsOf(columns)), options)).to.deep.equal(columns.map(({ cells, clock }) => expanded(cells, clock)));
        }),
        { numRuns: 500 },
      );
    });

    it("for any compact-array", () => {
      const column = (rows: number) =>
        fc.oneof(
          fc
            .constantFrom(...plainTypes, "date-time" as const)
            .chain((type) =>
              fc.tuple(fc.constant<ElementDescription>({ type }), fc.array(scalarOf(type), { minLength: rows, maxLength: rows })),
            ),
          fc.tuple(
            fc.constant<ElementDescription>({ type: "array", count: 2, element: { type: "octet-string" } }),
            fc.array(
              fc.array(scalarOf("octet-string"), { minLength: 2, maxLength: 2 }).map((value): DlmsData => ({ type: "array", value })),
              { minLength: rows, maxLength: rows },
            ),
          ),
        );
      const table = fc.integer({ min: 1, max: 12 }).chain((rows) => fc.array(column(rows), { minLength: 1, maxLength: 6 }));
      fc.assert(
        fc.property(table, (columns) => {
          // A column with width, without which rows could not be counted.
          const counted = [
            ...columns.map(([type, cells]) => ({ type, cells })),
            { type: { type: "unsigned" } as const, cells: (columns[0]?.[1] ?? []).map((_, row) => number("unsigned", row)) },
          ];
          const rows = (counted[0]?.cells ?? []).map((_, row) => counted.map(({ cells }) => cells[row] as DlmsData));
          const clockColumns = counted.flatMap(({ type }, index) => (type.type === "date-time" ? [index] : []));
          expect(
            valuesOfAll(
              compactArrayOf(
                counted.map(({ type }) => type),
                rows,
              ),
              { clockColumns, capturePeriod, assumedDeviation },
            ),
          ).to.deep.equal(counted.map(({ type, cells }) => expanded(cells, type.type === "date-time")));
        }),
        { numRuns: 300 },
      );
    });

    it("for tables whose rows change their layout late", () => {
      const rows = Array.from({ length: 300 }, (_, row) => [
        row % 97 === 96 ? nullData : clockCell(row * capturePeriod),
        number("double-long-unsigned", row * 1000),
        row < 250 ? number("long-unsigned", row) : number("unsigned", row - 250),
      ]);
      const columns = [0, 1, 2].map((column) => rows.map((cells) => cells[column] as DlmsData));
      expect(valuesOfAll(arrayOf(rows), { clockColumns: [0], capturePeriod, assumedDeviation })).to.deep.equal(
        columns.map((cells, index) => expanded(cells, index === 0)),
      );
    });
  });

  it("gives each cell as it is on the wire", () => {
    fc.assert(
      fc.property(generatedTable, (columns) => {
        const rows = rowsOf(columns);
        const table = decodeColumns(arrayOf(rows));
        expect(rows.map((cells, row) => cells.map((_, column) => plain(table.cell(row, column))))).to.deep.equal(
          rows.map((cells) => cells.map(plain)),
        );
      }),
      { numRuns: 100 },
    );
  });
});
