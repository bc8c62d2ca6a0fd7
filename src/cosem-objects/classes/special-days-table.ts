import { arrayOf, longUnsigned, octetString, structure, unsigned } from "../../dlms/axdr/data-schemas.ts";
import type { Infer } from "../../dlms/axdr/schema.ts";
import { attribute, defineClass, method } from "../define.ts";
import { logicalName } from "../logical-name.ts";

/** A day with a profile of its own; the date has five octets: year, month, day, day of the week, with wildcards. */
export const specialDayEntry = structure({ index: longUnsigned, date: octetString, dayId: unsigned });
export type SpecialDayEntry = Infer<typeof specialDayEntry>;

/** Special days table, class 11 version 0 (Blue Book 4.5.4). */
export const SpecialDaysTable = defineClass({
  classId: 11,
  version: 0,
  name: "Special days table",
  attributes: {
    logicalName: attribute(1, logicalName, "r", "identifies the object"),
    entries: attribute(2, arrayOf(specialDayEntry), "rw", "days that have a day profile of their own"),
  },
  methods: {
    insert: method(1, specialDayEntry, "adds a day, or replaces that with the same index or date"),
    delete: method(2, longUnsigned, "removes the day with an index"),
  },
  firstMethodOffset: 0x10,
});
