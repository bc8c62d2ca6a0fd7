import { anyData } from "../../dlms/axdr/data.ts";
import { arrayOf, structure } from "../../dlms/axdr/data-schemas.ts";
import type { Infer } from "../../dlms/axdr/schema.ts";
import { attribute, defineClass } from "../define.ts";
import { logicalName } from "../logical-name.ts";
import { monitoredValue } from "./limiter.ts";
import { scriptReference } from "./single-action-schedule.ts";

/** Scripts for the crossing of one threshold. */
export const monitorActions = structure({ up: scriptReference, down: scriptReference });
export type MonitorActions = Infer<typeof monitorActions>;

/** Register monitor, class 21 version 0 (Blue Book 4.5.6). */
export const RegisterMonitor = defineClass({
  classId: 21,
  version: 0,
  name: "Register monitor",
  attributes: {
    logicalName: attribute(1, logicalName, "r", "identifies the object"),
    thresholds: attribute(2, arrayOf(anyData), "rw", "thresholds, of the type of what is watched"),
    monitoredValue: attribute(3, monitoredValue, "rw", "the attribute that is watched"),
    actions: attribute(4, arrayOf(monitorActions), "rw", "scripts for each threshold, on the way up and down"),
  },
  methods: {},
});
