import { arrayOf, enumeration, integer, longUnsigned, octetString, structure, unsigned } from "../../dlms/axdr/data-schemas.ts";
import { dateTime } from "../../dlms/axdr/date-time.ts";
import type { Infer } from "../../dlms/axdr/schema.ts";
import { attribute, defineClass, method } from "../define.ts";
import { logicalName } from "../logical-name.ts";

/** From a time to another, each with wildcards. */
export const timeWindow = structure({ start: dateTime, end: dateTime });
export type TimeWindow = Infer<typeof timeWindow>;

/** When the device connects by itself. */
export const autoConnectMode = enumeration({
  never: 0,
  "any-time": 1,
  "in-window": 2,
  "regularly-in-window": 3,
  "sms-by-plmn": 4,
  "sms-by-pstn": 5,
  "e-mail": 6,
  permanent: 101,
  "permanent-in-window": 102,
  invoked: 103,
  "disconnect-after-idle": 104,
});

/** Auto connect, class 29 version 2 (Blue Book 4.7.6). */
export const AutoConnect = defineClass({
  classId: 29,
  version: 2,
  name: "Auto connect",
  attributes: {
    logicalName: attribute(1, logicalName, "r", "identifies the object"),
    mode: attribute(2, autoConnectMode, "rw", "when the device connects by itself"),
    repetitions: attribute(3, unsigned, "rw", "how often it tries"),
    repetitionDelay: attribute(4, longUnsigned, "rw", "seconds between two attempts"),
    callingWindow: attribute(5, arrayOf(timeWindow), "rw", "when it may connect"),
    destinationList: attribute(6, arrayOf(octetString), "rw", "where it connects to"),
  },
  methods: {
    connect: method(1, integer, "connects now"),
  },
  firstMethodOffset: 0x30,
});
