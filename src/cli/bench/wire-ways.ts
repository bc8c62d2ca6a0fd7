import { ByteReader } from "../../bytes/byte-reader.ts";
import { ByteWriter } from "../../bytes/byte-writer.ts";
import type { DlmsClient } from "../../client/dlms-client.ts";
import { type DeviceView, ObjectReader, readDeviceView } from "../../client/object-reader.ts";
import { readProfile } from "../../client/profile-reader.ts";
import { isClockTime } from "../../cosem-objects/capture-object.ts";
import { ProfileGeneric } from "../../cosem-objects/classes/profile-generic.ts";
import type { LogicalName } from "../../cosem-objects/logical-name.ts";
import { profileSelector, rangeDescriptor } from "../../cosem-objects/profile-selection.ts";
import { ProfileTable } from "../../cosem-objects/profile-table.ts";
import { type ScalerUnit, scalerUnit } from "../../cosem-objects/unit.ts";
import { decodeData } from "../../dlms/axdr/data.ts";
import type { AccessSelection } from "../../dlms/xdlms/selective-access.ts";
import { InvariantError } from "../../errors.ts";
import type { Job, JobReading, JobResult } from "./wire-job.ts";

/** Does the job as first programs do: a GET for each attribute. */
export async function readOneByOne(client: DlmsClient, job: Job): Promise<JobResult> {
  const readings: JobReading[] = [];
  const scalers = new Map<LogicalName, ScalerUnit>();
  for (const { classId, logicalName, attribute, scaler } of [...job.identity, ...job.values]) {
    const value = decodeData(await client.getRaw({ classId, logicalName, attribute }));
    if (scaler !== undefined)
      scalers.set(logicalName, scalerUnit.read(new ByteReader(await client.getRaw({ classId, logicalName, attribute: scaler }))));
    readings.push({ logicalName, value, scalerUnit: scalers.get(logicalName) });
  }
  const captureObjects = await client.get(ProfileGeneric, job.profile, "captureObjects");
  const capturePeriod = await client.get(ProfileGeneric, job.profile, "capturePeriod");
  const restrictingObject = captureObjects.find(isClockTime);
  if (restrictingObject === undefined) throw new InvariantError("the load profile captures no clock");
  const writer = new ByteWriter(64);
  rangeDescriptor.write(writer, { restrictingObject, fromValue: job.from, toValue: job.to, selectedValues: [] });
  const selection: AccessSelection = { selector: profileSelector.range, parameters: writer.finish() };
  const { classId, attributes } = ProfileGeneric;
  const buffer = await client.getRaw({ classId, logicalName: job.profile, attribute: attributes.buffer.id, selection });
  const scalerUnits = captureObjects.map(({ logicalName }) => scalers.get(logicalName));
  return { readings, profile: new ProfileTable({ logicalName: job.profile, capturePeriod, captureObjects, scalerUnits }, buffer) };
}

/** What every command begins with: who the meter is, and its view unless that is known from before. */
export async function knowMeter(
  client: DlmsClient,
  job: Job,
  known?: DeviceView,
): Promise<{ readonly identity: readonly JobReading[]; readonly view: DeviceView }> {
  const outcomes = await client.getMany(job.identity);
  const identity = job.identity.map(({ logicalName }, index) => ({ logicalName, value: outcomes[index]?.value, scalerUnit: undefined }));
  return { identity, view: known ?? (await readDeviceView(client)) };
}

/** The job's values as `dlms read` gets them; the view learns the scalers it lacks. */
export async function readValues(client: DlmsClient, job: Job, view: DeviceView): Promise<readonly JobReading[]> {
  const readings = await new ObjectReader(client, view).read(job.values);
  return readings.map(({ logicalName, value, scalerUnit }) => ({ logicalName, value, scalerUnit }));
}

/** The job's rows as `dlms profile` gets them; the view learns the scalers it lacks. */
export function readRows(client: DlmsClient, job: Job, view: DeviceView): Promise<ProfileTable> {
  return readProfile(client, new ObjectReader(client, view), job.profile, { kind: "range", from: job.from, to: job.to });
}

/** Does the whole job in one association. The view comes back with what was learnt. */
export async function readTogether(client: DlmsClient, job: Job, known?: DeviceView): Promise<JobResult & { readonly view: DeviceView }> {
  const { identity, view } = await knowMeter(client, job, known);
  const values = await readValues(client, job, view);
  return { readings: [...identity, ...values], profile: await readRows(client, job, view), view };
}
