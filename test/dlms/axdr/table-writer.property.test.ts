import { expect } from "chai";
import fc from "fast-check";
import { decodeColumns } from "../../../src/dlms/axdr/columns.ts";
import { encodeData } from "../../../src/dlms/axdr/data.ts";
import type { DlmsData } from "../../../src/dlms/axdr/dlms-data.ts";
import type { ScalarType } from "../../../src/dlms/axdr/scalar.ts";
import { scalars } from "../../support/arbitraries.ts";
import {
  arrayOf,
  assumedDeviation,
  capturePeriod,
  clockCell,
  encodings,
  nullData,
  scalarOf,
  wildcardTime,
  writtenTable,
} from "../../support/tables.ts";
import { plain } from "../../support/vectors.ts";

interface GeneratedColumn {
  readonly clock: boolean;
  readonly cells: readonly DlmsData[];
}

const valueTypes = (Object.keys(scalars) as ScalarType[]).filter((type) => !type.startsWith("delta-"));
const anyValue = fc.constantFrom(...valueTypes).chain(scalarOf);
const composed = fc.oneof(
  fc.array(anyValue, { maxLength: 3 }).map((value): DlmsData => ({ type: "structure", value })),
  fc.array(scalarOf("long"), { maxLength: 2 }).map((value): DlmsData => ({ type: "array", value })),
  fc
    .array(scalarOf("unsigned"), { minLength: 1, maxLength: 2 })
    .map((rows): DlmsData => ({ type: "compact-array", value: { element: { type: "unsigned" }, rows } })),
);

const integers = [
  { type: "integer", bits: 8, signed: true },
  { type: "long", bits: 16, signed: true },
  { type: "double-long", bits: 32, signed: true },
  { type: "long64", bits: 64, signed: true },
  { type: "unsigned", bits: 8, signed: false },
  { type: "long-unsigned", bits: 16, signed: false },
  { type: "double-long-unsigned", bits: 32, signed: false },
  { type: "long64-unsigned", bits: 64, signed: false },
] as const;

/** A step of any size, small ones and the ends of each width of delta most of all. */
const step = fc.oneof(
  fc.bigInt({ min: -300n, max: 300n }),
  fc.constant(0n),
  fc
    .constantFrom(...[7n, 8n, 15n, 16n, 31n, 32n, 63n].flatMap((bits) => [2n ** bits, -(2n ** bits)]))
    .chain((end) => fc.constantFrom(end - 1n, end, end + 1n)),
);

/** A counter that rolls over at the end of its type. */
function counter(rows: number): fc.Arbitrary<DlmsData[]> {
  return fc
    .tuple(fc.constantFrom(...integers), fc.array(step, { minLength: rows, maxLength: rows }))
    .map(([{ type, bits, signed }, steps]) => {
      let value = 0n;
      return steps.map((by) => {
        value = signed ? BigInt.asIntN(bits, value + by) : BigInt.asUintN(bits, value + by);
        return { type, value: bits === 64 ? value : Number(value) } as DlmsData;
      });
    });
}

/** Times with gaps, daylight saving that begins and ends, other statuses, and times that leave fields open. */
function clock(rows: number): fc.Arbitrary<DlmsData[]> {
  const start = Date.UTC(2026, 2, 28, 22);
  const row = fc.record({
    by: fc.oneof({ weight: 5, arbitrary: fc.constant(1) }, fc.constantFrom(0, 2, 4, 5, 0.5)),
    deviation: fc.oneof({ weight: 8, arbitrary: fc.constant("as before") }, fc.constantFrom(-60, -120, undefined)),
    open: fc.oneof({ weight: 12, arbitrary: fc.constant(false) }, fc.constant(true)),
    status: fc.oneof({ weight: 8, arbitrary: fc.constant(0) }, fc.constantFrom(1, 0x80)),
  });
  return fc.array(row, { minLength: rows, maxLength: rows }).map((list) => {
    let instant = start;
    let deviation: number | undefined = -60;
    return list.map((step): DlmsData => {
      instant += step.by * capturePeriod;
      if (typeof step.deviation !== "string") deviation = step.deviation;
      const cell = step.open ? wildcardTime : clockCell(instant, deviation);
      const octets = (cell.value as Uint8Array).slice();
      octets[11] = step.status;
      return { type: "octet-string", value: octets };
    });
  });
}

function generatedColumn(rows: number): fc.Arbitrary<GeneratedColumn> {
  const size = { minLength: rows, maxLength: rows };
  const few = <T>(values: fc.Arbitrary<T>) => fc.array(values, { minLength: 1, maxLength: 2 });
  const value = (cells: fc.Arbitrary<DlmsData[]>) => cells.map((list): GeneratedColumn => ({ clock: false, cells: list }));
  return fc.oneof(
    { weight: 3, arbitrary: clock(rows).map((cells): GeneratedColumn => ({ clock: true, cells })) },
    { weight: 3, arbitrary: value(counter(rows)) },
    // Of few values, so that some repeat.
    {
      weight: 3,
      arbitrary: value(
        fc.constantFrom(...valueTypes).chain((type) => few(scalarOf(type)).chain((cells) => fc.array(fc.constantFrom(...cells), size))),
      ),
    },
    { weight: 1, arbitrary: value(few(composed).chain((cells) => fc.array(fc.constantFrom(...cells), size))) },
    {
      weight: 1,
      arbitrary: value(
        few(fc.oneof(anyValue, fc.constant(nullData))).chain((cells) => fc.array(fc.constantFrom(...cells, nullData), size)),
      ),
    },
    { weight: 1, arbitrary: value(fc.array(anyValue, size)) },
    // A clock that is captured in another form, which nobody can leave out.
    {
      weight: 1,
      arbitrary: fc
        .array(
          fc.oneof(
            scalarOf("double-long-unsigned"),
            clock(1).map(([cell]) => cell as DlmsData),
          ),
          size,
        )
        .map((cells) => ({ clock: true, cells })),
    },
  );
}

const generatedTable = fc
  .integer({ min: 0, max: 12 })
  .chain((rows) => fc.record({ rows: fc.constant(rows), columns: fc.array(generatedColumn(rows), { minLength: 1, maxLength: 5 }) }));

describe("writeTable", () => {
  for (const encoding of encodings) {
    it(`gives the values of any table back, ${encoding}`, () => {
      fc.assert(
        fc.property(generatedTable, fc.constantFrom(0, capturePeriod), ({ rows, columns }, period) => {
          const cells = Array.from({ length: rows }, (_, row) => columns.map((column) => column.cells[row] as DlmsData));
          const clockColumns = columns.flatMap((column, index) => (column.clock ? [index] : []));
          const options = { clockColumns, capturePeriod: period, assumedDeviation };
          const table = decodeColumns(writtenTable(cells, columns.length, { encoding, ...options }), options);
          const expected = decodeColumns(arrayOf(cells), options);
          expect(table.rowCount).to.equal(rows);
          for (let column = 0; column < columns.length; column++) {
            expect(plain(table.column(column))).to.deep.equal(plain(expected.column(column)));
          }
        }),
        { numRuns: 400 },
      );
    });
  }

  it("writes no more octets than the plain table takes, but for the description of a compact-array", () => {
    fc.assert(
      fc.property(generatedTable, fc.constantFrom(...encodings), ({ rows, columns }, encoding) => {
        const cells = Array.from({ length: rows }, (_, row) => columns.map((column) => column.cells[row] as DlmsData));
        const clockColumns = columns.flatMap((column, index) => (column.clock ? [index] : []));
        const written = writtenTable(cells, columns.length, { encoding, clockColumns, capturePeriod });
        const description = written[0] === 0x13 ? encodeData({ type: "structure", value: cells[0] ?? [] }).length + 8 : 0;
        expect(written.length).to.be.at.most(arrayOf(cells).length + description);
      }),
      { numRuns: 300 },
    );
  });
});
