import type { AlarmState } from "../event-logs.ts";
import type { Measurement } from "../measurement.ts";
import { type MeterUnit, never, type UnitSurroundings } from "../unit.ts";
import { noScript, type ScriptCall, type ScriptRunner } from "./script-call.ts";

/** The register monitors: the current, and what is to be reported of the three alarm registers. */
export const monitorNames = ["supervision", "alarms1", "alarms2", "alarms3"] as const;

/** One of the register monitors (blue book class 21). */
export type MonitorName = (typeof monitorNames)[number];

/** Measured values that can be watched: they change at instants, while a counter that grows would pass a threshold between two looks. */
export const watchedMeasurements = [
  "voltage",
  "current",
  "neutralCurrent",
  "frequency",
  "activeImport",
  "activeExport",
  "reactiveImport",
  "reactiveExport",
  "apparentImport",
  "apparentExport",
  "powerFactor",
] as const satisfies readonly (keyof Measurement)[];

/** Words of alarms and errors that can be watched, by the state of the event logs; `register` counts from 0. */
export const watchedWords = {
  alarmRegister1: (alarms: Readonly<AlarmState>) => alarms.registers[0],
  alarmRegister2: (alarms: Readonly<AlarmState>) => alarms.registers[1],
  alarmRegister3: (alarms: Readonly<AlarmState>) => alarms.registers[2],
  alarmDescriptor1: (alarms: Readonly<AlarmState>) => alarms.descriptors[0],
  alarmDescriptor2: (alarms: Readonly<AlarmState>) => alarms.descriptors[1],
  alarmDescriptor3: (alarms: Readonly<AlarmState>) => alarms.descriptors[2],
  errors: (alarms: Readonly<AlarmState>) => alarms.errors,
} as const satisfies Readonly<Record<string, (alarms: Readonly<AlarmState>) => number | undefined>>;

/** A value that a monitor can watch. */
export type WatchedValue = (typeof watchedMeasurements)[number] | keyof typeof watchedWords;

/** The scripts of one threshold. */
export interface MonitorAction {
  readonly up: ScriptCall;
  readonly down: ScriptCall;
}

/** What clients may change of a monitor; thresholds in the units of the measurement. */
export interface MonitorSettings {
  readonly watched: WatchedValue;
  readonly thresholds: readonly number[];
  /** By threshold; what is missing does nothing. */
  readonly actions: readonly MonitorAction[];
}

/** A monitor in the meter's state. */
export interface MonitorState {
  settings: MonitorSettings;
  /** Whether the value was above each threshold when it was looked at last. */
  above: readonly boolean[];
}

/** Thresholds that a monitor holds. */
export const mostThresholds = 8;
/** Scripts that raise the alarms that start them do not go on for ever. */
const mostRounds = 8;

/** Monitors without thresholds for the current; alarms are pushed as soon as there is any to report. */
export function newMonitors(): Record<MonitorName, MonitorState> {
  const monitor = (watched: WatchedValue, thresholds: readonly number[] = []): MonitorState => ({
    settings: { watched, thresholds, actions: thresholds.map(() => ({ up: { table: "push", script: 4 }, down: noScript })) },
    above: thresholds.map(() => false),
  });
  return {
    supervision: monitor("current"),
    alarms1: monitor("alarmDescriptor1", [0]),
    alarms2: monitor("alarmDescriptor2", [0]),
    alarms3: monitor("alarmDescriptor3", [0]),
  };
}

/** Runs scripts when a value crosses a threshold; what equals the threshold is not above it. Without supply nothing is watched. */
export class RegisterMonitors implements MeterUnit {
  readonly due = never;
  readonly #state: Record<MonitorName, MonitorState>;
  readonly #surroundings: UnitSurroundings;
  readonly #alarms: () => Readonly<AlarmState>;
  readonly #run: ScriptRunner;

  /** Takes possession of `state`. */
  constructor(
    state: Record<MonitorName, MonitorState>,
    surroundings: UnitSurroundings,
    alarms: () => Readonly<AlarmState>,
    run: ScriptRunner,
  ) {
    this.#state = state;
    this.#surroundings = surroundings;
    this.#alarms = alarms;
    this.#run = run;
  }

  settings(name: MonitorName): MonitorSettings {
    return this.#state[name].settings;
  }

  /**
   * Changes a monitor, which counts as crossing nothing; thresholds of another value do not outlast a change of what is
   * watched. False, and nothing changed, for more thresholds than fit, or numbers that are not whole.
   */
  configure(name: MonitorName, changes: Partial<MonitorSettings>): boolean {
    const before = this.#state[name].settings;
    const emptied = changes.watched !== undefined && changes.watched !== before.watched ? { thresholds: [], actions: [] } : {};
    const settings = { ...before, ...emptied, ...changes };
    const { thresholds, actions } = settings;
    if (thresholds.length > mostThresholds || actions.length > mostThresholds || !thresholds.every(Number.isSafeInteger)) return false;
    this.#state[name] = { settings, above: thresholds.map((threshold) => this.#valueOf(settings.watched) > threshold) };
    return true;
  }

  settle(): void {
    if (!this.#surroundings.supplied) return;
    for (let round = 0; round < mostRounds; round++) {
      // Each is looked at, whatever the others have found.
      const crossed = monitorNames.filter((name) => this.#look(name));
      if (crossed.length === 0) return;
    }
  }

  /** Answers whether a threshold was crossed. */
  #look(name: MonitorName): boolean {
    const state = this.#state[name];
    const { watched, thresholds, actions } = state.settings;
    if (thresholds.length === 0) return false;
    const value = this.#valueOf(watched);
    const { above } = state;
    if (thresholds.every((threshold, index) => value > threshold === above[index])) return false;
    state.above = thresholds.map((threshold) => value > threshold);
    for (const [index, threshold] of thresholds.entries()) {
      const up = value > threshold;
      if (up === above[index]) continue;
      if (name === "supervision") this.#surroundings.record(up ? "supervisionExceeded" : "supervisionOk", this.#clockTime);
      const script = up ? actions[index]?.up : actions[index]?.down;
      if (script !== undefined) this.#run(script);
    }
    return true;
  }

  #valueOf(watched: WatchedValue): number {
    if (isWord(watched)) return watchedWords[watched](this.#alarms()) ?? 0;
    return this.#surroundings.measurement[watched];
  }

  get #clockTime(): number {
    return this.#surroundings.clock.at(this.#surroundings.now);
  }
}

function isWord(watched: WatchedValue): watched is keyof typeof watchedWords {
  return Object.hasOwn(watchedWords, watched);
}
