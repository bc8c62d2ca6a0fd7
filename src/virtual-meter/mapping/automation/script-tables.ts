import { DemandRegister } from "../../../cosem-objects/classes/demand-register.ts";
import { ExtendedRegister } from "../../../cosem-objects/classes/extended-register.ts";
import { ImageTransfer } from "../../../cosem-objects/classes/image-transfer.ts";
import { ProfileGeneric } from "../../../cosem-objects/classes/profile-generic.ts";
import { PushSetupV1 } from "../../../cosem-objects/classes/push-setup.ts";
import { type ScriptAction, ScriptTable } from "../../../cosem-objects/classes/script-table.ts";
import { type LogicalName, parseLogicalName } from "../../../cosem-objects/logical-name.ts";
import { profileNames } from "../../../cosem-objects/names.ts";
import { bind, type CosemObject, type MethodBinding, refuse } from "../../../cosem-objects/object.ts";
import { type CommandOutcome, demandQuantities, type Meter } from "../../../meter-model/index.ts";
import { demandNames } from "../demand.ts";
import { settle } from "../outcome.ts";
import type { ScriptExecutor } from "./script-executor.ts";
import { scriptTables } from "./script-references.ts";

type Script = readonly ScriptAction[];

/** Script tables whose scripts say what they do; the others belong to what they act upon. */
export function scriptTableObjects(meter: Meter, executor: ScriptExecutor): readonly CosemObject[] {
  const { automation } = meter;
  return [
    table(executor, scriptTables.globalReset, [globalReset]),
    fixedTable(scriptTables.outputs, 2 * signals, (script) => automation.setSignal((script - 1) >> 1, script % 2 === 1)),
    fixedTable(scriptTables.testOutput, testOutputs, (script) => automation.selectTest(script)),
    table(executor, scriptTables.image, [[execute(ImageTransfer, "0.0.44.0.0.255", ImageTransfer.methods.activate.id)]]),
    table(
      executor,
      scriptTables.push,
      Array.from({ length: pushes }, (_, index) => [
        execute(PushSetupV1, parseLogicalName(`0.${index + 1}.25.9.0.255`), PushSetupV1.methods.push.id),
      ]),
    ),
    table(executor, scriptTables.loadProfile, [
      [setPeriod(meter.config.profiles.load.period)],
      [setPeriod(0)],
      [capture(profileNames.load)],
      [capture(profileNames.hourly)],
      [capture(profileNames.daily)],
    ]),
    tableObject(scriptTables.prepayment, blank(prepaymentScripts.length), (script) =>
      settle(prepaymentScripts[script - 1]?.(meter) ?? "out-of-range"),
    ),
  ];
}

/** Output signals, each with a script that switches it on and one that switches it off. */
const signals = 2;
/** Pulses of active import, active export, reactive import, reactive export, and the second of the clock. */
const testOutputs = 5;
/** To prepayment, to credit, step tariff, taxes. */
const prepaymentScripts: readonly ((meter: Meter) => CommandOutcome)[] = [
  ({ credit }) => credit.setMode("prepaid"),
  ({ credit }) => credit.setMode("postpaid"),
  ({ steps, supplied }) => {
    if (supplied) steps.activate();
    return supplied ? "accepted" : "no-supply";
  },
  ({ credit, supplied }) => {
    if (supplied) credit.charges.activate("tax");
    return supplied ? "accepted" : "no-supply";
  },
];
/** Script n pushes by 0.n.25.9.0. */
const pushes = 8;

/**
 * What the utility reads and then does not need any more: load profile and freezes of hours and days, averages and maxima
 * of demand. Energies, bills, counters, event logs and parameters stay: nobody may turn back what is billed by, or hide
 * what happened.
 */
const globalReset: Script = [
  ...[profileNames.load, profileNames.hourly, profileNames.daily].map((name) =>
    execute(ProfileGeneric, name, ProfileGeneric.methods.reset.id),
  ),
  ...demandQuantities.flatMap((quantity) => [
    execute(DemandRegister, demandNames[quantity].average, DemandRegister.methods.reset.id),
    execute(ExtendedRegister, demandNames[quantity].maximum(0), ExtendedRegister.methods.reset.id),
  ]),
];

const capture = (logicalName: LogicalName) => execute(ProfileGeneric, logicalName, ProfileGeneric.methods.capture.id);

function setPeriod(seconds: number): ScriptAction {
  const { classId, attributes } = ProfileGeneric;
  const parameter = { type: "double-long-unsigned", value: seconds } as const;
  return { serviceId: "write", classId, logicalName: profileNames.load, index: attributes.capturePeriod.id, parameter };
}

function execute({ classId }: { readonly classId: number }, logicalName: LogicalName, index: number): ScriptAction {
  return { serviceId: "execute", classId, logicalName, index, parameter: { type: "integer", value: 0 } };
}

/** A table of scripts that are numbered from 1. */
function table(executor: ScriptExecutor, logicalName: LogicalName, scripts: readonly Script[]): CosemObject {
  return tableObject(logicalName, scripts, (script) => {
    const result = executor.execute(scripts[script - 1] ?? []);
    return result === "success" ? undefined : refuse(result);
  });
}

/** A table whose effects are those of the meter, and no object's. */
function fixedTable(logicalName: LogicalName, count: number, effect: (script: number) => void): CosemObject {
  return tableObject(logicalName, blank(count), (script) => {
    effect(script);
    return undefined;
  });
}

/** Scripts with a fixed effect are read without actions. */
function blank(count: number): readonly Script[] {
  return Array.from({ length: count }, () => []);
}

function tableObject(logicalName: LogicalName, scripts: readonly Script[], run: MethodBinding<number, never>): CosemObject {
  return bind(ScriptTable, {
    logicalName,
    attributes: { scripts: scripts.map((actions, index) => ({ scriptIdentifier: index + 1, actions })) },
    methods: {
      execute: (script, context) => {
        if (script === 0) return undefined;
        return script > scripts.length ? refuse("other-reason") : run(script, context);
      },
    },
  });
}
