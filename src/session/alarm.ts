import type { Timers } from "./timers.ts";

/** Longest delay the platform's timers can count: a longer one would go off at once. */
const longestDelay = 2 ** 31 - 1;

/**
 * One timer that follows a moving deadline. Moving the deadline later costs nothing: the timer already armed is left
 * to fire, finds that it is early, and is armed again. Deadlines move with every message, so this matters.
 */
export class Alarm {
  readonly #timers: Timers;
  readonly #callback: () => void;
  #deadline: number | undefined;
  #armedFor: number | undefined;
  #cancel: (() => void) | undefined;

  constructor(timers: Timers, callback: () => void) {
    this.#timers = timers;
    this.#callback = callback;
  }

  /** Calls back at `deadline` (ms of the timers' clock), or never. */
  set(deadline: number | undefined): void {
    this.#deadline = deadline;
    if (deadline === undefined) return;
    if (this.#armedFor !== undefined) {
      if (this.#armedFor <= deadline) return;
      this.#cancel?.();
    }
    this.#arm(deadline);
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#armedFor = undefined;
    this.#deadline = undefined;
  }

  #arm(deadline: number): void {
    this.#armedFor = deadline;
    const delay = Math.min(Math.max(0, deadline - this.#timers.now()), longestDelay);
    this.#cancel = this.#timers.schedule(delay, () => {
      this.#armedFor = undefined;
      this.#cancel = undefined;
      const due = this.#deadline;
      if (due === undefined) return;
      if (due > this.#timers.now()) {
        this.#arm(due);
        return;
      }
      this.#deadline = undefined;
      this.#callback();
    });
  }
}

/** The earlier of two deadlines. */
export function earlier(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined) return b;
  return b === undefined ? a : Math.min(a, b);
}
