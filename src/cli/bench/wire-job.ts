import { Clock } from "../../cosem-objects/classes/clock.ts";
import { Data } from "../../cosem-objects/classes/data.ts";
import { DemandRegister } from "../../cosem-objects/classes/demand-register.ts";
import { ExtendedRegister } from "../../cosem-objects/classes/extended-register.ts";
import { Register } from "../../cosem-objects/classes/register.ts";
import { type LogicalName, parseLogicalName } from "../../cosem-objects/logical-name.ts";
import { profileNames } from "../../cosem-objects/names.ts";
import type { ProfileTable } from "../../cosem-objects/profile-table.ts";
import type { ScalerUnit } from "../../cosem-objects/unit.ts";
import { type CosemDateTime, instantToDateTime } from "../../dlms/axdr/date-time.ts";
import type { DlmsData } from "../../dlms/axdr/dlms-data.ts";

/** One value to read, by all that a GET has to know; `scaler` is the attribute with its scaler and unit. */
export interface JobItem {
  readonly classId: number;
  readonly logicalName: LogicalName;
  readonly attribute: number;
  readonly scaler?: number;
}

/** The technician's standard job: identity, clock, 20 registers with scalers, one day of load profile. */
export interface Job {
  /** Who the meter is: what decides whether its view is known. */
  readonly identity: readonly JobItem[];
  readonly values: readonly JobItem[];
  readonly profile: LogicalName;
  /** Stamps of the first and the last row. */
  readonly from: CosemDateTime;
  readonly to: CosemDateTime;
}

/** One value that was read. */
export interface JobReading {
  readonly logicalName: LogicalName;
  readonly value: DlmsData | undefined;
  readonly scalerUnit: ScalerUnit | undefined;
}

/** What the job brings home: identity and values in order, and the rows. */
export interface JobResult {
  readonly readings: readonly JobReading[];
  readonly profile: ProfileTable;
}

const registerNames: readonly LogicalName[] = [
  ...[1, 2, 3, 4, 9, 10].map((quantity) => parseLogicalName(`1.0.${quantity}.8.0.255`)),
  ...[1, 2, 3, 4, 9, 10, 13, 14, 16, 31, 32].map((quantity) => parseLogicalName(`1.0.${quantity}.7.0.255`)),
  // What is left of the credit.
  "0.0.96.60.0.255",
];

/** The registers have all that the load profile captures among them. */
const registers: readonly JobItem[] = [
  ...registerNames.map((logicalName) => ({
    classId: Register.classId,
    logicalName,
    attribute: Register.attributes.value.id,
    scaler: Register.attributes.scalerUnit.id,
  })),
  {
    classId: ExtendedRegister.classId,
    logicalName: "1.0.1.6.0.255",
    attribute: ExtendedRegister.attributes.value.id,
    scaler: ExtendedRegister.attributes.scalerUnit.id,
  },
  {
    classId: DemandRegister.classId,
    logicalName: "1.0.1.4.0.255",
    attribute: DemandRegister.attributes.lastAverageValue.id,
    scaler: DemandRegister.attributes.scalerUnit.id,
  },
];

const identity: readonly LogicalName[] = ["0.0.42.0.0.255", "0.0.96.1.0.255", "1.0.0.2.0.255", "1.1.0.2.0.255"];

/** The job, for the rows stamped from one instant (ms UTC) to another, both included. */
export function standardJob(from: number, to: number): Job {
  return {
    identity: identity.map((logicalName) => ({ classId: Data.classId, logicalName, attribute: Data.attributes.value.id })),
    values: [{ classId: Clock.classId, logicalName: "0.0.1.0.0.255", attribute: Clock.attributes.time.id }, ...registers],
    profile: profileNames.load,
    from: instantToDateTime(from, 0),
    to: instantToDateTime(to, 0),
  };
}
