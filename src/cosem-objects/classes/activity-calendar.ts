import { arrayOf, integer, longUnsigned, octetString, structure, unsigned } from "../../dlms/axdr/data-schemas.ts";
import { dateTime } from "../../dlms/axdr/date-time.ts";
import type { Infer } from "../../dlms/axdr/schema.ts";
import { attribute, defineClass, method } from "../define.ts";
import { logicalName } from "../logical-name.ts";

/** From a date on, until the next season begins. */
export const seasonProfile = arrayOf(structure({ name: octetString, start: dateTime, weekName: octetString }));
export type SeasonProfile = Infer<typeof seasonProfile>;

/** The day profile of each weekday. */
export const weekProfileTable = arrayOf(
  structure({
    name: octetString,
    monday: unsigned,
    tuesday: unsigned,
    wednesday: unsigned,
    thursday: unsigned,
    friday: unsigned,
    saturday: unsigned,
    sunday: unsigned,
  }),
);
export type WeekProfileTable = Infer<typeof weekProfileTable>;

/** Scripts that run at times of the day; a start time is hour, minute, second, hundredths. */
export const dayProfileTable = arrayOf(
  structure({
    dayId: unsigned,
    schedule: arrayOf(structure({ startTime: octetString, scriptLogicalName: logicalName, scriptSelector: longUnsigned })),
  }),
);
export type DayProfileTable = Infer<typeof dayProfileTable>;

/** Activity calendar, class 20 version 0 (Blue Book 4.5.5). */
export const ActivityCalendar = defineClass({
  classId: 20,
  version: 0,
  name: "Activity calendar",
  attributes: {
    logicalName: attribute(1, logicalName, "r", "identifies the object"),
    calendarNameActive: attribute(2, octetString, "r", "name of the calendar in force"),
    seasonProfileActive: attribute(3, seasonProfile, "r", "seasons in force"),
    weekProfileTableActive: attribute(4, weekProfileTable, "r", "weeks in force"),
    dayProfileTableActive: attribute(5, dayProfileTable, "r", "days in force"),
    calendarNamePassive: attribute(6, octetString, "rw", "name of the calendar that waits"),
    seasonProfilePassive: attribute(7, seasonProfile, "rw", "seasons that wait"),
    weekProfileTablePassive: attribute(8, weekProfileTable, "rw", "weeks that wait"),
    dayProfileTablePassive: attribute(9, dayProfileTable, "rw", "days that wait"),
    activatePassiveCalendarTime: attribute(10, dateTime, "rw", "when the passive calendar is put in force; all wildcards for never"),
  },
  methods: {
    activatePassiveCalendar: method(1, integer, "puts the passive calendar in force"),
  },
  firstMethodOffset: 0x50,
});
