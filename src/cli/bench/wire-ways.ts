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

/**
 * Does the job as `dlms read` and `dlms profile` do: who the meter is, its view unless that is known from before, then
 * the values, then the rows. The view comes back with the scalers that were learnt.
 */
export async function readTogether(client: DlmsClient, job: Job, known?: DeviceView): Promise<JobResult & { readonly view: DeviceView }> {
  const identity = await client.getMany(job.identity);
  const view = known ?? (await readDeviceView(client));
  const reader = new ObjectReader(client, view);
  const values = await reader.read(job.values);
  const profile = await readProfile(client, reader, job.profile, { kind: "range", from: job.from, to: job.to });
  const named = job.identity.map(({ logicalName }, index) => ({ logicalName, value: identity[index]?.value, scalerUnit: undefined }));
  const readings = [...named, ...values.map(({ logicalName, value, scalerUnit }) => ({ logicalName, value, scalerUnit }))];
  return { readings, profile, view };
}
