import { boolean, enumeration, integer, long, structure, unsigned } from "../../dlms/axdr/data-schemas.ts";
import { dateTime } from "../../dlms/axdr/date-time.ts";
import { attribute, defineClass, method } from "../define.ts";
import { logicalName } from "../logical-name.ts";

export const clockBase = enumeration({ "not-defined": 0, "internal-crystal": 1, "mains-50-hz": 2, "mains-60-hz": 3, gps: 4, radio: 5 });

/** Clock, class 8 version 0 (Blue Book 4.5.1). */
export const Clock = defineClass({
  classId: 8,
  version: 0,
  name: "Clock",
  attributes: {
    logicalName: attribute(1, logicalName, "r", "identifies the object"),
    time: attribute(2, dateTime, "rw", "local date and time with deviation and status", { dynamic: true }),
    timeZone: attribute(3, long, "rw", "minutes from local normal time to UTC"),
    status: attribute(4, unsigned, "r", "status of the clock", { dynamic: true }),
    daylightSavingsBegin: attribute(5, dateTime, "rw", "when daylight saving starts, with wildcards"),
    daylightSavingsEnd: attribute(6, dateTime, "rw", "when daylight saving ends, with wildcards"),
    daylightSavingsDeviation: attribute(7, integer, "rw", "minutes the clock is moved by daylight saving"),
    daylightSavingsEnabled: attribute(8, boolean, "rw", "whether daylight saving is applied"),
    clockBase: attribute(9, clockBase, "r", "where the time comes from"),
  },
  methods: {
    adjustToQuarter: method(1, integer, "moves to the nearest quarter of an hour"),
    adjustToMeasuringPeriod: method(2, integer, "moves to the nearest start of a measuring period"),
    adjustToMinute: method(3, integer, "moves to the nearest minute"),
    adjustToPresetTime: method(4, integer, "moves to the preset time if it is still valid"),
    presetAdjustingTime: method(
      5,
      structure({ presetTime: dateTime, validityStart: dateTime, validityEnd: dateTime }),
      "presets a time and when it may be used",
    ),
    shiftTime: method(6, long, "shifts by up to 900 seconds"),
  },
  firstMethodOffset: 0x60,
});
