import {
  type actionScheduleType,
  type ExecutionTime as ExecutionTimeData,
  SingleActionSchedule,
} from "../../../cosem-objects/classes/single-action-schedule.ts";
import type { LogicalName } from "../../../cosem-objects/logical-name.ts";
import { bind, type CosemObject, refuse } from "../../../cosem-objects/object.ts";
import type { Infer } from "../../../dlms/axdr/schema.ts";
import type { ActionName, ActionScheduleState, ExecutionTime, Meter } from "../../../meter-model/index.ts";
import { type ActionType, actionTypes } from "../../../meter-model/index.ts";
import { settle } from "../outcome.ts";
import { dateOctets, datePattern, timeOctets, timeOfDay } from "./date-octets.ts";
import { scriptCall, scriptReference } from "./script-references.ts";

const logicalNames: Readonly<Record<ActionName, LogicalName>> = {
  endOfBilling: "0.0.15.0.0.255",
  disconnect: "0.0.15.0.1.255",
  imageActivation: "0.0.15.0.2.255",
  pushInterval1: "0.0.15.0.4.255",
  pushInterval2: "0.1.15.0.4.255",
  loadProfileControl: "0.0.15.0.5.255",
  dailyFreeze: "0.0.15.1.0.255",
  paymentMode: "0.0.15.1.8.255",
  stepTariff: "0.0.15.1.9.255",
};

type TypeName = Infer<typeof actionScheduleType>;

const typeNames: Readonly<Record<ActionType, TypeName>> = {
  [actionTypes.oneTime]: "one-time",
  [actionTypes.sameTimeOnDates]: "same-time-on-dates",
  [actionTypes.sameTimeWithWildcards]: "same-time-with-wildcards",
  [actionTypes.timesOnDates]: "times-on-dates",
  [actionTypes.timesWithWildcards]: "times-with-wildcards",
};

/** Scripts by the clock, and when bills and days are frozen. */
export function actionScheduleObjects(meter: Meter): readonly CosemObject[] {
  return (Object.keys(logicalNames) as ActionName[]).map((name) => {
    const schedule = () => meter.automation.schedule(name);
    const configure = (changes: Partial<ActionScheduleState> | undefined) =>
      changes === undefined ? refuse("other-reason") : settle(meter.setActionSchedule(name, changes));
    return bind(SingleActionSchedule, {
      logicalName: logicalNames[name],
      attributes: {
        executedScript: {
          get: () => scriptReference(schedule().script),
          set: (reference) => {
            const script = scriptCall(reference);
            return configure(script && { script });
          },
        },
        type: {
          get: () => typeNames[schedule().type],
          set: (written) => {
            const type = Object.values(actionTypes).find((one) => typeNames[one] === written);
            return configure(type && { type });
          },
        },
        executionTime: {
          get: () => schedule().times.map(toData),
          set: (written) => configure({ times: written.map(toTime) }),
        },
      },
    });
  });
}

function toData(time: ExecutionTime): ExecutionTimeData {
  return { time: timeOctets(time), date: dateOctets(time) };
}

function toTime({ time, date }: ExecutionTimeData): ExecutionTime {
  return { ...timeOfDay(time), ...datePattern(date) };
}
