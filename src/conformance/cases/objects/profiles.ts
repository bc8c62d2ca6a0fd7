import { ByteReader } from "../../../bytes/byte-reader.ts";
import { ByteWriter } from "../../../bytes/byte-writer.ts";
import { fromHex, toHex } from "../../../bytes/hex.ts";
import type { DlmsClient } from "../../../client/dlms-client.ts";
import { type CaptureObject, isClockTime } from "../../../cosem-objects/capture-object.ts";
import { ProfileGeneric } from "../../../cosem-objects/classes/profile-generic.ts";
import type { LogicalName } from "../../../cosem-objects/logical-name.ts";
import { entryDescriptor, profileSelector, rangeDescriptor } from "../../../cosem-objects/profile-selection.ts";
import { decodeData, encodeData } from "../../../dlms/axdr/data.ts";
import { type CosemDateTime, dateTime } from "../../../dlms/axdr/date-time.ts";
import type { DlmsData } from "../../../dlms/axdr/dlms-data.ts";
import { DataAccessError, DecodeError } from "../../../errors.ts";
import type { ConformanceCase, Subtest } from "../../case.ts";
import type { Tester } from "../../tester.ts";
import { inapplicable, must, VerdictError } from "../../verdict.ts";
import { forAssociations, surveyOf, told } from "./survey.ts";

/** A profile that is worth selecting from (ATS_AL 7.3.4.3): enough rows to cut, and not so many that they take hours. */
const fewestRows = 5;
const mostRows = 1000;

type Cells = readonly string[];

/** A profile with all its rows, as each cell's octets. */
interface Profile {
  readonly client: DlmsClient;
  readonly logicalName: LogicalName;
  readonly rows: readonly Cells[];
  readonly columns: number;
  /** Index of the column of a clock's time; none where there is none, or its stamps cannot be told. */
  readonly clock: number | undefined;
  readonly captureObjects: readonly CaptureObject[];
}

/** Selective access to profiles (ATS_AL 7.3.4). */
export const profileCases: readonly ConformanceCase[] = [
  {
    id: "COSEM_RANGE_ACCESS",
    title: "selective access by range",
    group: "objects",
    source: "ATS_AL 7.3.4.3; Blue Book 4.3.6",
    subtests: forProfiles("all rows, none outside, a part, and a part of two columns", async (profile) => {
      const { rows, clock, columns } = profile;
      if (clock === undefined || columns < 2) return inapplicable("has no column of a clock, or no other");
      const stamps = rows.map((cells) => stampIn(cells[clock]));
      const [first, last] = [stamps[0], stamps.at(-1)];
      const [second, fourth] = [stamps[1], stamps[3]];
      if (first === undefined || last === undefined || second === undefined || fourth === undefined) {
        return inapplicable("has rows with incomplete stamps, as in an encoding that leaves out what repeats");
      }
      const ordered = keyOf(first) <= keyOf(second) && keyOf(second) <= keyOf(fourth) && keyOf(fourth) <= keyOf(last);
      if (!ordered) return inapplicable("has rows that are not in the order of their stamps");
      const all = await byRange(profile, first, last, []);
      must(all.length >= rows.length, `of ${rows.length} rows a range from the first to the last has ${all.length}`);
      const outside = await byRangeOrRefusal(profile, { ...first, year: 2001 }, { ...last, year: 2001 });
      must(outside.length === 0, `a range in 2001 has ${outside.length} rows`);
      // Rows may share a stamp: then more than three belong to the part.
      const inPart = rows.filter((_, index) => {
        const stamp = stamps[index];
        return stamp !== undefined && keyOf(stamp) >= keyOf(second) && keyOf(stamp) <= keyOf(fourth);
      });
      const part = await byRange(profile, second, fourth, []);
      must(sameRows(part, inPart), `a range from row 2 to row 4 has ${part.length} rows of ${inPart.length}, or others`);
      const others = profile.captureObjects.map((_, index) => index).filter((index) => index !== clock);
      const chosen = [clock, others[0] as number].sort((a, b) => a - b);
      const narrow = await byRange(profile, second, fourth, chosen);
      const expected = inPart.map((cells) => chosen.map((index) => cells[index] as string));
      must(sameRows(narrow, expected), `two columns of a range have ${narrow[0]?.length ?? 0} columns in ${narrow.length} rows, or others`);
    }),
  },
  {
    id: "COSEM_ENTRY_ACCESS",
    title: "selective access by entry",
    group: "objects",
    source: "ATS_AL 7.3.4.4; Blue Book 4.3.6",
    subtests: forProfiles("one cell, everything by 0 for the last, and a part", async (profile) => {
      const { rows, columns } = profile;
      const cell = await byEntry(profile, [1, 1], [1, 1]);
      must(
        sameRows(cell, [[rows[0]?.[0] as string]]),
        `entry 1, column 1 has ${cell[0]?.length ?? 0} cells in ${cell.length} rows, or another`,
      );
      const all = await byEntry(profile, [1, 0], [1, 0]);
      must(
        all.length >= rows.length && sameRows(all.slice(0, rows.length), rows),
        `entries 1 to 0 have ${all.length} rows of ${rows.length}, or others`,
      );
      const part = await byEntry(profile, [2, 4], [1, columns]);
      must(sameRows(part, rows.slice(1, 4)), `entries 2 to 4 have ${part.length} rows, or others`);
    }),
  },
];

/** A subtest for each association, about all profiles that it lets be read; inapplicable where none can be cut. */
function forProfiles(title: string, run: (profile: Profile) => Promise<void>): (tester: Tester) => Promise<readonly Subtest[]> {
  return forAssociations(title, async (tester, association) => {
    const { objects } = await surveyOf(tester, association);
    const client = await tester.client(association);
    const faults: string[] = [];
    const reasons: string[] = [];
    let tried = 0;
    for (const { classId, logicalName, accessRights } of objects) {
      const buffer = accessRights.attributeAccess.find(({ attributeId }) => attributeId === ProfileGeneric.attributes.buffer.id);
      if (classId !== ProfileGeneric.classId || !String(buffer?.accessMode).includes("read")) continue;
      try {
        await run(await profileOf(client, logicalName));
        tried += 1;
      } catch (error) {
        const fault = `${logicalName} ${error instanceof Error ? error.message : ""}`;
        if (error instanceof VerdictError && error.verdict === "inapplicable") reasons.push(fault);
        else if (error instanceof VerdictError || error instanceof DataAccessError || error instanceof DecodeError) faults.push(fault);
        else throw error;
      }
    }
    must(faults.length === 0, told(faults));
    if (tried === 0) inapplicable(reasons.length === 0 ? "the association lets no profile be read" : told(reasons));
  });
}

async function profileOf(client: DlmsClient, logicalName: LogicalName): Promise<Profile> {
  const inUse = await client.get(ProfileGeneric, logicalName, "entriesInUse");
  const available = await client.get(ProfileGeneric, logicalName, "profileEntries");
  must(inUse <= available, `${inUse} entries are in use of ${available}`);
  if (inUse < fewestRows) inapplicable(`has ${inUse} rows, and ${fewestRows} are needed`);
  if (inUse > mostRows) inapplicable(`has ${inUse} rows, more than the ${mostRows} that are read`);
  const captureObjects = await client.get(ProfileGeneric, logicalName, "captureObjects");
  const rows = rowsIn(await client.getRaw(bufferOf(logicalName)));
  if (rows === undefined) return inapplicable("has rows in an encoding that cannot be compared cell by cell");
  for (const cells of rows)
    must(cells.length === captureObjects.length, `has a row of ${cells.length} cells for ${captureObjects.length} columns`);
  const clock = captureObjects.findIndex(isClockTime);
  return { client, logicalName, rows, columns: captureObjects.length, clock: clock < 0 ? undefined : clock, captureObjects };
}

const bufferOf = (logicalName: LogicalName) => ({
  classId: ProfileGeneric.classId,
  logicalName,
  attribute: ProfileGeneric.attributes.buffer.id,
});

/** Undefined for a compact array. */
function rowsIn(octets: Uint8Array): readonly Cells[] | undefined {
  const data: DlmsData = decodeData(octets);
  if (data.type !== "array") return undefined;
  return data.value.map((row) => (row.type === "structure" ? row.value.map((cell) => toHex(encodeData(cell))) : []));
}

async function select({ client, logicalName }: Profile, selector: number, write: (writer: ByteWriter) => void): Promise<readonly Cells[]> {
  const writer = new ByteWriter();
  write(writer);
  const rows = rowsIn(await client.getRaw({ ...bufferOf(logicalName), selection: { selector, parameters: writer.finish() } }));
  return rows ?? inapplicable("has rows in an encoding that cannot be compared cell by cell");
}

/** @param columns by index; none for all */
function byRange(profile: Profile, from: CosemDateTime, to: CosemDateTime, columns: readonly number[]): Promise<readonly Cells[]> {
  const { captureObjects, clock = 0 } = profile;
  const restrictingObject = captureObjects[clock] as CaptureObject;
  const selectedValues = columns.map((index) => captureObjects[index] as CaptureObject);
  return select(profile, profileSelector.range, (writer) =>
    rangeDescriptor.write(writer, { restrictingObject, fromValue: from, toValue: to, selectedValues }),
  );
}

/** Some devices refuse a range without rows; that is lawful (ATS_AL 7.3.4.3). */
async function byRangeOrRefusal(profile: Profile, from: CosemDateTime, to: CosemDateTime): Promise<readonly Cells[]> {
  try {
    return await byRange(profile, from, to, []);
  } catch (error) {
    if (error instanceof DataAccessError) return [];
    throw error;
  }
}

function byEntry(
  profile: Profile,
  [fromEntry, toEntry]: readonly [number, number],
  [from, to]: readonly [number, number],
): Promise<readonly Cells[]> {
  return select(profile, profileSelector.entry, (writer) =>
    entryDescriptor.write(writer, { fromEntry, toEntry, fromSelectedValue: from, toSelectedValue: to }),
  );
}

function sameRows(one: readonly Cells[], other: readonly Cells[]): boolean {
  return one.length === other.length && one.every((cells, index) => cells.join() === other[index]?.join());
}

/** The date-time in a cell; undefined for anything else, and for one with parts left open. */
function stampIn(cell: string | undefined): CosemDateTime | undefined {
  if (cell === undefined) return undefined;
  try {
    const value = dateTime.read(new ByteReader(fromHex(cell)));
    return value.year === undefined ? undefined : value;
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

/** What orders stamps of one zone. */
function keyOf({ year, month, dayOfMonth, hour, minute, second, hundredths }: CosemDateTime): string {
  return [year, month, dayOfMonth, hour, minute, second, hundredths].map((part) => String(part ?? 0).padStart(4, "0")).join();
}
