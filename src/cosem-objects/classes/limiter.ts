import { anyData } from "../../dlms/axdr/data.ts";
import { arrayOf, boolean, doubleLongUnsigned, integer, longUnsigned, structure } from "../../dlms/axdr/data-schemas.ts";
import { dateTime } from "../../dlms/axdr/date-time.ts";
import type { Infer } from "../../dlms/axdr/schema.ts";
import { attribute, defineClass } from "../define.ts";
import { logicalName } from "../logical-name.ts";

/** Which attribute a limiter or monitor watches. */
export const monitoredValue = structure({ classId: longUnsigned, logicalName, attribute: integer });

/** The time of another threshold. */
export const emergencyProfile = structure({ id: longUnsigned, activationTime: dateTime, duration: doubleLongUnsigned });
/** An emergency profile as it is written. */
export type EmergencyProfileData = Infer<typeof emergencyProfile>;

const scriptReference = structure({ scriptLogicalName: logicalName, scriptSelector: longUnsigned });

/** What is executed on the way over a threshold, and below it. */
export const limiterActions = structure({ overThreshold: scriptReference, underThreshold: scriptReference });
/** Actions as they are written. */
export type LimiterActionsData = Infer<typeof limiterActions>;

/** Limiter, class 71 version 0 (Blue Book 4.5.9). */
export const Limiter = defineClass({
  classId: 71,
  version: 0,
  name: "Limiter",
  attributes: {
    logicalName: attribute(1, logicalName, "r", "identifies the object"),
    monitoredValue: attribute(2, monitoredValue, "rw", "the attribute that is watched"),
    thresholdActive: attribute(3, anyData, "r", "the threshold in force", { dynamic: true }),
    thresholdNormal: attribute(4, anyData, "rw", "the threshold outside of emergencies"),
    thresholdEmergency: attribute(5, anyData, "rw", "the threshold while the emergency profile is active"),
    minOverThresholdDuration: attribute(6, doubleLongUnsigned, "rw", "seconds above the threshold before anything is done"),
    minUnderThresholdDuration: attribute(7, doubleLongUnsigned, "rw", "seconds below the threshold before anything is done"),
    emergencyProfile: attribute(8, emergencyProfile, "rw", "when the emergency threshold is in force"),
    emergencyProfileGroupIdList: attribute(9, arrayOf(longUnsigned), "rw", "emergency profiles that concern this meter"),
    emergencyProfileActive: attribute(10, boolean, "r", "whether the emergency profile is active", { dynamic: true }),
    actions: attribute(11, limiterActions, "rw", "scripts for above and below"),
  },
  methods: {},
});
