import { never } from "../unit.ts";
import type { Instant } from "../units.ts";

/** Whether a condition is taken for true, and since when the contrary has been seen. */
export interface DetectorState {
  active: boolean;
  /** True time since when the condition is the contrary of `active`; undefined while both agree. */
  contrarySince: Instant | undefined;
}

/** How long (ms) a condition must hold to be taken for true, and how long it must not to be taken for false again. */
export interface Persistence {
  readonly begin: number;
  readonly end: number;
}

/** A condition that was recognised, or was gone: since when it had been so, and when that was certain. */
export interface Detection {
  readonly active: boolean;
  /** True time at which the condition changed, a persistence time before `at`. */
  readonly since: Instant;
  readonly at: Instant;
}

const nothing: readonly Detection[] = [];

/** A condition that has never been true. */
export function newDetector(): DetectorState {
  return { active: false, contrarySince: undefined };
}

/**
 * Takes a condition for what it is only when it persists. The condition is constant between two looks, so nothing is
 * sampled: `due` is when the next look is needed though nothing changes.
 */
export class Detector {
  readonly #state: DetectorState;
  readonly #persistence: () => Persistence;

  /** Takes possession of `state`; `persistence` may change from one look to the next. */
  constructor(state: DetectorState, persistence: () => Persistence) {
    this.#state = state;
    this.#persistence = persistence;
  }

  get active(): boolean {
    return this.#state.active;
  }

  /** True time at which the contrary of what the condition is taken for is certain, if it lasts; Infinity for never. */
  get due(): Instant {
    const { active, contrarySince } = this.#state;
    if (contrarySince === undefined) return never;
    const { begin, end } = this.#persistence();
    return contrarySince + (active ? end : begin);
  }

  /**
   * The condition is `condition` from `now` on; answers what is recognised by that, in order. What had persisted long
   * enough up to `now` is recognised whatever comes after it.
   */
  observe(condition: boolean, now: Instant): readonly Detection[] {
    if (condition === this.#state.active && this.#state.contrarySince === undefined) return nothing;
    const detections: Detection[] = [];
    if (this.due <= now) detections.push(this.#flip(now));
    if (condition === this.#state.active) this.#state.contrarySince = undefined;
    else {
      this.#state.contrarySince ??= now;
      if (this.due <= now) detections.push(this.#flip(now));
    }
    return detections;
  }

  /** Nothing can be known of the condition from `now` on: what was not certain is forgotten. */
  suspend(now: Instant): readonly Detection[] {
    const detections = this.due <= now ? [this.#flip(now)] : nothing;
    this.#state.contrarySince = undefined;
    return detections;
  }

  #flip(now: Instant): Detection {
    const state = this.#state;
    // A battery keeps the time of what a meter notices that was not running when it was certain.
    const at = Math.min(this.due, now);
    const since = state.contrarySince ?? now;
    state.active = !state.active;
    state.contrarySince = undefined;
    return { active: state.active, since, at };
  }
}
