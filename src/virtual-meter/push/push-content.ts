import { ByteReader } from "../../bytes/byte-reader.ts";
import { ByteWriter } from "../../bytes/byte-writer.ts";
import { ProfileGeneric } from "../../cosem-objects/classes/profile-generic.ts";
import type { RestrictedObject } from "../../cosem-objects/classes/push-setup.ts";
import { entryDescriptor, profileSelector, rangeDescriptor } from "../../cosem-objects/profile-selection.ts";
import { decodeData, writeData } from "../../dlms/axdr/data.ts";
import { type CosemDateTime, dateTimeLength, readDateTime } from "../../dlms/axdr/date-time.ts";
import type { DlmsData } from "../../dlms/axdr/dlms-data.ts";
import type { AccessSelection } from "../../dlms/xdlms/selective-access.ts";
import type { DeviceObjects } from "../device-objects.ts";
import { value } from "../mapping/columns.ts";

const nothing: DlmsData = { type: "null-data", value: null };
const clock = value(8, "0.0.1.0.0.255", 2);

/** The body of a push: a structure with a value for each object, in order; null-data for what cannot be read. */
export function pushBody(objects: DeviceObjects, list: readonly RestrictedObject[]): Uint8Array {
  const writer = new ByteWriter(256);
  writeData(writer, { type: "structure", value: list.map((object) => pushedValue(objects, object)) });
  return writer.finish();
}

function pushedValue(objects: DeviceObjects, { restriction, ...object }: RestrictedObject): DlmsData {
  if (restriction.type === "none") return objects.read(object);
  const { classId, logicalName, attribute } = object;
  const found = objects.find(classId, logicalName);
  const isBuffer = classId === ProfileGeneric.classId && attribute === ProfileGeneric.attributes.buffer.id;
  if (found === undefined || !isBuffer) return nothing;
  const selection = restriction.type === "entry" ? byEntry(objects, object, restriction.value) : byDate(restriction.value);
  return selection === undefined ? nothing : objects.select(found, attribute, selection);
}

/** Entries are counted back from the newest, which is 1: a push is about what is new. */
function byEntry(objects: DeviceObjects, object: Omit<RestrictedObject, "restriction">, limits: DlmsData): AccessSelection | undefined {
  const entries = objects.read({ ...object, attribute: ProfileGeneric.attributes.entriesInUse.id, dataIndex: 0 });
  const [from, to] = pair(limits);
  if (entries.type !== "double-long-unsigned" || from?.type !== "double-long-unsigned" || to?.type !== "double-long-unsigned")
    return undefined;
  const newest = entries.value - from.value + 1;
  const oldest = to.value === 0 ? 1 : Math.max(1, entries.value - to.value + 1);
  if (from.value < 1 || newest < oldest) return undefined;
  const writer = new ByteWriter(32);
  entryDescriptor.write(writer, { fromEntry: oldest, toEntry: newest, fromSelectedValue: 1, toSelectedValue: 0 });
  return { selector: profileSelector.entry, parameters: writer.finish() };
}

function byDate(limits: DlmsData): AccessSelection | undefined {
  const [from, to] = pair(limits).map(time);
  if (from === undefined || to === undefined) return undefined;
  const writer = new ByteWriter(64);
  rangeDescriptor.write(writer, { restrictingObject: clock, fromValue: from, toValue: to, selectedValues: [] });
  return { selector: profileSelector.range, parameters: writer.finish() };
}

function pair(limits: DlmsData): readonly DlmsData[] {
  return limits.type === "structure" && limits.value.length === 2 ? limits.value : [];
}

function time(limit: DlmsData): CosemDateTime | undefined {
  const isTime = limit.type === "octet-string" && limit.value.length === dateTimeLength;
  return isTime ? readDateTime(new ByteReader(limit.value)) : undefined;
}

/** The elements of a body, for whoever looks at what was sent. */
export function pushedValues(body: Uint8Array): readonly DlmsData[] {
  const data = decodeData(body);
  return data.type === "structure" ? data.value : [];
}
