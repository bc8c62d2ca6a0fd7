import { Data } from "../../cosem-objects/classes/data.ts";
import { type EmergencyProfileData, Limiter, type LimiterActionsData } from "../../cosem-objects/classes/limiter.ts";
import { Register } from "../../cosem-objects/classes/register.ts";
import type { LogicalName } from "../../cosem-objects/logical-name.ts";
import { type Accessor, bind, type CosemObject, refuse } from "../../cosem-objects/object.ts";
import { type CosemDateTime, unspecifiedDateTime } from "../../dlms/axdr/date-time.ts";
import type { DlmsData } from "../../dlms/axdr/dlms-data.ts";
import type { Meter } from "../../meter-model/index.ts";
import type { LimitedQuantity, LimiterName, LimiterSettings, Limiter as MeterLimiter } from "../../meter-model/relay/limiter.ts";
import type { Overload, OverloadSettings } from "../../meter-model/relay/overload.ts";
import { pastDateTime, toMeterInstant } from "./clock.ts";
import { type Quantity, quantities, quantityData } from "./quantity.ts";

const logicalNames: Readonly<Record<LimiterName, LogicalName>> = { power: "0.0.17.0.0.255", current: "0.0.17.0.1.255" };

/** The registers that a limiter can watch, of which it takes the value. */
const registers: Readonly<Record<LimitedQuantity, { readonly logicalName: LogicalName; readonly quantity: Quantity }>> = {
  activeImport: { logicalName: "1.0.1.7.0.255", quantity: quantities.activePower },
  activeExport: { logicalName: "1.0.2.7.0.255", quantity: quantities.activePower },
  apparentImport: { logicalName: "1.0.9.7.0.255", quantity: quantities.apparentPower },
  current: { logicalName: "1.0.31.7.0.255", quantity: quantities.current },
  neutralCurrent: { logicalName: "1.0.91.7.0.255", quantity: quantities.current },
  voltage: { logicalName: "1.0.32.7.0.255", quantity: quantities.voltage },
};

/** The script table of the disconnect control, with its scripts; 0 does nothing. */
const scriptTable: LogicalName = "0.0.10.0.106.255";
const scripts = { none: 0, disconnect: 1, reconnect: 2 } as const;

/** The limiters, and what becomes of an overload. */
export function limiterObjects(
  meter: Meter,
  limiters: Readonly<Record<LimiterName, MeterLimiter>>,
  overload: Overload,
): readonly CosemObject[] {
  return [
    limiterObject(meter, logicalNames.power, limiters.power),
    limiterObject(meter, logicalNames.current, limiters.current),
    seconds("0.0.96.65.0.255", overload, "reconnectDelay"),
    bind(Data, {
      logicalName: "0.0.96.65.1.255",
      attributes: {
        value: {
          get: (): DlmsData => ({ type: "unsigned", value: overload.settings.attempts }),
          set: (written) => (written.type === "unsigned" ? policy(overload, { attempts: written.value }) : refuse("type-unmatched")),
        },
      },
    }),
    seconds("0.0.96.65.2.255", overload, "clearTime"),
  ];
}

function limiterObject(meter: Meter, logicalName: LogicalName, limiter: MeterLimiter): CosemObject {
  const quantity = () => registers[limiter.settings.monitored].quantity;
  const configure = (changes: Partial<LimiterSettings> | undefined) =>
    changes !== undefined && limiter.configure(changes) ? undefined : refuse("other-reason");
  const threshold = (name: "thresholdNormal" | "thresholdEmergency"): Accessor<DlmsData> => ({
    get: () => quantityData(quantity(), limiter.settings[name]),
    set: (written) =>
      written.type === quantity().type ? configure({ [name]: Number(written.value) * quantity().step }) : refuse("type-unmatched"),
  });
  return bind(Limiter, {
    logicalName,
    attributes: {
      monitoredValue: {
        get: () => ({ classId: Register.classId, logicalName: registers[limiter.settings.monitored].logicalName, attribute: valueId }),
        set: ({ classId, logicalName: watched, attribute }) => {
          const names = Object.keys(registers) as LimitedQuantity[];
          const monitored = names.find((name) => registers[name].logicalName === watched);
          const known = monitored !== undefined && classId === Register.classId && attribute === valueId;
          return configure(known ? { monitored } : undefined);
        },
      },
      thresholdActive: () => quantityData(quantity(), limiter.thresholdActive),
      thresholdNormal: threshold("thresholdNormal"),
      thresholdEmergency: threshold("thresholdEmergency"),
      minOverThresholdDuration: { get: () => limiter.settings.minimumOver, set: (minimumOver) => configure({ minimumOver }) },
      minUnderThresholdDuration: { get: () => limiter.settings.minimumUnder, set: (minimumUnder) => configure({ minimumUnder }) },
      emergencyProfile: {
        get: () => {
          const { id, activateAt, duration } = limiter.settings.emergency;
          return { id, activationTime: activateAt === undefined ? unspecifiedDateTime : pastDateTime(meter, activateAt), duration };
        },
        set: (profile) => configure(toEmergency(meter, profile)),
      },
      emergencyProfileGroupIdList: { get: () => limiter.settings.groups, set: (groups) => configure({ groups }) },
      emergencyProfileActive: () => limiter.emergencyActive,
      actions: {
        get: () => {
          const { over, under } = limiter.settings.actions;
          return { overThreshold: script(scripts[over]), underThreshold: script(scripts[under]) };
        },
        set: (actions) => configure(toActions(actions)),
      },
    },
  });
}

const valueId = Register.attributes.value.id;

const script = (scriptSelector: number) => ({ scriptLogicalName: scriptTable, scriptSelector });

/** Undefined for a time that is neither an instant nor wholly unspecified. */
function toEmergency(meter: Meter, { id, activationTime, duration }: EmergencyProfileData): Pick<LimiterSettings, "emergency"> | undefined {
  if (isUnspecified(activationTime)) return { emergency: { id, activateAt: undefined, duration } };
  const activateAt = toMeterInstant(meter, activationTime);
  return activateAt === undefined ? undefined : { emergency: { id, activateAt, duration } };
}

function isUnspecified({ deviation: _, clockStatus: __, hundredths: ___, ...fields }: CosemDateTime): boolean {
  return Object.values(fields).every((field) => field === undefined);
}

/** Undefined for another table or script. */
function toActions({ overThreshold, underThreshold }: LimiterActionsData): Pick<LimiterSettings, "actions"> | undefined {
  const ours = [overThreshold, underThreshold].every(
    ({ scriptLogicalName, scriptSelector }) => scriptSelector === scripts.none || scriptLogicalName === scriptTable,
  );
  const over = overThreshold.scriptSelector;
  const under = underThreshold.scriptSelector;
  if (!ours || (over !== scripts.none && over !== scripts.disconnect) || (under !== scripts.none && under !== scripts.reconnect)) {
    return undefined;
  }
  return {
    actions: { over: over === scripts.none ? "none" : "disconnect", under: under === scripts.none ? "none" : "reconnect" },
  };
}

function seconds(logicalName: LogicalName, overload: Overload, name: "reconnectDelay" | "clearTime"): CosemObject {
  const quantity = quantities.shortSeconds;
  return bind(Register, {
    logicalName,
    attributes: {
      value: {
        get: () => quantityData(quantity, overload.settings[name]),
        set: (written) => (written.type === quantity.type ? policy(overload, { [name]: Number(written.value) }) : refuse("type-unmatched")),
      },
      scalerUnit: { scaler: quantity.scaler, unit: quantity.unit },
    },
  });
}

function policy(overload: Overload, changes: Partial<OverloadSettings>): ReturnType<typeof refuse<"other-reason">> | undefined {
  return overload.configure(changes) ? undefined : refuse("other-reason");
}
