import type { CosemObject } from "../../../cosem-objects/object.ts";
import type { Meter } from "../../../meter-model/index.ts";
import type { DeviceObjects } from "../../device-objects.ts";
import { actionScheduleObjects } from "./action-schedules.ts";
import { holidaysObject } from "./holidays.ts";
import { parameterMonitorObjects } from "./parameter-monitor.ts";
import { registerActivationObjects } from "./register-activation.ts";
import { registerMonitorObjects } from "./register-monitors.ts";
import { ScriptExecutor } from "./script-executor.ts";
import { scriptTableObjects } from "./script-tables.ts";
import { timetableObject } from "./timetable.ts";

/** Scripts and what starts them. From now on what the meter starts by itself acts on `objects`. */
export function automationObjects(meter: Meter, objects: DeviceObjects): readonly CosemObject[] {
  const executor = new ScriptExecutor(objects);
  meter.automation.connect((call) => executor.run(call));
  return [
    holidaysObject(meter),
    timetableObject(meter),
    ...registerActivationObjects(meter),
    ...scriptTableObjects(meter, executor),
    ...actionScheduleObjects(meter),
    ...registerMonitorObjects(meter),
    ...parameterMonitorObjects(meter),
  ];
}
