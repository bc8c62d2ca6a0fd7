import type { AlarmState } from "../event-logs.ts";
import type { Measurement } from "../measurement.ts";
import { type MeterUnit, never, type UnitSurroundings } from "../unit.ts";
import { noScript, type ScriptCall, type ScriptRunner } from "./script-call.ts";

/** The register monitors: the current, and what is to be reported of the three alarm registers. */
export const monitorNames = ["supervision", "alarms1", "alarms2", "alarms3"] as const;

/** One of the register monitors (blue book class 21). */
export type MonitorName = (typeof monitorNames)[number];

/** Where the values that are watched come from. */
interface WatchedSources {
  readonly measurement: Measurement;
  readonly alarms: Readonly<AlarmState>;
}

/**
 * The values that a monitor can watch: those that change at instants and are constant between them, since a counter that
 * grows would pass a threshold between two looks.
 */
const watchedValues = {
  voltage: ({ measurement }) => measurement.voltage,
  current: ({ measurement }) => measurement.current,
  neutralCurrent: ({ measurement }) => measurement.neutralCurrent,
  frequency: ({ measurement }) => measurement.frequency,
  activeImport: ({ measurement }) => measurement.activeImport,
  activeExport: ({ measurement }) => measurement.activeExport,
  reactiveImport: ({ measurement }) => measurement.reactiveImport,
  reactiveExport: ({ measurement }) => measurement.reactiveExport,
  apparentImport: ({ measurement }) => measurement.apparentImport,
  apparentExport: ({ measurement }) => measurement.apparentExport,
  powerFactor: ({ measurement }) => measurement.powerFactor,
  alarmRegister1: ({ alarms }) => alarms.registers[0] ?? 0,
  alarmRegister2: ({ alarms }) => alarms.registers[1] ?? 0,
  alarmRegister3: ({ alarms }) => alarms.registers[2] ?? 0,
  alarmDescriptor1: ({ alarms }) => alarms.descriptors[0] ?? 0,
  alarmDescriptor2: ({ alarms }) => alarms.descriptors[1] ?? 0,
  alarmDescriptor3: ({ alarms }) => alarms.descriptors[2] ?? 0,
  errors: ({ alarms }) => alarms.errors,
} as const satisfies Readonly<Record<string, (sources: WatchedSources) => number>>;

/** A value that a monitor can watch. */
export type WatchedValue = keyof typeof watchedValues;

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
  readonly #sources: WatchedSources;
  readonly #run: ScriptRunner;
  /** Whether nothing that is measured is watched. */
  #calm: boolean;

  /** Takes possession of `state`. */
  constructor(
    state: Record<MonitorName, MonitorState>,
    surroundings: UnitSurroundings,
    alarms: () => Readonly<AlarmState>,
    run: ScriptRunner,
  ) {
    this.#state = state;
    this.#surroundings = surroundings;
    this.#sources = {
      get measurement() {
        return surroundings.measurement;
      },
      get alarms() {
        return alarms();
      },
    };
    this.#run = run;
    this.#calm = this.#watchesAlarmsAlone;
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
    this.#calm = this.#watchesAlarmsAlone;
    return true;
  }

  /** Alarms change with events, at which every unit looks. */
  calm(): boolean {
    return this.#calm;
  }

  settle(): void {
    if (!this.#surroundings.supplied) return;
    for (let round = 0; round < mostRounds; round++) {
      let crossed = false;
      // Each is looked at, whatever the others have found.
      for (const name of monitorNames) crossed = this.#look(name) || crossed;
      if (!crossed) return;
    }
  }

  get #watchesAlarmsAlone(): boolean {
    return monitorNames.every((name) => {
      const { watched, thresholds } = this.#state[name].settings;
      return thresholds.length === 0 || watched.startsWith("alarm");
    });
  }

  /** Answers whether a threshold was crossed. */
  #look(name: MonitorName): boolean {
    const state = this.#state[name];
    const { watched, thresholds, actions } = state.settings;
    if (thresholds.length === 0) return false;
    const value = this.#valueOf(watched);
    const { above } = state;
    if (!hasCrossed(value, thresholds, above)) return false;
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
    return watchedValues[watched](this.#sources);
  }

  get #clockTime(): number {
    return this.#surroundings.clock.at(this.#surroundings.now);
  }
}

/** A plain loop, since this is asked whenever anything happens to the meter. */
function hasCrossed(value: number, thresholds: readonly number[], above: readonly boolean[]): boolean {
  for (let index = 0; index < thresholds.length; index++) {
    if (value > (thresholds[index] as number) !== above[index]) return true;
  }
  return false;
}
