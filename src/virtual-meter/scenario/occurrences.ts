import { day, type Instant, LocalTime, minute, type TimeZoneRule } from "../../meter-model/index.ts";
import type { ScenarioTime } from "./scenario.ts";

/** The time from one occurrence to before the next. */
interface Turn {
  /** Somewhere in it, and its begin where there is one. */
  readonly from: Instant;
  readonly latest: Instant | undefined;
  readonly next: Instant;
}

/**
 * The instants at which an event of a scenario begins. Of a local time that autumn repeats it is the first; one that spring
 * skips comes an hour later by the clock on the wall.
 */
export class Occurrences {
  readonly #when: ScenarioTime;
  readonly #start: Instant;
  readonly #localTime: LocalTime;
  /** The turn asked for last, since time is usually asked for in order. */
  #turn: Turn = { from: Number.POSITIVE_INFINITY, latest: undefined, next: Number.POSITIVE_INFINITY };

  /** @param start of the scenario, before which nothing happens */
  constructor(when: ScenarioTime, start: Instant, zone: TimeZoneRule) {
    this.#when = when;
    this.#start = start;
    this.#localTime = new LocalTime(zone);
  }

  /** The last one at `instant` or before; undefined when there is none. */
  latest(instant: Instant): Instant | undefined {
    return this.#turnAt(instant).latest;
  }

  /** The first one after `instant`; Infinity when there is none. */
  next(instant: Instant): Instant {
    return this.#turnAt(instant).next;
  }

  #turnAt(instant: Instant): Turn {
    if (instant < this.#turn.from || instant >= this.#turn.next) {
      const latest = this.#around(instant).findLast((begin) => begin <= instant);
      const next = this.#around(Math.max(instant, this.#start - 1)).find((begin) => begin > instant) ?? Number.POSITIVE_INFINITY;
      this.#turn = { from: latest ?? instant, latest, next };
    }
    return this.#turn;
  }

  /** Those that are nearest, in order. */
  #around(instant: Instant): readonly Instant[] {
    if (this.#when.kind === "once") return [this.#start + this.#when.after];
    const { timeOfDay } = this.#when;
    const today = Math.floor((instant + this.#localTime.offsetAt(instant)) / day);
    return [-2, -1, 0, 1, 2].map((days) => this.#instantOf((today + days) * day + timeOfDay)).filter((begin) => begin >= this.#start);
  }

  #instantOf(reading: number): Instant {
    return this.#localTime.instantsOf(reading)[0] ?? reading - this.#localTime.rule.standardOffsetMinutes * minute;
  }
}
