import { arrayOf, bitString, boolean, fixedOctetString, longUnsigned, structure } from "../../dlms/axdr/data-schemas.ts";
import type { Infer } from "../../dlms/axdr/schema.ts";
import { attribute, defineClass, method } from "../define.ts";
import { logicalName } from "../logical-name.ts";

/** A script at a time of chosen days; a validity window of 0xffff minutes never ends, bit 0 of the weekdays is Monday. */
export const scheduleEntry = structure({
  index: longUnsigned,
  enable: boolean,
  scriptLogicalName: logicalName,
  scriptSelector: longUnsigned,
  switchTime: fixedOctetString(4, "time"),
  validityWindow: longUnsigned,
  weekdays: bitString,
  specialDays: bitString,
  beginDate: fixedOctetString(5, "date"),
  endDate: fixedOctetString(5, "date"),
});
export type ScheduleEntry = Infer<typeof scheduleEntry>;

const enableDisable = structure({
  firstDisabled: longUnsigned,
  lastDisabled: longUnsigned,
  firstEnabled: longUnsigned,
  lastEnabled: longUnsigned,
});

/** Schedule, class 10 version 0 (Blue Book 4.5.3). */
export const Schedule = defineClass({
  classId: 10,
  version: 0,
  name: "Schedule",
  attributes: {
    logicalName: attribute(1, logicalName, "r", "identifies the object"),
    entries: attribute(2, arrayOf(scheduleEntry), "rw", "scripts with the times at which they run"),
  },
  methods: {
    enableDisable: method(1, enableDisable, "disables the entries of one range of indexes, then enables those of another"),
    insert: method(2, scheduleEntry, "adds an entry, or replaces that with the same index"),
    delete: method(3, structure({ first: longUnsigned, last: longUnsigned }), "removes the entries of a range of indexes"),
  },
  firstMethodOffset: 0x20,
});
