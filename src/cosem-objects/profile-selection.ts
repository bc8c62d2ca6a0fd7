import { arrayOf, doubleLongUnsigned, longUnsigned, structure } from "../dlms/axdr/data-schemas.ts";
import { dateTime } from "../dlms/axdr/date-time.ts";
import { captureObject } from "./capture-object.ts";

/*
 * Selective access to the buffer of Profile generic (Blue Book 4.3.6), for both ends.
 */

/** Selectors of the buffer. */
export const profileSelector = { range: 1, entry: 2 } as const;

/** Selector 1 by time: rows stamped from `fromValue` to `toValue`, both included; no selected values are all columns. */
export const rangeDescriptor = structure({
  restrictingObject: captureObject,
  fromValue: dateTime,
  toValue: dateTime,
  selectedValues: arrayOf(captureObject),
});

/** Selector 2: entries and columns by number from 1; 0 as an end is the last. */
export const entryDescriptor = structure({
  fromEntry: doubleLongUnsigned,
  toEntry: doubleLongUnsigned,
  fromSelectedValue: longUnsigned,
  toSelectedValue: longUnsigned,
});
