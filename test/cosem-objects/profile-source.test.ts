import { expect } from "chai";
import fc from "fast-check";
import { ByteWriter } from "../../src/bytes/byte-writer.ts";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import type { CaptureObject } from "../../src/cosem-objects/capture-object.ts";
import type { ObjectContext } from "../../src/cosem-objects/object.ts";
import { profileBuffer, type RowSource } from "../../src/cosem-objects/profile-source.ts";
import { decodeData } from "../../src/dlms/axdr/data.ts";
import { dateTime, dateTimeToInstant, instantToDateTime, writeDateTime } from "../../src/dlms/axdr/date-time.ts";
import type { TableEncoding } from "../../src/dlms/axdr/table-writer.ts";
import type { ConformanceName } from "../../src/dlms/xdlms/conformance.ts";
import type { AccessSelection } from "../../src/dlms/xdlms/selective-access.ts";
import { plain } from "../support/vectors.ts";

const quarter = 900_000;
const start = Date.UTC(2026, 10, 1);
const clock: CaptureObject = { classId: 8, logicalName: "0.0.1.0.0.255", attribute: 2, dataIndex: 0 };
const status: CaptureObject = { classId: 1, logicalName: "0.0.96.10.1.255", attribute: 2, dataIndex: 0 };
const energy: CaptureObject = { classId: 3, logicalName: "1.0.1.8.0.255", attribute: 2, dataIndex: 0 };
const columns = [clock, status, energy];

/** The cell is the row's number, a hundred more for every column. */
function rowsAt(instants: readonly number[]): RowSource {
  return {
    rowCount: instants.length,
    instant: (row) => instants[row] as number,
    writeCell: (row, column, writer) => {
      writer.u8(0x12);
      writer.u16(row + column * 100);
    },
  };
}

const fourRows = rowsAt([0, 1, 2, 3].map((row) => start + row * quarter));

type Outcome = readonly (readonly number[])[] | string;

/** Rows of cells, or why there are none. */
function select(selection?: AccessSelection, rows = fourRows, captureObjects: readonly CaptureObject[] = columns): Outcome {
  const writer = new ByteWriter();
  const buffer = profileBuffer({
    captureObjects: () => captureObjects,
    snapshot: () => rows,
    toInstant: (time) => dateTimeToInstant(time),
  });
  const result = buffer.encode(writer, selection, {} as ObjectContext);
  if (result !== "success") {
    expect(writer.length, "a refusal writes nothing").to.equal(0);
    return String(result);
  }
  const data = plain(decodeData(writer.finish())) as { value: { value: { value: number }[] }[] };
  return data.value.map((row) => row.value.map((cell) => cell.value));
}

const rowNumbers = (outcome: Outcome) => (typeof outcome === "string" ? outcome : outcome.map((row) => row[0]));

const object = ({ classId, logicalName, attribute, dataIndex }: CaptureObject): string =>
  `020412${hex(classId, 2)}0906${toHex(Uint8Array.from(logicalName.split("."), Number))}0F${hex(attribute, 1)}12${hex(dataIndex, 2)}`;

function hex(value: number, octets: number): string {
  return value.toString(16).padStart(octets * 2, "0");
}

function time(instant: number): string {
  const writer = new ByteWriter();
  writeDateTime(writer, instantToDateTime(instant, -60));
  return `090C${toHex(writer.finish())}`;
}

const range = (from: string, to: string, selected: readonly CaptureObject[] = [], restricting = clock): AccessSelection => ({
  selector: 1,
  parameters: fromHex(`0204${object(restricting)}${from}${to}01${hex(selected.length, 1)}${selected.map(object).join("")}`),
});
const entries = (from: number, to: number, fromColumn = 1, toColumn = 0): AccessSelection => ({
  selector: 2,
  parameters: fromHex(`020406${hex(from, 4)}06${hex(to, 4)}12${hex(fromColumn, 2)}12${hex(toColumn, 2)}`),
});

describe("Profile buffer", () => {
  it("is whole without a selection, row by row", () => {
    expect(select()).to.deep.equal([
      [0, 100, 200],
      [1, 101, 201],
      [2, 102, 202],
      [3, 103, 203],
    ]);
  });

  it("is an empty array without rows", () => {
    for (const selection of [undefined, range(time(0), time(start)), entries(1, 0)])
      expect(select(selection, rowsAt([]))).to.deep.equal([]);
  });

  it("counts more rows than an octet holds", () => {
    expect(select(undefined, rowsAt(Array.from({ length: 300 }, (_, row) => row)))).to.have.length(300);
  });

  it("understands no other selector", () => {
    for (const selector of [0, 3, 255]) expect(select({ ...entries(1, 0), selector })).to.equal("scope-of-access-violated");
  });

  describe("by range", () => {
    it("includes both ends, to the hundredth of a second", () => {
      const select4 = (from: number, to: number) => rowNumbers(select(range(time(start + from), time(start + to))));
      expect(select4(0, 3 * quarter)).to.deep.equal([0, 1, 2, 3]);
      expect(select4(quarter, 2 * quarter)).to.deep.equal([1, 2]);
      expect(select4(quarter, quarter)).to.deep.equal([1]);
      expect(select4(quarter + 10, 2 * quarter - 10)).to.deep.equal([]);
      expect(select4(quarter - 10, quarter + 10)).to.deep.equal([1]);
    });

    it("is empty outside the buffer and where its ends are the wrong way round", () => {
      expect(select(range(time(0), time(start - 10)))).to.deep.equal([]);
      expect(select(range(time(start + 4 * quarter), time(start + 5 * quarter)))).to.deep.equal([]);
      expect(select(range(time(start + 2 * quarter), time(start + quarter)))).to.deep.equal([]);
      expect(select(range(time(start + 9 * quarter), time(start - 9 * quarter)))).to.deep.equal([]);
    });

    it("includes a row by its own stamp, which has no more than hundredths of a second", () => {
      const instants = [start, start + 1234, start + 1239, start + 1240];
      for (const rows of [rowsAt(instants), { ...rowsAt(instants), unordered: true }]) {
        const shown = start + 1230;
        expect(rowNumbers(select(range(time(start), time(shown)), rows))).to.deep.equal([0, 1, 2]);
        expect(rowNumbers(select(range(time(shown), time(shown)), rows))).to.deep.equal([1, 2]);
        expect(rowNumbers(select(range(time(start + 1240), time(start + 1240)), rows))).to.deep.equal([3]);
      }
    });

    it("takes every row of an instant that several share", () => {
      const rows = rowsAt([start, start + quarter, start + quarter, start + quarter, start + 2 * quarter]);
      expect(rowNumbers(select(range(time(start + quarter), time(start + quarter)), rows))).to.deep.equal([1, 2, 3]);
    });

    it("agrees with looking at every row", () => {
      const instants = fc
        .array(fc.integer({ min: 0, max: 60 }), { maxLength: 30 })
        .map((list) => list.sort((a, b) => a - b).map((n) => start + n * 1000));
      const limit = fc.integer({ min: -2, max: 62 }).map((n) => start + n * 1000);
      fc.assert(
        fc.property(instants, limit, limit, (list, from, to) => {
          const expected = list.flatMap((instant, row) => (instant >= from && instant <= to ? [row] : []));
          expect(rowNumbers(select(range(time(from), time(to)), rowsAt(list)))).to.deep.equal(expected);
        }),
      );
    });

    it("gives the columns asked for in the order they are captured", () => {
      const limits = [time(start), time(start)] as const;
      expect(select(range(...limits, [energy]))).to.deep.equal([[200]]);
      expect(select(range(...limits, [energy, clock]))).to.deep.equal([[0, 200]]);
    });

    it("refuses a column that is not captured", () => {
      const limits = [time(start), time(start)] as const;
      for (const stranger of [
        { ...energy, attribute: 3 },
        { ...energy, dataIndex: 1 },
        { ...energy, classId: 4 },
      ]) {
        expect(select(range(...limits, [stranger]))).to.equal("other-reason");
        expect(select(range(...limits, [energy, stranger]))).to.equal("other-reason");
      }
    });

    it("refuses to be restricted by anything but the clock it captures", () => {
      expect(select(range("0600000000", "0600000009", [], energy))).to.equal("other-reason");
      expect(select(range(time(start), time(start), [], { ...clock, attribute: 3 }))).to.equal("other-reason");
      expect(select(range(time(start), time(start)), fourRows, [status, energy])).to.equal("other-reason");
    });

    it("takes times without deviation, and as their own type", () => {
      const unspecified = "07EA0B01FF000000FF800000";
      expect(rowNumbers(select(range(`090C${unspecified}`, `19${unspecified}`)))).to.deep.equal([0]);
    });

    it("refuses times that name no instant", () => {
      expect(select(range("090CFFFFFFFFFFFFFFFFFF8000FF", time(start)))).to.equal("other-reason");
      expect(select(range(time(start), "090C07EA0B1FFF000000FF800000"))).to.equal("other-reason");
    });
  });

  describe("by entry", () => {
    it("counts from 1, and takes 0 for the last", () => {
      expect(rowNumbers(select(entries(1, 2)))).to.deep.equal([0, 1]);
      expect(rowNumbers(select(entries(3, 0)))).to.deep.equal([2, 3]);
      expect(select(entries(2, 2, 2, 2))).to.deep.equal([[101]]);
      expect(select(entries(2, 2, 2, 0))).to.deep.equal([[101, 201]]);
    });

    it("ends with the buffer", () => {
      expect(rowNumbers(select(entries(4, 100)))).to.deep.equal([3]);
      expect(select(entries(5, 100))).to.deep.equal([]);
      expect(select(entries(5, 0))).to.deep.equal([]);
      expect(select(entries(0xffffffff, 0xffffffff))).to.deep.equal([]);
      expect(select(entries(1, 1, 1, 100))).to.deep.equal([[0, 100, 200]]);
    });

    it("is empty where nothing lies between its ends, rows or columns", () => {
      expect(select(entries(3, 2))).to.deep.equal([]);
      expect(select(entries(1, 4, 3, 2))).to.deep.equal([]);
      expect(select(entries(1, 4, 4, 0))).to.deep.equal([]);
    });

    it("refuses entry 0 and column 0", () => {
      expect(select(entries(0, 1))).to.equal("other-reason");
      expect(select(entries(1, 1, 0, 1))).to.equal("other-reason");
    });
  });

  it("refuses parameters of another form", () => {
    const good = [range(time(start), time(start)), entries(1, 0)];
    for (const { selector, parameters } of good) {
      for (let end = 0; end < parameters.length; end++) {
        expect(select({ selector, parameters: parameters.slice(0, end) }), `first ${end} octets`).to.equal("type-unmatched");
      }
      expect(select({ selector, parameters: Uint8Array.of(...parameters, 0) })).to.equal("type-unmatched");
    }
    expect(select({ selector: 1, parameters: fromHex(`0204${object(clock)}11051105 0100`) })).to.equal("type-unmatched");
    expect(select({ selector: 1, parameters: fromHex("0200") })).to.equal("type-unmatched");
    expect(select({ selector: 2, parameters: fromHex("0204 1201 1201 1201 1201") })).to.equal("type-unmatched");
  });

  it("survives any parameters", () => {
    const parameters = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc
        .tuple(fc.constantFrom(range(time(start), time(start), [energy]), entries(1, 2)), fc.nat(), fc.nat(255))
        .map(([selection, place, octet]) => {
          const changed = selection.parameters.slice();
          changed[place % changed.length] = octet;
          return changed;
        }),
    );
    fc.assert(
      fc.property(fc.constantFrom(1, 2), parameters, (selector, octets) => {
        const outcome = select({ selector, parameters: octets });
        if (typeof outcome === "string") expect(outcome).to.be.oneOf(["type-unmatched", "other-reason"]);
      }),
      { numRuns: 500 },
    );
  });

  it("takes one snapshot for a request", () => {
    let snapshots = 0;
    const buffer = profileBuffer({
      captureObjects: () => columns,
      snapshot: () => {
        snapshots += 1;
        return fourRows;
      },
      toInstant: () => start,
    });
    buffer.encode(new ByteWriter(), undefined, {} as ObjectContext);
    expect(snapshots).to.equal(1);
  });

  describe("compressed", () => {
    /** Clock, status and energy of the selected rows as they are sent. */
    function sent(encoding: TableEncoding, selection?: AccessSelection, conformance: readonly ConformanceName[] = []): string {
      const rows: RowSource = {
        rowCount: 4,
        instant: (row) => start + row * quarter,
        writeCell: (row, column, writer) => {
          if (column === 0) return dateTime.write(writer, instantToDateTime(start + row * quarter, 0));
          writer.u8(column === 1 ? 0x11 : 0x06);
          if (column === 1) writer.u8(8);
          else writer.u32(1000 + row);
        },
      };
      const buffer = profileBuffer({
        captureObjects: () => columns,
        snapshot: () => rows,
        toInstant: (instant) => dateTimeToInstant(instant),
        compression: { encoding, capturePeriod: () => 900 },
      });
      const writer = new ByteWriter();
      const context = { association: { conformance: new Set(conformance) } } as unknown as ObjectContext;
      expect(buffer.encode(writer, selection, context)).to.equal("success");
      return toHex(writer.finish());
    }
    const clockOf = (row: number) => {
      const writer = new ByteWriter();
      dateTime.write(writer, instantToDateTime(start + row * quarter, 0));
      return toHex(writer.finish());
    };

    it("begins with a row in full, whichever it is", () => {
      expect(sent("null-compressed", entries(2, 3))).to.equal(`01020203${clockOf(1)}110806000003E90203000006000003EA`);
      expect(sent("null-compressed", range(time(start + 3 * quarter), time(start + 9 * quarter)))).to.equal(
        `01010203${clockOf(3)}110806000003EB`,
      );
    });

    it("leaves out nothing of columns selected without the clock", () => {
      const selection = range(time(start), time(start + quarter), [status, energy]);
      expect(sent("null-compressed", selection)).to.equal("01020202110806000003E80202110806000003E9");
    });

    it("sends deltas to clients that negotiated them, and to nobody else", () => {
      const selection = range(time(start), time(start + quarter), [clock, energy]);
      expect(sent("delta", selection, ["delta-value-encoding"])).to.equal(`01020202${clockOf(0)}06000003E80202001F01`);
      expect(sent("delta", selection)).to.equal(sent("null-compressed", selection));
    });

    it("describes only the selected columns of a compact-array", () => {
      expect(sent("compact-array", entries(1, 2, 2, 3))).to.equal("13020211060A08000003E808000003E9");
    });

    it("is an empty array without rows", () => {
      expect(sent("compact-array", entries(9, 0))).to.equal("0100");
    });
  });
});
