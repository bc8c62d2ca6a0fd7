import type { MeterConfig } from "../config.ts";
import type { DatePattern } from "../date-pattern.ts";
import { type ActionType, actionTypes, type ExecutionTime, fitsType } from "./execution-time.ts";
import type { ScriptCall } from "./script-call.ts";

/** The single action schedules that run scripts. */
export const scriptActionNames = [
  "disconnect",
  "imageActivation",
  "pushInterval1",
  "pushInterval2",
  "loadProfileControl",
  "paymentMode",
  "stepTariff",
] as const;

/** A single action schedule that runs a script. */
export type ScriptActionName = (typeof scriptActionNames)[number];

/** The profiles whose rows are captured at the times of a single action schedule. */
export const freezeActions = { monthly: "endOfBilling", daily: "dailyFreeze" } as const;

/** A single action schedule that says when a profile is frozen. */
export type FreezeActionName = (typeof freezeActions)[keyof typeof freezeActions];

/** One of the single action schedules (blue book class 22). */
export type ActionName = ScriptActionName | FreezeActionName;

/** A single action schedule in the meter's state; without times it is never. */
export interface ActionScheduleState {
  script: ScriptCall;
  type: ActionType;
  times: readonly ExecutionTime[];
}

const defaultScripts: Readonly<Record<ActionName, ScriptCall>> = {
  endOfBilling: { table: "billing", script: 1 },
  dailyFreeze: { table: "loadProfile", script: 5 },
  disconnect: { table: "disconnect", script: 1 },
  imageActivation: { table: "image", script: 1 },
  pushInterval1: { table: "push", script: 1 },
  pushInterval2: { table: "push", script: 2 },
  loadProfileControl: { table: "loadProfile", script: 1 },
  paymentMode: { table: "prepayment", script: 1 },
  stepTariff: { table: "prepayment", script: 3 },
};

/** Schedules of which only the freezes have times, those that the meter is built with. */
export function newActionSchedules({ profiles }: MeterConfig): Record<ActionName, ActionScheduleState> {
  const schedule = (name: ActionName, date?: DatePattern): ActionScheduleState => ({
    script: defaultScripts[name],
    type: actionTypes.oneTime,
    times: date === undefined ? [] : [date],
  });
  const plain = Object.fromEntries(scriptActionNames.map((name) => [name, schedule(name)])) as Record<
    ScriptActionName,
    ActionScheduleState
  >;
  return {
    ...plain,
    endOfBilling: schedule("endOfBilling", profiles.monthly.dates),
    dailyFreeze: schedule("dailyFreeze", profiles.daily.dates),
  };
}

/**
 * Changes a schedule; false, and nothing changed, for times that its type does not allow, and for another script of a
 * freeze, which the meter itself carries out.
 */
export function configureAction(
  state: Record<ActionName, ActionScheduleState>,
  name: ActionName,
  changes: Partial<ActionScheduleState>,
): boolean {
  const changed = { ...state[name], ...changes };
  if (!fitsType(changed.type, changed.times)) return false;
  const { table, script } = defaultScripts[name];
  const itsOwn = changed.script.table === table && changed.script.script === script;
  if (isFreeze(name) && !itsOwn) return false;
  state[name] = changed;
  return true;
}

/** Whether a schedule is that of a freeze. */
export function isFreeze(name: ActionName): name is FreezeActionName {
  return name === freezeActions.monthly || name === freezeActions.daily;
}
