import type { MeterClock } from "./meter-clock.ts";
import type { Instant } from "./units.ts";

/** Something the meter does at instants of its own clock. */
export interface ScheduledTask<Name extends string> {
  readonly name: Name;
  /** The first instant strictly after `after`; Infinity when there is none. */
  next(after: Instant): Instant;
  run(at: Instant): void;
}

const never = Number.POSITIVE_INFINITY;

interface Entry<Name extends string> {
  readonly task: ScheduledTask<Name>;
  due: Instant;
}

/**
 * Runs tasks when the meter's clock passes the instants planned for them, in order of those instants and then of the
 * tasks. The plan is part of the meter's state: it alone knows which instants have been served, also after the clock
 * was set back.
 */
export class Schedule<Name extends string> {
  readonly #plan: Partial<Record<Name, Instant>>;
  readonly #clock: MeterClock;
  readonly #entries: readonly Entry<Name>[];
  #nextDue: Instant = never;

  /** Tasks the plan does not know yet, as after an upgrade, are planned from `now` (true time) on. */
  constructor(plan: Partial<Record<Name, Instant>>, clock: MeterClock, tasks: readonly ScheduledTask<Name>[], now: Instant) {
    this.#plan = plan;
    this.#clock = clock;
    this.#entries = tasks.map((task) => ({ task, due: 0 }));
    for (const task of tasks) plan[task.name] ??= task.next(clock.at(now));
    this.clockChanged();
  }

  /** The true time at which the next task is due. */
  get nextDue(): Instant {
    return this.#nextDue;
  }

  /** The instant planned for a task, in clock time. */
  planned(name: Name): Instant {
    return this.#plan[name] ?? never;
  }

  /** Plans one task, or all, anew: for the first of its instants after `after` (clock time). */
  plan(after: Instant, name?: Name): void {
    for (const { task } of this.#entries) {
      if (name === undefined || task.name === name) this.#plan[task.name] = task.next(after);
    }
    this.clockChanged();
  }

  /** What is planned stays planned, but the clock gets there at another true time. */
  clockChanged(): void {
    for (const entry of this.#entries) entry.due = this.#clock.whenReading(this.planned(entry.task.name));
    this.#refresh();
  }

  /** Runs whatever is due at true time `now` or before. */
  runDue(now: Instant): void {
    while (this.#nextDue <= now) {
      const entry = this.#earliest();
      const at = this.planned(entry.task.name);
      this.#plan[entry.task.name] = entry.task.next(at);
      entry.due = this.#clock.whenReading(this.planned(entry.task.name));
      this.#refresh();
      entry.task.run(at);
    }
  }

  #earliest(): Entry<Name> {
    return this.#entries.reduce((best, entry) => (entry.due < best.due ? entry : best));
  }

  #refresh(): void {
    this.#nextDue = this.#entries.length === 0 ? never : this.#earliest().due;
  }
}
