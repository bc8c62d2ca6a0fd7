import { expect } from "chai";
import { toHex } from "../../../src/bytes/hex.ts";
import type { DlmsData } from "../../../src/dlms/axdr/dlms-data.ts";
import type { TableEncoding } from "../../../src/dlms/axdr/table-writer.ts";
import { capturePeriod, clockCell, encodings, nullData, number, writtenTable } from "../../support/tables.ts";

const start = Date.UTC(2024, 5, 15, 18);

/** What is written, in hex, of rows whose first column is the clock. */
function written(
  rows: readonly (readonly DlmsData[])[],
  encoding: TableEncoding,
  options: { clocks?: number[]; period?: number } = {},
): string {
  const { clocks = [0], period = capturePeriod } = options;
  return toHex(writtenTable(rows, rows[0]?.length ?? 0, { encoding, clockColumns: clocks, capturePeriod: period }));
}

const time = (row: number, deviation = -120): DlmsData => clockCell(start + row * capturePeriod, deviation);
const hex = (text: string) => text.replaceAll(" ", "");
/** The times of the first rows as they are in full. */
const times = ["07E8060F06140000 00FF8800", "07E8060F06140F00 00FF8800", "07E8060F06141E00 00FF8800"].map(hex);

const rows: readonly DlmsData[][] = [
  [time(0), number("unsigned", 8), number("double-long-unsigned", 1000)],
  [time(1), number("unsigned", 8), number("double-long-unsigned", 1250)],
  [time(2), number("unsigned", 9), number("double-long-unsigned", 1250)],
];

describe("writeTable", () => {
  it("writes plain rows in full", () => {
    expect(written(rows, "plain")).to.equal(
      hex(`0103 0203 090C${times[0]} 1108 06000003E8 0203 090C${times[1]} 1108 06000004E2 0203 090C${times[2]} 1109 06000004E2`),
    );
  });

  it("leaves out times that follow and values that repeat (Blue Book 4.3.6)", () => {
    expect(written(rows, "null-compressed")).to.equal(
      hex(`0103 0203 090C${times[0]} 1108 06000003E8 0203 00 00 06000004E2 0203 00 1109 00`),
    );
  });

  it("sends integers that changed as narrow deltas (Green Book 9.5)", () => {
    expect(written(rows, "delta")).to.equal(hex(`0103 0203 090C${times[0]} 1108 06000003E8 0203 00 00 1FFA 0203 00 1109 00`));
  });

  it("writes the types of a compact-array once (Green Book 9.5)", () => {
    expect(written(rows, "compact-array")).to.equal(
      hex(`13 0203091106 36 0C${times[0]} 08 000003E8 0C${times[1]} 08 000004E2 0C${times[2]} 09 000004E2`),
    );
  });

  it("makes a time left out of a compact-array an empty octet-string", () => {
    expect(written(rows, "null-compressed-compact-array")).to.equal(
      hex(`13 0203091106 1E 0C${times[0]} 08 000003E8 00 08 000004E2 00 09 000004E2`),
    );
  });

  describe("leaves out no time", () => {
    const everyTime = (list: readonly DlmsData[], options = {}) => {
      const table = list.map((cell) => [cell]);
      for (const encoding of encodings.filter((name) => !name.includes("compact")))
        expect(written(table, encoding, options), encoding).to.equal(written(table, "plain"));
    };

    it("behind a gap, nor of a row captured in between", () => {
      everyTime([time(0), time(2), time(2.5)]);
    });

    it("where the same time comes twice", () => {
      everyTime([time(0), time(0)]);
    });

    it("where daylight saving begins or ends, though the rows are consecutive", () => {
      everyTime([time(0, -60), time(1, -120), time(2, -60)]);
    });

    it("where the status of the clock changes", () => {
      const invalid = (time(1).value as Uint8Array).slice();
      invalid[11] = 1;
      everyTime([time(0), { type: "octet-string", value: invalid }, time(2)]);
    });

    it("of a profile that is captured on request", () => {
      everyTime([time(0), time(1)], { period: 0 });
    });

    it("of a column that is no clock", () => {
      everyTime([time(0), time(1)], { clocks: [] });
    });
  });

  describe("repeats no value by null-data", () => {
    it("without a time left out beside it, since a reader could not tell it from a genuine null", () => {
      const table = [
        [time(0), number("long", 5)],
        [time(2), number("long", 5)],
      ];
      expect(written(table, "null-compressed")).to.equal(written(table, "plain"));
      expect(written(table, "delta")).to.equal(written(table, "plain").replace(/100005$/, "1F00"));
    });

    it("in a table with a value that is null itself", () => {
      const table = [
        [time(0), number("long", 5), number("long", 5)],
        [time(1), nullData, number("long", 5)],
      ];
      expect(written(table, "null-compressed")).to.equal(written(table, "plain"));
    });
  });

  describe("chooses the delta", () => {
    const second = (type: "long" | "double-long" | "double-long-unsigned" | "unsigned", first: number, next: number) =>
      written([[number(type, first)], [number(type, next)]], "delta", { clocks: [] }).slice(
        written([[number(type, first)]], "delta").length + 4,
      );
    const second64 = (first: bigint, next: bigint) =>
      written([[{ type: "long64-unsigned", value: first }], [{ type: "long64-unsigned", value: next }]], "delta", { clocks: [] }).slice(
        -18,
      );

    it("by the octets it takes, signed only where it is negative", () => {
      expect(second("double-long", 0, 255)).to.equal("1FFF");
      expect(second("double-long", 0, 256)).to.equal("200100");
      expect(second("double-long", 0, -128)).to.equal("1C80");
      expect(second("double-long", 0, -129)).to.equal("1DFF7F");
      expect(second("double-long", 0, -32768)).to.equal("1D8000");
    });

    it("or the value in full, where no delta is shorter", () => {
      expect(second("double-long", 0, 65536)).to.equal("0500010000");
      expect(second("double-long", 0, -32769)).to.equal("05FFFF7FFF");
      expect(second("long", 0, 256)).to.equal("100100");
      expect(second("unsigned", 1, 2)).to.equal("1102");
    });

    it("never for a counter that rolled over by more than a delta holds", () => {
      expect(second("double-long-unsigned", 0xffffffff, 0)).to.equal("0600000000");
    });

    it("for integers of 64 bits up to 32 bits", () => {
      expect(second64(2n ** 63n, 2n ** 63n + 2n ** 32n - 1n)).to.match(/21FFFFFFFF$/);
      expect(second64(2n ** 63n, 2n ** 63n - 2n ** 31n)).to.match(/1E80000000$/);
      expect(second64(2n ** 63n, 2n ** 63n + 2n ** 32n)).to.equal("158000000100000000");
    });
  });

  it("writes an array in full where a column of a compact-array would have several types, or none any octets", () => {
    const mixed = [[number("unsigned", 1)], [number("long", 1)]];
    const empty = [[nullData], [nullData]];
    const nested: DlmsData[][] = [[{ type: "array", value: [nullData] }], [{ type: "array", value: [] }]];
    for (const table of [mixed, empty, nested]) expect(written(table, "compact-array")).to.equal(written(table, "plain"));
  });

  it("describes arrays and structures inside the rows of a compact-array", () => {
    const cell = (value: number): DlmsData => ({
      type: "structure",
      value: [number("unsigned", value), { type: "array", value: [number("long", 1), number("long", value)] }],
    });
    expect(written([[cell(7)], [cell(8)]], "compact-array")).to.equal(hex("13 0201 0202 11 01000210 0A 07 0001 0007 08 0001 0008"));
  });

  it("writes an empty array for a table without rows, whatever the encoding", () => {
    for (const encoding of encodings) expect(written([], encoding)).to.equal("0100");
  });
});
