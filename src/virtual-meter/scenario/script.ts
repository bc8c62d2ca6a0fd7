import type { Instant, TimeZoneRule } from "../../meter-model/index.ts";
import { Occurrences } from "./occurrences.ts";
import type { Scenario, ScenarioAct, ScenarioEvent } from "./scenario.ts";

/** An event that goes on, and since when. */
export interface RunningEvent {
  readonly event: ScenarioEvent;
  readonly since: Instant;
}

/** A stretch of time in which no event begins or ends. */
export interface Scene {
  /** In the order of the scenario. */
  readonly running: readonly RunningEvent[];
  /** First instant after the stretch; Infinity when nothing more happens. */
  readonly until: Instant;
}

interface Plan {
  readonly event: ScenarioEvent;
  readonly occurrences: Occurrences;
}

/** A scenario in its place in time: a function of the true time alone. */
export class Script {
  readonly #plans: readonly Plan[];
  /** The scene asked for last, since time is usually asked for in order. */
  #scene: Scene = { running: [], until: Number.NEGATIVE_INFINITY };
  #since: Instant = 0;

  /** @param start from which the scenario counts; `zone` tells what its times of day mean, whatever the meter's clock is set to */
  constructor(scenario: Scenario, start: Instant, zone: TimeZoneRule) {
    this.#plans = scenario.events.map((event) => ({ event, occurrences: new Occurrences(event.when, start, zone) }));
  }

  /** What goes on at an instant. */
  at(instant: Instant): Scene {
    if (instant < this.#since || instant >= this.#scene.until) {
      this.#scene = this.#look(instant);
      this.#since = instant;
    }
    return this.#scene;
  }

  /** What is done at this very instant, in the order of the scenario. */
  actsAt(instant: Instant): readonly ScenarioAct[] {
    return this.#plans.flatMap(({ event, occurrences }) =>
      event.acts.length > 0 && occurrences.latest(instant) === instant ? event.acts : [],
    );
  }

  #look(instant: Instant): Scene {
    const running: RunningEvent[] = [];
    let until = Number.POSITIVE_INFINITY;
    for (const { event, occurrences } of this.#plans) {
      const since = occurrences.latest(instant);
      const end = since === undefined ? instant : since + event.duration;
      if (since !== undefined && end > instant) {
        running.push({ event, since });
        until = Math.min(until, end);
      }
      until = Math.min(until, occurrences.next(instant));
    }
    return { running, until };
  }
}
