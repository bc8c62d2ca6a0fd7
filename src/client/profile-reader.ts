import { ByteReader } from "../bytes/byte-reader.ts";
import { ByteWriter } from "../bytes/byte-writer.ts";
import { type CaptureObject, isClockTime, sameCaptureObject } from "../cosem-objects/capture-object.ts";
import { ProfileGeneric } from "../cosem-objects/classes/profile-generic.ts";
import type { LogicalName } from "../cosem-objects/logical-name.ts";
import { entryDescriptor, profileSelector, rangeDescriptor } from "../cosem-objects/profile-selection.ts";
import { type ProfileDescription, ProfileTable } from "../cosem-objects/profile-table.ts";
import type { CosemDateTime } from "../dlms/axdr/date-time.ts";
import type { Schema } from "../dlms/axdr/schema.ts";
import type { AccessSelection } from "../dlms/xdlms/selective-access.ts";
import { DataAccessError, InvariantError } from "../errors.ts";
import type { ProgressListener } from "./association.ts";
import type { AttributeAddress, DlmsClient } from "./dlms-client.ts";
import type { ObjectReader } from "./object-reader.ts";

/** Columns by number from 1, both included; 0 is the last. */
export interface ColumnSpan {
  readonly from: number;
  readonly to: number;
}

/**
 * Which rows: all, those stamped within a range (inclusive), the last ones, or entries by number from 1 (0 is the last);
 * and which columns of them, all unless said. A range takes any columns, which come in the order of their capture.
 */
export type ProfileSelection =
  | { readonly kind: "all" }
  | { readonly kind: "range"; readonly from: CosemDateTime; readonly to: CosemDateTime; readonly columns?: readonly CaptureObject[] }
  | { readonly kind: "last"; readonly count: number; readonly columns?: ColumnSpan }
  | { readonly kind: "entries"; readonly from: number; readonly to: number; readonly columns?: ColumnSpan };

const bufferAttribute = ProfileGeneric.attributes.buffer.id;

/** What reading profiles needs of a client. */
export type ProfileClient = Pick<DlmsClient, "get" | "getRaw" | "getManyRaw">;
/** What reading profiles needs of who knows scalers and units. */
export type Scalers = Pick<ObjectReader, "scalersOf">;

const allColumns: ColumnSpan = { from: 1, to: 0 };

/** A profile, and which of its rows. */
export interface WantedProfile {
  readonly logicalName: LogicalName;
  readonly selection: ProfileSelection;
}

/**
 * Reads what is to be known of profiles before their rows: periods, columns, their scalers and units.
 * @throws DataAccessError where the meter refuses
 */
export async function describeProfiles(
  client: Pick<ProfileClient, "getManyRaw">,
  reader: Scalers,
  logicalNames: readonly LogicalName[],
): Promise<readonly ProfileDescription[]> {
  const { classId, attributes } = ProfileGeneric;
  const { captureObjects, capturePeriod } = attributes;
  const values = await client.getManyRaw(
    logicalNames.flatMap((logicalName) => [captureObjects, capturePeriod].map(({ id }) => ({ classId, logicalName, attribute: id }))),
  );
  const value = <T>(schema: Schema<T>, index: number): T => schema.read(new ByteReader(values[index] ?? new Uint8Array()));
  const profiles = logicalNames.map((logicalName, index) => ({
    logicalName,
    captureObjects: value(captureObjects.schema, 2 * index),
    capturePeriod: value(capturePeriod.schema, 2 * index + 1),
  }));
  const scalers = await reader.scalersOf(profiles.flatMap((profile) => profile.captureObjects));
  let columns = 0;
  return profiles.map((profile) => {
    const begin = columns;
    columns += profile.captureObjects.length;
    return { ...profile, scalerUnits: scalers.slice(begin, columns) };
  });
}

/**
 * Reads a profile with the names, scalers and units of its columns, whatever encoding the meter sends it in.
 * @throws DataAccessError where the meter refuses, DecodeError for a buffer of other columns
 */
export async function readProfile(
  client: ProfileClient,
  reader: Scalers,
  logicalName: LogicalName,
  selection: ProfileSelection,
  onProgress?: ProgressListener,
): Promise<ProfileTable> {
  const [profile] = await describeProfiles(client, reader, [logicalName]);
  if (profile === undefined) throw new InvariantError("a profile without description");
  const buffer = await client.getRaw(await rowsAddress(client, profile, selection), onProgress);
  return new ProfileTable(selectedColumns(profile, selection), buffer);
}

/**
 * Reads several profiles in as few round trips as the meter allows: what describes them together, then their rows together.
 * @throws DataAccessError where the meter refuses, DecodeError for a buffer of other columns
 */
export async function readProfiles(
  client: ProfileClient,
  reader: Scalers,
  wanted: readonly WantedProfile[],
): Promise<readonly ProfileTable[]> {
  const profiles = await describeProfiles(
    client,
    reader,
    wanted.map(({ logicalName }) => logicalName),
  );
  const addresses: AttributeAddress[] = [];
  for (const [index, { selection }] of wanted.entries()) {
    addresses.push(await rowsAddress(client, profiles[index] as ProfileDescription, selection));
  }
  const buffers = await client.getManyRaw(addresses);
  return wanted.map(
    ({ selection }, index) =>
      new ProfileTable(selectedColumns(profiles[index] as ProfileDescription, selection), buffers[index] ?? new Uint8Array()),
  );
}

/**
 * Where the selected rows of a profile are read, for a GET or as part of a list.
 * @throws DataAccessError where the meter refuses, or captures no clock for a range
 */
export async function rowsAddress(
  client: Pick<ProfileClient, "get">,
  { logicalName, captureObjects }: Pick<ProfileDescription, "logicalName" | "captureObjects">,
  selection: ProfileSelection,
): Promise<AttributeAddress> {
  const access = await accessSelection(client, logicalName, captureObjects, selection);
  return { classId: ProfileGeneric.classId, logicalName, attribute: bufferAttribute, selection: access };
}

/** The columns that come, in their order. */
function selectedColumns(profile: ProfileDescription, selection: ProfileSelection): ProfileDescription {
  const { captureObjects, scalerUnits } = profile;
  const selected = new Set(selectedObjects(captureObjects, selection));
  const places = captureObjects.flatMap((object, index) => (selected.has(object) ? [index] : []));
  return {
    ...profile,
    captureObjects: captureObjects.filter((object) => selected.has(object)),
    scalerUnits: places.map((index) => scalerUnits[index]),
  };
}

function selectedObjects(captured: readonly CaptureObject[], selection: ProfileSelection): readonly CaptureObject[] {
  if (selection.kind === "all" || selection.columns === undefined) return captured;
  if (selection.kind !== "range")
    return captured.slice(selection.columns.from - 1, selection.columns.to === 0 ? undefined : selection.columns.to);
  const { columns } = selection;
  return columns.length === 0 ? captured : captured.filter((object) => columns.some((column) => sameCaptureObject(column, object)));
}

async function accessSelection(
  client: Pick<ProfileClient, "get">,
  logicalName: LogicalName,
  captured: readonly CaptureObject[],
  selection: ProfileSelection,
): Promise<AccessSelection | undefined> {
  switch (selection.kind) {
    case "all":
      return undefined;
    case "range":
      return selected(profileSelector.range, rangeDescriptor, {
        restrictingObject: clockOf(captured, logicalName),
        fromValue: selection.from,
        toValue: selection.to,
        selectedValues: selection.columns ?? [],
      });
    case "entries":
      return entries(selection.from, selection.to, selection.columns);
    case "last": {
      const inUse = await client.get(ProfileGeneric, logicalName, "entriesInUse");
      return entries(Math.max(1, inUse - selection.count + 1), 0, selection.columns);
    }
  }
}

function entries(from: number, to: number, columns = allColumns): AccessSelection {
  return selected(profileSelector.entry, entryDescriptor, {
    fromEntry: from,
    toEntry: to,
    fromSelectedValue: columns.from,
    toSelectedValue: columns.to,
  });
}

/** The clock among the captured objects: where it stands differs (Green Book pitfall 18). */
function clockOf(objects: readonly CaptureObject[], logicalName: LogicalName): CaptureObject {
  const clock = objects.find(isClockTime);
  if (clock === undefined) {
    throw new DataAccessError("other-reason", `${logicalName} captures no clock, so it has no range of times`, {
      hint: "select with --last or --entries",
    });
  }
  return clock;
}

function selected<T>(selector: number, schema: Schema<T>, value: T): AccessSelection {
  const writer = new ByteWriter(64);
  schema.write(writer, value);
  return { selector, parameters: writer.finish() };
}
