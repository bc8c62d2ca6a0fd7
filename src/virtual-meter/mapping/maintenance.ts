import type { CosemObject } from "../../cosem-objects/object.ts";
import { type Meter, second } from "../../meter-model/index.ts";
import { data } from "./data-object.ts";
import { dateTimeOctets } from "./past-time.ts";
import { quantities, register } from "./quantity.ts";

/** Battery, temperature, time of operation, and when what was done last. */
export function maintenanceObjects(meter: Meter): readonly CosemObject[] {
  const { battery, milestones } = meter;
  return [
    data("0.0.96.2.7.255", () => ({ type: "octet-string", value: dateTimeOctets(meter, milestones.calendarActivated) })),
    data("0.0.96.2.12.255", () => ({ type: "octet-string", value: dateTimeOctets(meter, milestones.clockSet) })),
    data("0.0.96.2.13.255", () => ({ type: "octet-string", value: dateTimeOctets(meter, milestones.firmwareActivated) })),
    register("0.0.96.6.0.255", quantities.hours, () => battery.used),
    register("0.0.96.6.3.255", quantities.batteryVoltage, () => battery.voltage),
    register("0.0.96.6.6.255", quantities.hours, () => battery.remaining),
    register("0.0.96.8.0.255", quantities.seconds, () => Math.floor(meter.operatingTime.total / second)),
    register("0.0.96.9.0.255", quantities.temperature, () => meter.temperature),
  ];
}
