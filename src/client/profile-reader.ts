import { ByteWriter } from "../bytes/byte-writer.ts";
import { type CaptureObject, isClockTime, sameCaptureObject } from "../cosem-objects/capture-object.ts";
import { ProfileGeneric } from "../cosem-objects/classes/profile-generic.ts";
import type { LogicalName } from "../cosem-objects/logical-name.ts";
import { entryDescriptor, profileSelector, rangeDescriptor } from "../cosem-objects/profile-selection.ts";
import { type ProfileDescription, ProfileTable } from "../cosem-objects/profile-table.ts";
import type { CosemDateTime } from "../dlms/axdr/date-time.ts";
import type { Schema } from "../dlms/axdr/schema.ts";
import type { AccessSelection } from "../dlms/xdlms/selective-access.ts";
import { DataAccessError } from "../errors.ts";
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

/** What reading a profile needs of a client. */
type ProfileClient = Pick<DlmsClient, "get" | "getRaw">;

const allColumns: ColumnSpan = { from: 1, to: 0 };

/**
 * Reads what is to be known of a profile before its rows: period, columns, their scalers and units.
 * @throws DataAccessError where the meter refuses
 */
export async function describeProfile(
  client: ProfileClient,
  reader: Pick<ObjectReader, "scalerOf">,
  logicalName: LogicalName,
): Promise<ProfileDescription> {
  const captureObjects = await client.get(ProfileGeneric, logicalName, "captureObjects");
  const capturePeriod = await client.get(ProfileGeneric, logicalName, "capturePeriod");
  const scalerUnits = [];
  for (const object of captureObjects) scalerUnits.push(await reader.scalerOf(object));
  return { logicalName, capturePeriod, captureObjects, scalerUnits };
}

/**
 * Reads a profile with the names, scalers and units of its columns, whatever encoding the meter sends it in.
 * @throws DataAccessError where the meter refuses, DecodeError for a buffer of other columns
 */
export async function readProfile(
  client: ProfileClient,
  reader: Pick<ObjectReader, "scalerOf">,
  logicalName: LogicalName,
  selection: ProfileSelection,
  onProgress?: ProgressListener,
): Promise<ProfileTable> {
  const captured = await client.get(ProfileGeneric, logicalName, "captureObjects");
  const capturePeriod = await client.get(ProfileGeneric, logicalName, "capturePeriod");
  const objects = selectedObjects(captured, selection);
  const scalerUnits = [];
  for (const object of objects) scalerUnits.push(await reader.scalerOf(object));
  const address = await rowsAddress(client, { logicalName, captureObjects: captured }, selection);
  const buffer = await client.getRaw(address, onProgress);
  return new ProfileTable({ logicalName, capturePeriod, captureObjects: objects, scalerUnits }, buffer);
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
