import type { CosemObject } from "../cosem-objects/object.ts";
import type { Meter, MeterEventName } from "../meter-model/index.ts";
import { attributeReference } from "./mapping/automation/parameter-monitor.ts";

/** What the programming log calls a change of an object, by its class; others are in the standard log alone. */
const eventsByClass: Readonly<Record<number, MeterEventName>> = {
  5: "demandPeriodChanged",
  7: "captureChanged",
  9: "scriptExecuted",
  11: "specialDaysWritten",
  19: "communicationChanged",
  23: "communicationChanged",
  41: "communicationChanged",
  42: "communicationChanged",
  43: "communicationChanged",
  64: "keysWritten",
};

/** Classes whose changes are events of their own (clock), or of what they record (logs are emptied, not changed). */
const tellThemselves: ReadonlySet<number> = new Set([8]);

/** Methods of a class that change no configuration: capture of a profile, demand period closed early. */
const harmless: Readonly<Record<number, ReadonlySet<number>>> = { 5: new Set([1, 2]), 7: new Set([1, 2]), 64: new Set([5, 7]) };

/**
 * The object as clients reach it: what they change is in the logs, with a count and the time of the last change, and is
 * noted by the parameter monitor where that watches it.
 */
export function logged(object: CosemObject, meter: Meter): CosemObject {
  const { cosemClass, logicalName } = object;
  const { classId } = cosemClass;
  const note = <R>(result: R): R => {
    if (result === "success" && !tellThemselves.has(classId)) meter.events.recordChange(eventsByClass[classId], meter.clockTime);
    return result;
  };
  return {
    cosemClass,
    logicalName,
    offers: object.offers,
    read: (...parameters) => object.read(...parameters),
    write: (attribute, value, context) =>
      after(object.write(attribute, value, context), (result) => {
        if (result === "success") {
          meter.automation.parameterMonitor.written({ ...attributeReference({ classId, logicalName, attribute }), value }, meter.clockTime);
        }
        return note(result);
      }),
    invoke: (methodId, ...others) => {
      const result = object.invoke(methodId, ...others);
      return harmless[classId]?.has(methodId) === true ? result : after(result, note);
    },
  };
}

function after<R>(result: R | Promise<R>, note: (result: R) => R): R | Promise<R> {
  return result instanceof Promise ? result.then(note) : note(result);
}
