import { meterEvents } from "../../meter-model/index.ts";
import type { ReadingJson } from "../readings.ts";
import type { RaisedAlarm } from "./meter-report.ts";

const alarmRegisters = ["0.0.97.98.0.255", "0.0.97.98.1.255", "0.0.97.98.2.255"] as const;
const bits = Array.from({ length: 32 }, (_, bit) => bit);

/** The alarms that are set, named where the meter is one of this house. */
export function raisedAlarms(readings: readonly ReadingJson[], device: string | null): readonly RaisedAlarm[] {
  return alarmRegisters.flatMap((logicalName, index) => {
    const value = readings.find((reading) => reading.logicalName === logicalName && reading.attribute === 2)?.value;
    if (typeof value !== "number") return [];
    return bits
      .filter((bit) => ((value >>> bit) & 1) === 1)
      .map((bit) => ({ register: index + 1, bit, events: alarmCauses(index + 1, bit, device) }));
  });
}

/** The events that set a bit, where the device is one of this house. */
export function alarmCauses(register: number, bit: number, device: string | null): readonly string[] {
  if (device?.startsWith("DGW") !== true) return [];
  return Object.entries(meterEvents)
    .filter(([, event]) => "alarms" in event && event.alarms.some((alarm) => alarm.register === register && alarm.bit === bit))
    .map(([name]) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
}
