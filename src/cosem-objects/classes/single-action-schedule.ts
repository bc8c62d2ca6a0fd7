import { arrayOf, enumeration, fixedOctetString, longUnsigned, structure } from "../../dlms/axdr/data-schemas.ts";
import type { Infer } from "../../dlms/axdr/schema.ts";
import { attribute, defineClass } from "../define.ts";
import { logicalName } from "../logical-name.ts";

/** One script of a script table. */
export const scriptReference = structure({ scriptLogicalName: logicalName, scriptSelector: longUnsigned });
export type ScriptReference = Infer<typeof scriptReference>;

/** When a script runs: hour to hundredths, and year to day of the week, each with wildcards where the type allows them. */
export const executionTime = structure({ time: fixedOctetString(4, "time"), date: fixedOctetString(5, "date") });
export type ExecutionTime = Infer<typeof executionTime>;

/** How many times there are, whether they differ, and whether dates may have wildcards. */
export const actionScheduleType = enumeration({
  "one-time": 1,
  "same-time-on-dates": 2,
  "same-time-with-wildcards": 3,
  "times-on-dates": 4,
  "times-with-wildcards": 5,
});

/** Single action schedule, class 22 version 0 (Blue Book 4.5.7). */
export const SingleActionSchedule = defineClass({
  classId: 22,
  version: 0,
  name: "Single action schedule",
  attributes: {
    logicalName: attribute(1, logicalName, "r", "identifies the object"),
    executedScript: attribute(2, scriptReference, "rw", "the script"),
    type: attribute(3, actionScheduleType, "rw", "what the execution times may be"),
    executionTime: attribute(4, arrayOf(executionTime), "rw", "when the script runs, by local time"),
  },
  methods: {},
});
