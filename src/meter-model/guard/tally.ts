import type { Instant } from "../units.ts";

/** How often something happened, when last, and for how long. */
export interface TallyState {
  count: number;
  /** Clock time at which the last occurrence began. */
  beganAt: Instant | undefined;
  /** True time since when the running occurrence lasts; undefined while there is none. */
  runningSince: Instant | undefined;
  /** ms, of the last occurrence that ended. */
  lastDuration: number;
  /** ms, of all that ended. */
  cumulative: number;
}

/** What a tally shows; durations in ms, those of a running occurrence up to now. */
export interface Tally {
  readonly count: number;
  readonly beganAt: Instant | undefined;
  /** Of the running occurrence, or of the last. */
  readonly duration: number;
  readonly cumulative: number;
}

/** Of what has never happened. */
export function newTally(): TallyState {
  return { count: 0, beganAt: undefined, runningSince: undefined, lastDuration: 0, cumulative: 0 };
}

/** An occurrence began at true time `since`, when the clock read `beganAt`. */
export function beginOccurrence(state: TallyState, since: Instant, beganAt: Instant): void {
  state.count += 1;
  state.beganAt = beganAt;
  state.runningSince = since;
}

/** The running occurrence, if there is one, ended at true time `until`. */
export function endOccurrence(state: TallyState, until: Instant): void {
  if (state.runningSince === undefined) return;
  state.lastDuration = until - state.runningSince;
  state.cumulative += state.lastDuration;
  state.runningSince = undefined;
}

/** What a tally shows at true time `now`. */
export function readTally({ count, beganAt, runningSince, lastDuration, cumulative }: TallyState, now: Instant): Tally {
  const running = runningSince === undefined ? 0 : now - runningSince;
  return { count, beganAt, duration: runningSince === undefined ? lastDuration : running, cumulative: cumulative + running };
}
