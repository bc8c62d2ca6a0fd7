import { arrayOf, integer, longUnsigned, structure } from "../dlms/axdr/data-schemas.ts";
import type { Infer } from "../dlms/axdr/schema.ts";
import { Clock } from "./classes/clock.ts";
import { logicalName } from "./logical-name.ts";

/** capture_object_definition of class 7 and its relatives: which attribute, and which element of it (0 = all). */
export const captureObject = structure({ classId: longUnsigned, logicalName, attribute: integer, dataIndex: longUnsigned });
export type CaptureObject = Infer<typeof captureObject>;

export const captureObjects = arrayOf(captureObject);

/** True when both mean the same attribute; the data index must agree too. */
export function sameCaptureObject(a: CaptureObject, b: CaptureObject): boolean {
  return a.classId === b.classId && a.logicalName === b.logicalName && a.attribute === b.attribute && a.dataIndex === b.dataIndex;
}

/** True for the time of a clock, whichever the clock: what rows are stamped with. */
export function isClockTime({ classId, attribute }: CaptureObject): boolean {
  return classId === Clock.classId && attribute === Clock.attributes.time.id;
}

/** "No object": sort_object of an unsorted profile. */
export const noCaptureObject: CaptureObject = { classId: 0, logicalName: "0.0.0.0.0.0", attribute: 0, dataIndex: 0 };
