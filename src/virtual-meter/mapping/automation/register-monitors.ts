import { Data } from "../../../cosem-objects/classes/data.ts";
import { Register } from "../../../cosem-objects/classes/register.ts";
import { type MonitorActions, RegisterMonitor } from "../../../cosem-objects/classes/register-monitor.ts";
import type { LogicalName } from "../../../cosem-objects/logical-name.ts";
import { bind, type CosemObject, refuse } from "../../../cosem-objects/object.ts";
import type { Meter, MonitorAction, MonitorName, MonitorSettings, WatchedValue } from "../../../meter-model/index.ts";
import { type Quantity, quantities, quantityData } from "../quantity.ts";
import { scriptCall, scriptReference } from "./script-references.ts";

const logicalNames: Readonly<Record<MonitorName, LogicalName>> = {
  supervision: "0.0.16.0.0.255",
  alarms1: "0.0.16.1.0.255",
  alarms2: "0.0.16.1.1.255",
  alarms3: "0.0.16.1.2.255",
};

interface WatchedAttribute {
  readonly classId: number;
  readonly logicalName: LogicalName;
  /** Of the thresholds, as of the value. */
  readonly quantity: Pick<Quantity, "type" | "step">;
}

const measured = (logicalName: LogicalName, quantity: Quantity): WatchedAttribute => ({ classId: Register.classId, logicalName, quantity });
const word = (logicalName: LogicalName): WatchedAttribute => ({
  classId: Data.classId,
  logicalName,
  quantity: { type: "double-long-unsigned", step: 1 },
});

/** The values that can be watched, as attributes. */
const attributes: Readonly<Record<WatchedValue, WatchedAttribute>> = {
  voltage: measured("1.0.32.7.0.255", quantities.voltage),
  current: measured("1.0.31.7.0.255", quantities.current),
  neutralCurrent: measured("1.0.91.7.0.255", quantities.current),
  frequency: measured("1.0.14.7.0.255", quantities.frequency),
  activeImport: measured("1.0.1.7.0.255", quantities.activePower),
  activeExport: measured("1.0.2.7.0.255", quantities.activePower),
  reactiveImport: measured("1.0.3.7.0.255", quantities.reactivePower),
  reactiveExport: measured("1.0.4.7.0.255", quantities.reactivePower),
  apparentImport: measured("1.0.9.7.0.255", quantities.apparentPower),
  apparentExport: measured("1.0.10.7.0.255", quantities.apparentPower),
  powerFactor: measured("1.0.13.7.0.255", quantities.powerFactor),
  alarmRegister1: word("0.0.97.98.0.255"),
  alarmRegister2: word("0.0.97.98.1.255"),
  alarmRegister3: word("0.0.97.98.2.255"),
  alarmDescriptor1: word("0.0.97.98.20.255"),
  alarmDescriptor2: word("0.0.97.98.21.255"),
  alarmDescriptor3: word("0.0.97.98.22.255"),
  errors: word("0.0.97.97.0.255"),
};

const valueId = Register.attributes.value.id;

/** Supervision of the current, and what becomes of alarms. */
export function registerMonitorObjects(meter: Meter): readonly CosemObject[] {
  return (Object.keys(logicalNames) as MonitorName[]).map((name) => monitorObject(meter, name));
}

function monitorObject(meter: Meter, name: MonitorName): CosemObject {
  const { monitors } = meter.automation;
  const settings = () => monitors.settings(name);
  const watched = () => attributes[settings().watched];
  const configure = (changes: Partial<MonitorSettings> | undefined) => {
    if (!meter.supplied) return refuse("temporary-failure");
    return changes !== undefined && monitors.configure(name, changes) ? undefined : refuse("other-reason");
  };
  return bind(RegisterMonitor, {
    logicalName: logicalNames[name],
    attributes: {
      thresholds: {
        get: () => settings().thresholds.map((threshold) => quantityData(watched().quantity as Quantity, threshold)),
        set: (written) => {
          const { type, step } = watched().quantity;
          if (written.some((threshold) => threshold.type !== type)) return refuse("type-unmatched");
          return configure({ thresholds: written.map(({ value }) => Number(value) * step) });
        },
      },
      monitoredValue: {
        get: () => ({ classId: watched().classId, logicalName: watched().logicalName, attribute: valueId }),
        set: ({ classId, logicalName, attribute }) => {
          const found = (Object.keys(attributes) as WatchedValue[]).find((value) => attributes[value].logicalName === logicalName);
          const known = found !== undefined && attributes[found].classId === classId && attribute === valueId;
          return configure(known ? { watched: found } : undefined);
        },
      },
      actions: {
        get: () => settings().actions.map(({ up, down }) => ({ up: scriptReference(up), down: scriptReference(down) })),
        set: (written) => {
          const actions = written.map(toAction);
          return configure(actions.every((action) => action !== undefined) ? { actions } : undefined);
        },
      },
    },
  });
}

/** Undefined for a script of a table that there is not. */
function toAction(actions: MonitorActions): MonitorAction | undefined {
  const up = scriptCall(actions.up);
  const down = scriptCall(actions.down);
  return up === undefined || down === undefined ? undefined : { up, down };
}
