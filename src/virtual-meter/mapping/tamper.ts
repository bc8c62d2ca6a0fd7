import { Data } from "../../cosem-objects/classes/data.ts";
import { Register } from "../../cosem-objects/classes/register.ts";
import { type LogicalName, parseLogicalName } from "../../cosem-objects/logical-name.ts";
import { bind, type CosemObject, refuse } from "../../cosem-objects/object.ts";
import { Unit } from "../../cosem-objects/unit.ts";
import type { DlmsData } from "../../dlms/axdr/dlms-data.ts";
import { reverseTreatments } from "../../meter-model/guard/reverse-energy.ts";
import type { TamperName } from "../../meter-model/guard/tamper-catalogue.ts";
import type { TamperGuard, TamperSettings } from "../../meter-model/guard/tamper-guard.ts";
import { type Meter, second } from "../../meter-model/index.ts";
import { data } from "./data-object.ts";
import { dateTimeOctets } from "./past-time.ts";
import { type Quantity, quantities, quantityData, register } from "./quantity.ts";

/** Value group E of the first of four objects for each kind of tampering: count, time, duration, all durations. */
const tallies: readonly (readonly [first: number, name: TamperName | "metrology"])[] = [
  [0, "meterCover"],
  [5, "terminalCover"],
  [15, "magneticField"],
  [20, "relayBypassed"],
  [25, "metrology"],
  [30, "communication"],
];

/** Value group E of count and time of what the metrology detects. */
const details: readonly (readonly [first: number, name: TamperName])[] = [
  [10, "currentReverse"],
  [12, "differential"],
];

const milliamperes: Quantity = { type: "long-unsigned", scaler: -3, unit: Unit.ampere, step: 1 };
const percent: Quantity = { type: "unsigned", scaler: 0, unit: Unit.percent, step: 1 };

/** Counts, times and durations of tampering, the words of what goes on and what is latched, and the parameters. */
export function tamperObjects(meter: Meter, guard: TamperGuard): readonly CosemObject[] {
  const counted = (logicalName: LogicalName, name: TamperName | "metrology") =>
    data(logicalName, () => ({ type: "double-long-unsigned", value: guard.tally(name).count }));
  const stamped = (logicalName: LogicalName, name: TamperName | "metrology") =>
    data(logicalName, () => ({ type: "octet-string", value: dateTimeOctets(meter, guard.tally(name).beganAt) }));
  const word = (value: number): DlmsData => ({ type: "double-long-unsigned", value });
  return [
    ...tallies.flatMap(([first, name]) => {
      const member = (offset: number) => parseLogicalName(`0.0.96.20.${first + offset}.255`);
      return [
        counted(member(0), name),
        stamped(member(1), name),
        register(member(2), quantities.seconds, () => Math.floor(guard.tally(name).duration / second)),
        register(member(3), quantities.seconds, () => Math.floor(guard.tally(name).cumulative / second)),
      ];
    }),
    ...details.flatMap(([first, name]) => [
      counted(parseLogicalName(`0.0.96.66.${first}.255`), name),
      stamped(parseLogicalName(`0.0.96.66.${first + 1}.255`), name),
    ]),
    data("0.0.96.66.14.255", () => word(guard.present)),
    data("0.0.96.66.15.255", () => word(guard.latched)),
    bind(Data, {
      logicalName: "0.0.96.66.16.255",
      attributes: {
        value: {
          get: () => word(guard.settings.actionMask),
          set: (written) =>
            written.type === "double-long-unsigned" ? configure(guard, { actionMask: written.value }) : refuse("type-unmatched"),
        },
      },
    }),
    register("0.0.96.66.0.255", quantities.activeEnergy, () => guard.reverseEnergy),
    setting(guard, "0.0.96.66.1.255", "reverseThreshold", quantities.activeEnergy),
    bind(Data, {
      logicalName: "0.0.96.66.2.255",
      attributes: {
        value: {
          get: (): DlmsData => ({ type: "enum", value: reverseTreatments.indexOf(guard.settings.reverseTreatment) }),
          set: (written) => {
            const reverseTreatment = written.type === "enum" ? reverseTreatments[written.value] : undefined;
            if (written.type !== "enum") return refuse("type-unmatched");
            return reverseTreatment === undefined ? refuse("other-reason") : configure(guard, { reverseTreatment });
          },
        },
      },
    }),
    setting(guard, "0.0.96.66.17.255", "differenceCurrent", milliamperes),
    setting(guard, "0.0.96.66.18.255", "differencePercent", percent),
    setting(guard, "0.0.96.66.19.255", "persistence", quantities.shortSeconds),
  ];
}

/** The settings that are registers. */
type NumericSetting = Exclude<keyof TamperSettings, "reverseTreatment">;

function setting(guard: TamperGuard, logicalName: LogicalName, name: NumericSetting, quantity: Quantity): CosemObject {
  return bind(Register, {
    logicalName,
    attributes: {
      value: {
        get: () => quantityData(quantity, guard.settings[name]),
        set: (written) =>
          written.type === quantity.type ? configure(guard, { [name]: Number(written.value) * quantity.step }) : refuse("type-unmatched"),
      },
      scalerUnit: { scaler: quantity.scaler, unit: quantity.unit },
    },
  });
}

function configure(guard: TamperGuard, changes: Partial<TamperSettings>): ReturnType<typeof refuse<"other-reason">> | undefined {
  return guard.configure(changes) ? undefined : refuse("other-reason");
}
