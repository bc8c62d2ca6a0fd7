/** Time as the IO edge sees it: one clock to read, one way to be called later. */
export interface Timers {
  /** Monotonic milliseconds. */
  now(): number;
  /** Calls back once after `delay` ms; the result cancels. */
  schedule(delay: number, callback: () => void): () => void;
}

/** The real clock. The only place below the composition roots that touches timers. */
export const realTimers: Timers = {
  now: () => performance.now(),
  schedule(delay, callback) {
    const handle = setTimeout(callback, delay);
    return () => clearTimeout(handle);
  },
};

/** Time that moves only when told to: tests run years in milliseconds and never sleep. */
export class VirtualTimers implements Timers {
  #now: number;
  #sequence = 0;
  readonly #pending: { readonly at: number; readonly sequence: number; readonly callback: () => void }[] = [];

  constructor(start = 0) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  schedule(delay: number, callback: () => void): () => void {
    const entry = { at: this.#now + Math.max(0, delay), sequence: this.#sequence++, callback };
    this.#pending.push(entry);
    return () => {
      const index = this.#pending.indexOf(entry);
      if (index >= 0) this.#pending.splice(index, 1);
    };
  }

  /** Moves to `now + duration`, calling back whatever falls due on the way, in order of time and then of scheduling. */
  advance(duration: number): void {
    const end = this.#now + duration;
    for (let next = this.#takeDue(end); next !== undefined; next = this.#takeDue(end)) {
      this.#now = Math.max(this.#now, next.at);
      next.callback();
    }
    this.#now = end;
  }

  /** Moves to whatever falls due next, and calls it back; false when nothing is scheduled. */
  advanceToNext(): boolean {
    const next = this.#takeDue(Number.POSITIVE_INFINITY);
    if (next === undefined) return false;
    this.#now = Math.max(this.#now, next.at);
    next.callback();
    return true;
  }

  #takeDue(end: number): { readonly at: number; readonly callback: () => void } | undefined {
    let best = -1;
    this.#pending.forEach((entry, index) => {
      if (entry.at > end) return;
      const other = this.#pending[best];
      if (other === undefined || entry.at < other.at || (entry.at === other.at && entry.sequence < other.sequence)) best = index;
    });
    return best < 0 ? undefined : this.#pending.splice(best, 1)[0];
  }
}
