import { expect } from "chai";
import fc from "fast-check";
import { fromHex } from "../../../src/bytes/hex.ts";
import { type Column, type ColumnOptions, decodeColumns } from "../../../src/dlms/axdr/columns.ts";
import type { DlmsData, ElementDescription } from "../../../src/dlms/axdr/dlms-data.ts";
import type { ScalarType } from "../../../src/dlms/axdr/scalar.ts";
import { InvariantError } from "../../../src/errors.ts";
import {
  allColumns,
  arrayOf,
  capturePeriod,
  clockCell,
  clockOctets,
  compactArrayOf,
  none,
  noTime,
  nullData,
  number,
  scalarOf,
  valuesOf,
  valuesOfAll,
  wildcardTime,
} from "../../support/tables.ts";
import { loadVectors, plain, refusal } from "../../support/vectors.ts";

const reading = {
  clock: { type: "octet-string" },
  energy: { type: "double-long-unsigned" },
  voltage: { type: "long-unsigned" },
} as const satisfies Record<string, ElementDescription>;

describe("decodeColumns", () => {
  it("decodes a column once", () => {
    const table = decodeColumns(arrayOf([[number("unsigned", 1)], [number("unsigned", 2)]]));
    expect(table.column(0)).to.equal(table.column(0));
  });

  it("takes a view into a larger buffer", () => {
    const bytes = arrayOf([[clockCell(0), number("double-long", -7)]]);
    const larger = new Uint8Array(bytes.length + 20).fill(0xee);
    larger.set(bytes, 11);
    expect(valuesOfAll(larger.subarray(11, 11 + bytes.length), { clockColumns: [0] })).to.deep.equal([[0], [-7]]);
  });

  describe("chooses the kind of a column", () => {
    const kinds: readonly (readonly [type: ScalarType, kind: Column["kind"], array: string])[] = [
      ["boolean", "numbers", "Float64Array"],
      ["double-long", "numbers", "Float64Array"],
      ["double-long-unsigned", "numbers", "Float64Array"],
      ["floating-point", "numbers", "Float64Array"],
      ["bcd", "numbers", "Float64Array"],
      ["integer", "numbers", "Float64Array"],
      ["long", "numbers", "Float64Array"],
      ["unsigned", "numbers", "Float64Array"],
      ["long-unsigned", "numbers", "Float64Array"],
      ["enum", "numbers", "Float64Array"],
      ["float32", "numbers", "Float64Array"],
      ["float64", "numbers", "Float64Array"],
      ["long64", "bigints", "BigInt64Array"],
      ["long64-unsigned", "bigints", "BigUint64Array"],
      ["date-time", "instants", "Float64Array"],
      ["octet-string", "octets", "Array"],
      ["visible-string", "texts", "Array"],
      ["utf8-string", "texts", "Array"],
      ["bit-string", "mixed", "Array"],
      ["null-data", "mixed", "Array"],
    ];
    for (const [type, kind, array] of kinds) {
      it(`${kind} for ${type}`, () => {
        const cells = fc.sample(scalarOf(type), { numRuns: 3, seed: 1 });
        const [column] = allColumns(arrayOf(cells.map((cell) => [cell]))) as [Column];
        expect(column.kind).to.equal(kind);
        const values = column.kind === "instants" ? column.instants : column.values;
        expect(values.constructor.name).to.equal(array);
      });
    }

    it("mixed where types differ", () => {
      const [column] = allColumns(arrayOf([[number("unsigned", 1)], [number("long-unsigned", 2)]])) as [Column];
      expect(plain(column)).to.deep.equal({
        kind: "mixed",
        values: [
          { type: "unsigned", value: 1 },
          { type: "long-unsigned", value: 2 },
        ],
      });
    });

    it("octets for octet-strings of twelve that nobody declared times", () => {
      const [column] = allColumns(arrayOf([[clockCell(0)]]), { clockColumns: [] }) as [Column];
      expect(column.kind).to.equal("octets");
    });

    it("octets for declared times that are not twelve octets long", () => {
      const [column] = allColumns(arrayOf([[clockCell(0)], [{ type: "octet-string", value: fromHex("07E80606FF") }]]), {
        clockColumns: [0],
      }) as [Column];
      expect(column.kind).to.equal("octets");
    });
  });

  describe("with null-data", () => {
    const cells = [number("enum", 3), nullData, number("enum", 4), nullData, nullData];
    const rows = cells.map((cell) => [cell]);

    it("repeats the value before it on request", () => {
      expect(valuesOfAll(arrayOf(rows), { expand: true })).to.deep.equal([[3, 3, 4, 4, 4]]);
    });

    it("keeps it on request", () => {
      const [column] = allColumns(arrayOf(rows), { expand: false }) as [Column];
      expect(plain(column)).to.deep.equal({ kind: "mixed", values: cells });
    });

    describe("and nothing said of the meter", () => {
      const period = { clockColumns: [0], capturePeriod };
      const beside = (clocks: readonly DlmsData[]) => arrayOf(clocks.map((clock, row) => [clock, cells[row] as DlmsData]));
      const everyTime = [0, 1, 2, 3, 4].map((row) => clockCell(row * capturePeriod));
      const aTimeLeftOut = [...everyTime.slice(0, 4), nullData];

      it("keeps it where every row has its time, since a value may be genuinely null", () => {
        expect(valuesOfAll(beside(everyTime), period)[1]).to.deep.equal([3, none, 4, none, none]);
        expect(valuesOfAll(arrayOf(rows), period)).to.deep.equal([[3, none, 4, none, none]]);
      });

      it("repeats the value before it where a time was left out, which proves that the meter compresses", () => {
        expect(valuesOfAll(beside(aTimeLeftOut), period)[1]).to.deep.equal([3, 3, 4, 4, 4]);
      });

      it("keeps it where nobody knows when a time left out was, or that the column is a clock", () => {
        expect(valuesOfAll(beside(aTimeLeftOut), { clockColumns: [0] })[1]).to.deep.equal([3, none, 4, none, none]);
        expect(valuesOfAll(beside(aTimeLeftOut), { clockColumns: [], capturePeriod })[1]).to.deep.equal([3, none, 4, none, none]);
      });

      it("takes no time that is missing from the start for one left out", () => {
        expect(valuesOfAll(beside([nullData, ...everyTime.slice(1)]), period)[1]).to.deep.equal([3, none, 4, none, none]);
      });
    });

    it("keeps it at the start", () => {
      const columns = allColumns(
        arrayOf([
          [nullData, nullData],
          [number("unsigned", 5), { type: "long64", value: 6n }],
          [nullData, nullData],
        ]),
        { expand: true },
      );
      expect(columns.map(({ kind }) => kind)).to.deep.equal(["mixed", "mixed"]);
      expect(columns.map(valuesOf)).to.deep.equal([
        [none, 5, 5],
        [none, "6n", "6n"],
      ]);
    });

    it("keeps it in a column of declared times that has other values as well", () => {
      const times = [number("double-long-unsigned", 1_700_000_000), nullData];
      const [column] = allColumns(arrayOf(times.map((cell) => [cell])), { clockColumns: [0], capturePeriod }) as [Column];
      expect(plain(column)).to.deep.equal({ kind: "mixed", values: times });
    });

    it("repeats octets, texts and whatever else stands before it", () => {
      const value = (text: string): DlmsData[] => [
        { type: "octet-string", value: fromHex("AABB") },
        { type: "visible-string", value: text },
        { type: "structure", value: [number("unsigned", 9)] },
      ];
      const columns = allColumns(arrayOf([value("a"), [nullData, nullData, nullData]]), { expand: true });
      expect(columns.map(({ kind }) => kind)).to.deep.equal(["octets", "texts", "mixed"]);
      expect(columns.map((column) => valuesOf(column)[1])).to.deep.equal(columns.map((column) => valuesOf(column)[0]));
    });
  });

  describe("with times", () => {
    const start = Date.UTC(2024, 5, 15, 18, 23, 45);
    const times = (rows: readonly DlmsData[], options: ColumnOptions = {}) => {
      const [column] = allColumns(arrayOf(rows.map((cell) => [cell])), { clockColumns: [0], ...options });
      if (column?.kind !== "instants") throw new TypeError(`${column?.kind} instead of instants`);
      return column;
    };

    it("adds the deviation to local time", () => {
      const column = times([{ type: "octet-string", value: fromHex("07E8060F06 14172D00 FF88 80") }]);
      expect([...column.instants]).to.deep.equal([start]);
      expect([...column.deviations]).to.deep.equal([-120]);
      expect([...column.statuses]).to.deep.equal([0x80]);
    });

    it("assumes the given deviation where the time does not say", () => {
      const local: DlmsData = { type: "octet-string", value: fromHex("07E8060F06 14172D00 8000 00") };
      expect([...times([local], { assumedDeviation: -120 }).instants]).to.deep.equal([start]);
      expect([...times([local]).instants]).to.deep.equal([start + 7_200_000]);
    });

    it("adds the capture period for null-data and for empty octet-strings", () => {
      const column = times([clockCell(start, -60), nullData, noTime, clockCell(start, -60), nullData], { capturePeriod });
      expect([...column.instants]).to.deep.equal([start, start + capturePeriod, start + 2 * capturePeriod, start, start + capturePeriod]);
      expect([...column.deviations]).to.deep.equal([-60, -60, -60, -60, -60]);
      expect([...column.statuses]).to.deep.equal([0, 0, 0, 0, 0]);
    });

    it("leaves them without value on request, and where the capture period is not known", () => {
      const cells = [clockCell(start), nullData, noTime];
      for (const options of [{ capturePeriod, expand: false }, {}]) {
        expect(valuesOf(times(cells, options))).to.deep.equal([start, none, none]);
        expect([...times(cells, options).statuses]).to.deep.equal([0, 0xff, 0xff]);
      }
    });

    it("gives wildcards and dates that do not exist no instant", () => {
      const impossible: DlmsData = { type: "octet-string", value: fromHex("07E90D1F FF 00000000 0000 00") };
      expect(valuesOf(times([wildcardTime, impossible, clockCell(start)]))).to.deep.equal([none, none, start]);
    });

    it("knows the type date-time where nobody told which columns are clocks", () => {
      const table = arrayOf([[{ type: "date-time", value: clockOctets(start, 0) }], [nullData]]);
      expect(valuesOfAll(table, { capturePeriod })).to.deep.equal([[start, start + capturePeriod]]);
    });

    it("repeats a time that is no capture of the clock, instead of moving it on", () => {
      const time: DlmsData = { type: "date-time", value: clockOctets(start, 0) };
      const table = arrayOf([
        [clockCell(0), time],
        [nullData, nullData],
      ]);
      const [, column] = allColumns(table, { clockColumns: [0], capturePeriod }) as [Column, Column];
      expect(plain(column)).to.deep.equal({ kind: "mixed", values: [plain(time), plain(time)] });
    });

    it("reads lengths in a longer form than necessary", () => {
      expect(valuesOfAll(fromHex("0101 0201 09810C 07E8060F06 14172D00 FF88 80"), { clockColumns: [0] })).to.deep.equal([[start]]);
    });
  });

  describe("with a compact-array", () => {
    it("reads the same columns as from the array", () => {
      const rows = Array.from({ length: 100 }, (_, row) => [
        clockCell(row * capturePeriod, -60),
        number("double-long-unsigned", row * 7),
        number("long-unsigned", row),
      ]);
      const options = { clockColumns: [0] };
      expect(allColumns(compactArrayOf([reading.clock, reading.energy, reading.voltage], rows), options)).to.deep.equal(
        allColumns(arrayOf(rows), options),
      );
    });

    it("takes an empty octet-string for a time left out", () => {
      const hex = loadVectors("axdr.json").find(({ name }) => name === "axdr-compact-array-struct-nulldate")?.hex ?? "";
      const start = Date.UTC(2000, 0, 1);
      expect(valuesOfAll(fromHex(hex), { clockColumns: [0], capturePeriod })).to.deep.equal([
        [start, start + capturePeriod, start + 2 * capturePeriod, start + 3 * capturePeriod],
        [128, 0, 0, 0],
        [0x11111111, 0x33333333, 0x55555555, 0x77777777],
        [0x22222222, 0x44444444, 0x66666666, 0x88888888],
      ]);
    });

    it("knows the columns of one without rows", () => {
      const table = decodeColumns(compactArrayOf([reading.clock, reading.energy], []));
      expect([table.rowCount, table.columnCount]).to.deep.equal([0, 2]);
      expect(valuesOf(table.column(1))).to.deep.equal([]);
    });

    it("holds as many columns as its description has octets", () => {
      const columnCount = 300_000;
      const bytes = fromHex(`1302830493E0${"09".repeat(columnCount)}830493E0${"00".repeat(columnCount)}`);
      expect(decodeColumns(bytes).columnCount).to.equal(columnCount);
    });
  });

  describe("without rows", () => {
    it("has neither rows nor columns", () => {
      const table = decodeColumns(fromHex("0100"));
      expect([table.rowCount, table.columnCount]).to.deep.equal([0, 0]);
    });
  });

  describe("asked for what is not there", () => {
    const table = () => decodeColumns(arrayOf([[number("unsigned", 1)]]));
    for (const index of [-1, 1, 0.5, Number.NaN]) {
      it(`blames the caller for column ${index}`, () => {
        expect(() => table().column(index)).to.throw(InvariantError);
        expect(() => table().cell(0, index)).to.throw(InvariantError);
        expect(() => table().cell(index, 0)).to.throw(InvariantError);
      });
    }
  });

  describe("refuses", () => {
    const cases: readonly (readonly [name: string, hex: string, code: string])[] = [
      ["nothing", "", "truncated"],
      ["a value that is no table", "06 00000001", "bad-tag"],
      ["rows with different numbers of cells", "0102 02021101 1102 0201 1103", "bad-length"],
      ["fewer rows than announced", "0103 02011101 02011102", "truncated"],
      ["more rows than announced", "0101 02011101 02011102", "trailing-data"],
      ["octets behind an empty array", "0100 00", "trailing-data"],
      ["octets behind a compact-array", "13 02 01 11 01 07 00", "trailing-data"],
      ["more rows than there are octets", "01 84 7FFFFFFF 0201 1101", "truncated"],
      ["more cells than there are octets", "0101 02 84 7FFFFFFF 1101", "truncated"],
      ["a string longer than what is left", "0101 0201 09 84 7FFFFFFF", "truncated"],
      ["an unknown type", "0101 0201 08", "bad-tag"],
      ["many wide rows announced by a single one", `01 82 7530 02 82 7530 ${"00".repeat(30_000)} ${"00".repeat(30_000)}`, "truncated"],
      ["rows without columns in a compact-array", "13 02 00 01 00", "out-of-range"],
      [
        "a compact-array of more values than its octets warrant",
        `13 02 82 2000 ${"00".repeat(0x1fff)} 11 82 FFFF ${"00".repeat(0xffff)}`,
        "limit",
      ],
      ["cells nested too deep", `0101 0201 ${"0101".repeat(30_000)}00`, "limit"],
      ["text that is not UTF-8", "0101 0201 0C 02 C328", "out-of-range"],
    ];
    for (const [name, hex, code] of cases) {
      it(`${name}, at once`, function () {
        this.timeout(200);
        const bytes = fromHex(hex);
        expect(refusal(() => allColumns(bytes))).to.equal(code);
      });
    }
  });

  it("decodes or refuses, whatever one octet is changed to and wherever the table ends", () => {
    const cells: DlmsData[] = [
      clockCell(0, -60),
      number("double-long-unsigned", 7),
      { type: "long64", value: -5n },
      { type: "utf8-string", value: "ü" },
      { type: "bit-string", value: { length: 3, bytes: fromHex("A0") } },
    ];
    const compressed: DlmsData[] = [
      nullData,
      { type: "delta-integer", value: 1 },
      nullData,
      nullData,
      { type: "structure", value: [number("enum", 1)] },
    ];
    const samples = [
      arrayOf([cells, cells]),
      arrayOf([cells, compressed]),
      compactArrayOf(
        [reading.clock, reading.energy, { type: "array", count: 1, element: reading.voltage }],
        [
          [clockCell(0), number("double-long-unsigned", 1), { type: "array", value: [number("long-unsigned", 1)] }],
          [noTime, number("double-long-unsigned", 2), { type: "array", value: [number("long-unsigned", 2)] }],
        ],
      ),
    ];
    const options = { clockColumns: [0], capturePeriod };
    for (const bytes of samples) {
      for (let at = 0; at < bytes.length; at++) {
        expect(
          refusal(() => allColumns(bytes.slice(0, at), options)),
          `first ${at} octets`,
        ).to.not.equal(undefined);
        const original = bytes[at] as number;
        for (let octet = 0; octet < 256; octet++) {
          bytes[at] = octet;
          refusal(() => allColumns(bytes, options));
        }
        bytes[at] = original;
      }
    }
  });

  it("decodes or refuses any octets", () => {
    const beginning = fc.constantFrom(...["0102", "0103020201", "1302021112", "13020209118109"].map((hex) => [...fromHex(hex)]));
    fc.assert(
      fc.property(beginning, fc.uint8Array({ maxLength: 80 }), fc.constantFrom([], [0], undefined), (start, rest, clockColumns) => {
        refusal(() => allColumns(Uint8Array.of(...start, ...rest), { capturePeriod, ...(clockColumns && { clockColumns }) }));
      }),
      { numRuns: 2000 },
    );
  });
});
