import { ByteWriter } from "../bytes/byte-writer.ts";
import type { CaptureObject } from "../cosem-objects/capture-object.ts";
import { ProfileGeneric } from "../cosem-objects/classes/profile-generic.ts";
import type { LogicalName } from "../cosem-objects/logical-name.ts";
import { entryDescriptor, profileSelector, rangeDescriptor } from "../cosem-objects/profile-selection.ts";
import { ProfileTable } from "../cosem-objects/profile-table.ts";
import type { CosemDateTime } from "../dlms/axdr/date-time.ts";
import type { Schema } from "../dlms/axdr/schema.ts";
import type { AccessSelection } from "../dlms/xdlms/selective-access.ts";
import { DataAccessError } from "../errors.ts";
import type { ProgressListener } from "./association.ts";
import type { DlmsClient } from "./dlms-client.ts";
import type { ObjectReader } from "./object-reader.ts";

/** Which rows: all, those stamped within a range (inclusive), the last ones, or entries by number from 1 (0 is the last). */
export type ProfileSelection =
  | { readonly kind: "all" }
  | { readonly kind: "range"; readonly from: CosemDateTime; readonly to: CosemDateTime }
  | { readonly kind: "last"; readonly count: number }
  | { readonly kind: "entries"; readonly from: number; readonly to: number };

const bufferAttribute = ProfileGeneric.attributes.buffer.id;

/**
 * Reads a profile with the names, scalers and units of its columns.
 * @throws DataAccessError where the meter refuses
 */
export async function readProfile(
  client: DlmsClient,
  reader: Pick<ObjectReader, "scalerOf">,
  logicalName: LogicalName,
  selection: ProfileSelection,
  onProgress?: ProgressListener,
): Promise<ProfileTable> {
  const objects = await client.get(ProfileGeneric, logicalName, "captureObjects");
  const capturePeriod = await client.get(ProfileGeneric, logicalName, "capturePeriod");
  const scalerUnits = [];
  for (const object of objects) scalerUnits.push(await reader.scalerOf(object));
  const access = await accessSelection(client, logicalName, objects, selection);
  const buffer = await client.getRaw(
    { classId: ProfileGeneric.classId, logicalName, attribute: bufferAttribute, selection: access },
    onProgress,
  );
  return new ProfileTable({ logicalName, capturePeriod, captureObjects: objects, scalerUnits }, buffer);
}

async function accessSelection(
  client: DlmsClient,
  logicalName: LogicalName,
  objects: readonly CaptureObject[],
  selection: ProfileSelection,
): Promise<AccessSelection | undefined> {
  switch (selection.kind) {
    case "all":
      return undefined;
    case "range":
      return selected(profileSelector.range, rangeDescriptor, {
        restrictingObject: clockOf(objects, logicalName),
        fromValue: selection.from,
        toValue: selection.to,
        selectedValues: [],
      });
    case "entries":
      return entries(selection.from, selection.to);
    case "last": {
      const inUse = await client.get(ProfileGeneric, logicalName, "entriesInUse");
      return entries(Math.max(1, inUse - selection.count + 1), 0);
    }
  }
}

function entries(from: number, to: number): AccessSelection {
  return selected(profileSelector.entry, entryDescriptor, { fromEntry: from, toEntry: to, fromSelectedValue: 1, toSelectedValue: 0 });
}

/** The clock among the captured objects: where it stands differs (Green Book pitfall 18). */
function clockOf(objects: readonly CaptureObject[], logicalName: LogicalName): CaptureObject {
  const clock = objects.find(({ classId, attribute }) => classId === 8 && attribute === 2);
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
