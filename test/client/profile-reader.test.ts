import { expect } from "chai";
import fc from "fast-check";
import { ByteReader } from "../../src/bytes/byte-reader.ts";
import { ByteWriter } from "../../src/bytes/byte-writer.ts";
import { fromHex } from "../../src/bytes/hex.ts";
import type { DlmsClient } from "../../src/client/dlms-client.ts";
import { type ProfileSelection, readProfile } from "../../src/client/profile-reader.ts";
import { type CaptureObject, noCaptureObject } from "../../src/cosem-objects/capture-object.ts";
import { ProfileGeneric } from "../../src/cosem-objects/classes/profile-generic.ts";
import { bind, type CosemObject, type ObjectContext } from "../../src/cosem-objects/object.ts";
import { plainValue } from "../../src/cosem-objects/plain-value.ts";
import { profileBuffer } from "../../src/cosem-objects/profile-source.ts";
import { supportedConformance } from "../../src/dlms/association/negotiation.ts";
import { writeData } from "../../src/dlms/axdr/data.ts";
import { dateTimeToInstant, instantToDateTime } from "../../src/dlms/axdr/date-time.ts";
import type { DlmsData } from "../../src/dlms/axdr/dlms-data.ts";
import type { TableEncoding } from "../../src/dlms/axdr/table-writer.ts";
import { DataAccessError, DecodeError } from "../../src/errors.ts";
import { capturePeriod, clockCell, encodings, nullData, number } from "../support/tables.ts";

const profileName = "1.0.99.1.0.255";
const start = Date.UTC(2026, 2, 28, 23);

const captured = {
  clock: { classId: 8, logicalName: "0.0.1.0.0.255", attribute: 2, dataIndex: 0 },
  status: { classId: 1, logicalName: "0.0.96.10.1.255", attribute: 2, dataIndex: 0 },
  energy: { classId: 3, logicalName: "1.0.1.8.0.255", attribute: 2, dataIndex: 0 },
  event: { classId: 4, logicalName: "1.0.1.6.0.255", attribute: 5, dataIndex: 0 },
} as const satisfies Record<string, CaptureObject>;
const objects = Object.values(captured);

interface Row {
  readonly instant: number;
  /** Clock, status, energy, event. */
  readonly cells: readonly DlmsData[];
}

const eventTime: DlmsData = { type: "octet-string", value: fromHex("07EA031DFF FFFFFFFF 8000 FF") };

/** Rows an hour around the beginning of daylight saving, with gaps, genuine nulls and a counter that rolls over. */
const generatedRows: fc.Arbitrary<readonly Row[]> = fc
  .record({
    steps: fc.array(
      fc.record({
        by: fc.oneof({ weight: 4, arbitrary: fc.constant(1) }, fc.integer({ min: 2, max: 9 })),
        status: fc.constantFrom(0, 0, 8),
        energy: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 2 ** 32 - 1 })),
        event: fc.constantFrom(eventTime, eventTime, nullData),
      }),
      { maxLength: 20 },
    ),
    events: fc.boolean(),
  })
  .map(({ steps, events }) => {
    let instant = start;
    let energy = 2 ** 32 - 500;
    return steps.map(({ by, status, energy: more, event }): Row => {
      instant += by * capturePeriod;
      energy = (energy + more) % 2 ** 32;
      const deviation = instant < Date.UTC(2026, 2, 29, 1) ? -60 : -120;
      return {
        instant,
        cells: [
          clockCell(instant, deviation),
          number("unsigned", status),
          number("double-long-unsigned", energy),
          events ? event : nullData,
        ],
      };
    });
  });

function profileOf(rows: readonly Row[], encoding: TableEncoding): CosemObject {
  return bind(ProfileGeneric, {
    logicalName: profileName,
    attributes: {
      buffer: profileBuffer({
        captureObjects: () => objects,
        snapshot: () => ({
          rowCount: rows.length,
          instant: (row) => rows[row]?.instant ?? Number.NaN,
          writeCell: (row, column, writer) => writeData(writer, rows[row]?.cells[column] as DlmsData),
        }),
        toInstant: (time) => dateTimeToInstant(time),
        compression: { encoding, capturePeriod: () => capturePeriod / 1000 },
      }),
      captureObjects: objects,
      capturePeriod: capturePeriod / 1000,
      sortMethod: "fifo",
      sortObject: noCaptureObject,
      entriesInUse: rows.length,
      profileEntries: 100,
    },
  });
}

/** A client of this object alone, without association. */
function clientOf(object: CosemObject): Pick<DlmsClient, "get" | "getRaw" | "getManyRaw"> {
  const association = { conformance: supportedConformance };
  const getRaw: DlmsClient["getRaw"] = async ({ attribute, selection }) => {
    const writer = new ByteWriter();
    const result = object.read(attribute, writer, selection, { association } as unknown as ObjectContext);
    if (result !== "success") throw new DataAccessError(String(result), String(result));
    return writer.finish();
  };
  const get = async (cosemClass: typeof ProfileGeneric, logicalName: string, attribute: keyof typeof ProfileGeneric.attributes) => {
    const { id, schema } = cosemClass.attributes[attribute];
    return schema.read(
      new ByteReader(await getRaw({ classId: cosemClass.classId, logicalName: logicalName as "1.0.99.1.0.255", attribute: id })),
    );
  };
  const getManyRaw: DlmsClient["getManyRaw"] = (addresses) => Promise.all(addresses.map((address) => getRaw(address)));
  return { get: get as DlmsClient["get"], getRaw, getManyRaw };
}

const noScalers = { scalersOf: () => Promise.resolve([]) };

async function read(object: CosemObject, selection: ProfileSelection) {
  const table = await readProfile(clientOf(object), noScalers, profileName, selection);
  return {
    columns: table.columns.map(({ logicalName }) => logicalName),
    rows: Array.from({ length: table.rowCount }, (_, row) => table.row(row)),
  };
}

const at = (row: number) => instantToDateTime(start + row * capturePeriod, 0);

/** A selection, and the rows and columns that it means. */
interface Selected {
  readonly selection: ProfileSelection;
  readonly rows: (rows: readonly Row[]) => readonly Row[];
  readonly columns: readonly number[];
}

const all = [0, 1, 2, 3];
const selections: readonly Selected[] = [
  { selection: { kind: "all" }, rows: (rows) => rows, columns: all },
  { selection: { kind: "last", count: 3 }, rows: (rows) => rows.slice(-3), columns: all },
  { selection: { kind: "entries", from: 2, to: 5 }, rows: (rows) => rows.slice(1, 5), columns: all },
  { selection: { kind: "entries", from: 3, to: 0, columns: { from: 2, to: 3 } }, rows: (rows) => rows.slice(2), columns: [1, 2] },
  { selection: { kind: "last", count: 4, columns: { from: 2, to: 0 } }, rows: (rows) => rows.slice(-4), columns: [1, 2, 3] },
  {
    selection: { kind: "range", from: at(4), to: at(15) },
    rows: (rows) => rows.filter(({ instant }) => instant >= start + 4 * capturePeriod && instant <= start + 15 * capturePeriod),
    columns: all,
  },
  {
    selection: { kind: "range", from: at(0), to: at(1000), columns: [captured.event, captured.energy] },
    rows: (rows) => rows,
    columns: [2, 3],
  },
  {
    selection: { kind: "range", from: at(0), to: at(1000), columns: [captured.energy, captured.clock] },
    rows: (rows) => rows,
    columns: [0, 2],
  },
];

describe("readProfile", () => {
  for (const encoding of encodings) {
    it(`gives the rows that were captured, whatever is selected of them, ${encoding}`, async () => {
      await fc.assert(
        fc.asyncProperty(generatedRows, fc.constantFrom(...selections), async (rows, { selection, rows: rowsOf, columns }) => {
          expect(await read(profileOf(rows, encoding), selection)).to.deep.equal({
            columns: columns.map((column) => objects[column]?.logicalName),
            rows: rowsOf(rows).map(({ cells }) => columns.map((column) => plainValue(cells[column] as DlmsData))),
          });
        }),
        { numRuns: 150 },
      );
    });
  }

  it("tells a genuine null from a value left out", async () => {
    const rows = [0, 1, 2].map(
      (row): Row => ({
        instant: start + row * capturePeriod,
        cells: [clockCell(start + row * capturePeriod), number("unsigned", 8), row === 1 ? nullData : number("long", 5), nullData],
      }),
    );
    for (const encoding of encodings) {
      const { rows: values } = await read(profileOf(rows, encoding), { kind: "all" });
      expect(values.map(([, ...others]) => others)).to.deep.equal([
        [8, 5, null],
        [8, null, null],
        [8, 5, null],
      ]);
    }
  });

  it("refuses rows of other columns than were asked for", async () => {
    const profile = profileOf([{ instant: start, cells: [clockCell(start), nullData, nullData, nullData] }], "plain");
    const client = clientOf(profile);
    const short = { ...client, getRaw: () => Promise.resolve(fromHex("0101 0202 1101 1102")) };
    const failure = await readProfile(short, noScalers, profileName, { kind: "all" }).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(DecodeError).with.property("code", "bad-length");
  });

  it("has no range of times without a clock among the columns", async () => {
    const client = clientOf(profileOf([], "plain"));
    const clockless = {
      ...client,
      getManyRaw: async (addresses: Parameters<DlmsClient["getManyRaw"]>[0]) => {
        const [, period = new Uint8Array()] = await client.getManyRaw(addresses);
        const writer = new ByteWriter();
        ProfileGeneric.attributes.captureObjects.schema.write(writer, [captured.energy]);
        return [writer.finish(), period];
      },
    };
    const failure = await readProfile(clockless, noScalers, profileName, { kind: "range", from: at(0), to: at(1) }).catch(
      (error: unknown) => error,
    );
    expect(failure).to.be.instanceOf(DataAccessError);
  });
});
