import type { Timers } from "../session/timers.ts";

interface Entry {
  /** In the time of this clock. */
  readonly at: number;
  readonly callback: () => void;
  cancel: () => void;
}

/**
 * A clock that can be stopped. Whoever waits for a shared line neither waits for an answer nor does the time in which
 * one is due run down meanwhile.
 */
export class LineClock implements Timers {
  readonly #base: Timers;
  readonly #entries = new Set<Entry>();
  #behind = 0;
  #stoppedAt: number | undefined;

  constructor(base: Timers) {
    this.#base = base;
  }

  now(): number {
    return (this.#stoppedAt ?? this.#base.now()) - this.#behind;
  }

  schedule(delay: number, callback: () => void): () => void {
    const entry: Entry = { at: this.now() + delay, callback, cancel: () => {} };
    this.#entries.add(entry);
    if (this.#stoppedAt === undefined) this.#arm(entry);
    return () => {
      this.#entries.delete(entry);
      entry.cancel();
    };
  }

  /** Time stands still from now on. */
  stop(): void {
    if (this.#stoppedAt !== undefined) return;
    this.#stoppedAt = this.#base.now();
    for (const entry of this.#entries) entry.cancel();
  }

  /** Time goes on where it stood still. */
  start(): void {
    if (this.#stoppedAt === undefined) return;
    this.#behind += this.#base.now() - this.#stoppedAt;
    this.#stoppedAt = undefined;
    for (const entry of this.#entries) this.#arm(entry);
  }

  #arm(entry: Entry): void {
    entry.cancel = this.#base.schedule(entry.at - this.now(), () => {
      this.#entries.delete(entry);
      entry.callback();
    });
  }
}
