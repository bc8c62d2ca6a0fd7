import type { CaptureObject } from "../../cosem-objects/capture-object.ts";
import type { RestrictedObject } from "../../cosem-objects/classes/push-setup.ts";
import type { LogicalName } from "../../cosem-objects/logical-name.ts";
import { profileNames } from "../../cosem-objects/names.ts";
import type { DlmsData } from "../../dlms/axdr/dlms-data.ts";
import { value } from "../mapping/columns.ts";

/** What the meter pushes by itself. */
export const pushNames = ["connectivity", "interval1", "interval2", "alarm", "powerDown", "credit"] as const;
export type PushName = (typeof pushNames)[number];

const whole = (object: CaptureObject): RestrictedObject => ({
  ...object,
  restriction: { type: "none", value: { type: "null-data", value: null } },
});

const entry = (number: number): DlmsData => ({ type: "double-long-unsigned", value: number });

/** The newest rows of a profile. */
const newest = (profile: LogicalName, rows: number): RestrictedObject => ({
  ...value(7, profile, 2),
  restriction: { type: "entry", value: { type: "structure", value: [entry(1), entry(rows)] } },
});

const datum = (logicalName: LogicalName) => whole(value(1, logicalName, 2));

/** Who it is and when, which every push begins with. */
const head = [datum("0.0.42.0.0.255"), whole(value(8, "0.0.1.0.0.255", 2))];
const alarms = ["0.0.97.98.20.255", "0.0.97.98.21.255", "0.0.97.98.22.255"] as const;

/** The setup of each push, and what it sends as it leaves the factory. */
export const pushes: Readonly<Record<PushName, { readonly logicalName: LogicalName; readonly list: readonly RestrictedObject[] }>> = {
  connectivity: { logicalName: "0.0.25.9.0.255", list: [...head, datum("0.0.96.1.0.255"), datum("1.1.0.2.0.255")] },
  interval1: { logicalName: "0.1.25.9.0.255", list: [...head, newest(profileNames.daily, 1)] },
  interval2: { logicalName: "0.2.25.9.0.255", list: [...head, newest(profileNames.load, 4)] },
  alarm: { logicalName: "0.4.25.9.0.255", list: [...head, ...alarms.map(datum)] },
  powerDown: { logicalName: "0.5.25.9.0.255", list: [...head, datum("0.0.96.7.21.255")] },
  credit: { logicalName: "0.6.25.9.0.255", list: [...head, datum("0.0.96.5.0.255")] },
};

/** The descriptors of alarms, in the order of the alarm registers. */
export const alarmDescriptors: readonly LogicalName[] = alarms;
