import { Schedule, type ScheduledTask } from "../schedule.ts";
import { type MeterUnit, never, type UnitSurroundings } from "../unit.ts";
import type { Instant } from "../units.ts";
import { type ActionName, type ActionScheduleState, type ScriptActionName, scriptActionNames } from "./action-schedules.ts";
import { nextExecution } from "./execution-time.ts";
import type { ScriptCall, ScriptRunner } from "./script-call.ts";
import {
  isSwitchOf,
  isTimetableEntry,
  latestSwitchOf,
  mostEntries,
  nextSwitchOf,
  type SpecialDayLookup,
  type TimetableEntry,
} from "./timetable.ts";

/** What the scheduler plans: each single action schedule, and the next entry of the timetable. */
export type PlannedScript = ScriptActionName | "timetable";

/** The part of the meter's state that says when scripts run. */
export interface ScriptScheduleState {
  /** Clock time for which each is planned next. */
  plan: Partial<Record<PlannedScript, Instant>>;
  schedules: Record<ActionName, ActionScheduleState>;
  /** By index. */
  entries: readonly TimetableEntry[];
}

/**
 * Runs scripts by the clock. What the clock did not live through is not executed, but for entries of the timetable that
 * are still valid; while the clock is invalid nobody knows the time, and nothing is executed.
 */
export class ScriptScheduler implements MeterUnit {
  readonly #state: ScriptScheduleState;
  readonly #surroundings: UnitSurroundings;
  readonly #run: ScriptRunner;
  readonly #specialDay: SpecialDayLookup;
  readonly #schedule: Schedule<PlannedScript>;
  /** When each entry comes next, as long as the calendar is the same: of most there is news only once they have come. */
  readonly #ahead = new Map<TimetableEntry, Instant>();

  /** Takes possession of `state`. */
  constructor(state: ScriptScheduleState, surroundings: UnitSurroundings, run: ScriptRunner, specialDay: SpecialDayLookup) {
    this.#state = state;
    this.#surroundings = surroundings;
    this.#run = run;
    this.#specialDay = specialDay;
    this.#schedule = new Schedule(state.plan, surroundings.clock, this.#tasks(), surroundings.now);
  }

  get entries(): readonly TimetableEntry[] {
    return this.#state.entries;
  }

  get due(): Instant {
    return this.#surroundings.supplied ? this.#schedule.nextDue : never;
  }

  settle(): void {
    if (this.#surroundings.supplied) this.#schedule.runDue(this.#surroundings.now);
  }

  supplyBack(): void {
    // What is planned for the instant at which supply returns is not missed.
    this.#planFrom(this.#clockTime - 1);
  }

  clockChanged(stepped: boolean): void {
    if (stepped) this.#planFrom(this.#clockTime);
    else this.#schedule.clockChanged();
  }

  /** Replaces the timetable; false, and nothing changed, for more entries than fit, or for one that is none. */
  setEntries(entries: readonly TimetableEntry[]): boolean {
    const indexes = new Set(entries.map(({ index }) => index));
    if (entries.length > mostEntries || indexes.size !== entries.length || !entries.every(isTimetableEntry)) return false;
    this.#state.entries = entries.toSorted((a, b) => a.index - b.index);
    this.plan("timetable");
    return true;
  }

  /** Plans anew what has been changed, from now on. */
  plan(name: PlannedScript): void {
    this.#ahead.clear();
    this.#schedule.plan(this.#clockTime, name);
  }

  get #clockTime(): Instant {
    return this.#surroundings.clock.at(this.#surroundings.now);
  }

  #tasks(): readonly ScheduledTask<PlannedScript>[] {
    const { clock } = this.#surroundings;
    return [
      ...scriptActionNames.map((name) => ({
        name,
        next: (after: Instant) => nextExecution(this.#state.schedules[name].times, after, clock.local),
        run: () => this.#execute([this.#state.schedules[name].script]),
      })),
      {
        name: "timetable",
        next: (after) => this.#enabled.reduce((next, entry) => Math.min(next, this.#nextOf(entry, after)), never),
        run: (at) =>
          this.#execute(this.#enabled.filter((entry) => isSwitchOf(entry, at, clock.local, this.#specialDay)).map(({ script }) => script)),
      },
    ];
  }

  get #enabled(): readonly TimetableEntry[] {
    return this.#state.entries.filter(({ enabled }) => enabled);
  }

  #nextOf(entry: TimetableEntry, after: Instant): Instant {
    const known = this.#ahead.get(entry);
    if (known !== undefined && known > after) return known;
    const next = nextSwitchOf(entry, after, this.#surroundings.clock.local, this.#specialDay);
    this.#ahead.set(entry, next);
    return next;
  }

  /** Plans everything for after `after`, and executes what was missed up to then of the timetable. */
  #planFrom(after: Instant): void {
    this.#ahead.clear();
    const missed = this.#missed(after);
    this.#schedule.plan(after);
    this.#execute(missed);
  }

  /** The latest of each entry that was planned and not served until `until`, where it is still valid, in their order. */
  #missed(until: Instant): readonly ScriptCall[] {
    const from = this.#schedule.planned("timetable");
    if (from > until) return [];
    const missed = this.#enabled.flatMap((entry) => {
      const at = latestSwitchOf(entry, from, until, this.#surroundings.clock.local, this.#specialDay);
      return at === undefined ? [] : [{ at, script: entry.script }];
    });
    // The sort is stable: at one instant the order of the indexes stays.
    return missed.toSorted((a, b) => a.at - b.at).map(({ script }) => script);
  }

  #execute(scripts: readonly ScriptCall[]): void {
    if (!this.#surroundings.clock.valid) return;
    for (const script of scripts) this.#run(script);
  }
}
