import type { SpecialDay } from "../calendar.ts";
import type { MeterConfig } from "../config.ts";
import { matchesDay } from "../date-pattern.ts";
import type { AlarmState } from "../event-logs.ts";
import type { MeterUnit, UnitSurroundings } from "../unit.ts";
import { UnitSet } from "../unit-set.ts";
import { type ActionName, type ActionScheduleState, configureAction, isFreeze, newActionSchedules } from "./action-schedules.ts";
import { newParameterMonitor, ParameterMonitor, type ParameterMonitorState } from "./parameter-monitor.ts";
import { type MonitorName, type MonitorState, newMonitors, RegisterMonitors } from "./register-monitors.ts";
import type { ScriptCall, ScriptRunner } from "./script-call.ts";
import { ScriptScheduler, type ScriptScheduleState } from "./script-scheduler.ts";

/** What scripts have chosen for the outputs: signals that are on, as bits, and what the optical output shows. */
export interface OutputState {
  signals: number;
  test: number;
}

/** The part of the meter's state that is about scripts and what starts them. */
export interface AutomationState extends ScriptScheduleState {
  monitors: Record<MonitorName, MonitorState>;
  parameterMonitor: ParameterMonitorState;
  outputs: OutputState;
}

/** Nothing is planned but the freezes. */
export function newAutomation(config: MeterConfig): AutomationState {
  return {
    plan: {},
    schedules: newActionSchedules(config),
    entries: [],
    monitors: newMonitors(),
    parameterMonitor: newParameterMonitor(),
    outputs: { signals: 0, test: 1 },
  };
}

/** What automation looks at besides the surroundings that every unit has. */
export interface AutomationSources {
  readonly specialDays: () => readonly SpecialDay[];
  readonly alarms: () => Readonly<AlarmState>;
}

/** Scripts by the clock and by what is measured, and the record of what is programmed. */
export class Automation {
  /** The timetable, and what runs by it. */
  readonly scheduler: ScriptScheduler;
  readonly monitors: RegisterMonitors;
  readonly parameterMonitor: ParameterMonitor;
  /** What lives with the other units of the meter. */
  readonly unit: MeterUnit;
  readonly #state: AutomationState;
  #runner: ScriptRunner | undefined;

  /** Takes possession of `state`. */
  constructor(state: AutomationState, surroundings: UnitSurroundings, { specialDays, alarms }: AutomationSources) {
    this.#state = state;
    const run: ScriptRunner = (call) => this.#run(call);
    this.scheduler = new ScriptScheduler(
      state,
      surroundings,
      run,
      (days) => specialDays().find(({ date }) => matchesDay(date, days))?.dayId,
    );
    this.monitors = new RegisterMonitors(state.monitors, surroundings, alarms, run);
    this.parameterMonitor = new ParameterMonitor(state.parameterMonitor, surroundings.clock);
    this.unit = new UnitSet([this.scheduler, this.monitors]);
  }

  /** Names who executes scripts; without one, as while a past is simulated that nobody served, they do nothing. */
  connect(runner: ScriptRunner): void {
    this.#runner = runner;
  }

  /** A single action schedule. */
  schedule(name: ActionName): Readonly<ActionScheduleState> {
    return this.#state.schedules[name];
  }

  /** Changes a single action schedule; false, and nothing changed, for times that its type does not allow. */
  configure(name: ActionName, changes: Partial<ActionScheduleState>): boolean {
    if (!configureAction(this.#state.schedules, name, changes)) return false;
    if (!isFreeze(name)) this.scheduler.plan(name);
    return true;
  }

  get outputs(): Readonly<OutputState> {
    return this.#state.outputs;
  }

  /** Switches an output signal (0..7). */
  setSignal(signal: number, on: boolean): void {
    const bit = 1 << signal;
    this.#state.outputs.signals = on ? this.#state.outputs.signals | bit : this.#state.outputs.signals & ~bit;
  }

  /** Chooses what the optical test output shows, by the number of the script. */
  selectTest(output: number): void {
    this.#state.outputs.test = output;
  }

  #run(call: ScriptCall): void {
    if (call.script !== 0) this.#runner?.(call);
  }
}
