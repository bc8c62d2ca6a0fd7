import type { KeypadStatus } from "./keypad-status.ts";
import type { BuzzerPattern, KeypadSound } from "./keypad-view.ts";

/** Milliseconds a pattern takes: one beep of 600, three of 100 with as much between them. */
const durations: Readonly<Record<BuzzerPattern, number>> = { "one-long": 600, "three-short": 500 };

const minute = 60_000;

/**
 * What is heard: answers to keys, and the alarm for low credit. The alarm sounds when a stage begins and then every `alarmDelay`
 * minutes, twice as often from the second stage on. One that falls into quiet hours sounds when they end; muting lasts until
 * the next stage.
 */
export class Buzzer {
  #number = 0;
  #pattern: BuzzerPattern = "one-long";
  #until = Number.NEGATIVE_INFINITY;
  #level = 0;
  /** The stage at which the customer has heard enough. */
  #mutedAt = 0;
  #alarmAt: number | undefined;
  /** Milliseconds between two alarms now; 0 for none. */
  #every = 0;
  #quiet = false;
  #soundedAt: number | undefined;

  /** Sounds a pattern, in place of one that sounds still. */
  sound(pattern: BuzzerPattern, now: number): void {
    this.#pattern = pattern;
    this.#number++;
    this.#until = now + durations[pattern];
  }

  /** What sounds at `now`. */
  soundAt(now: number): KeypadSound | undefined {
    return now < this.#until ? { pattern: this.#pattern, number: this.#number } : undefined;
  }

  get muted(): boolean {
    return this.#mutedAt > 0;
  }

  /** Silences the alarm until credit falls to the next stage, or is no longer low. */
  mute(): void {
    this.#mutedAt = this.#level;
    this.#plan();
  }

  /** Takes over what the meter says; undefined while the link is lost, when there is nothing to warn of. */
  follow(status: KeypadStatus | undefined, now: number): void {
    if (status === undefined) {
      this.#alarmAt = undefined;
      return;
    }
    const { lowLevel, alarmDelay, quiet } = status;
    if (lowLevel > this.#level) this.#soundedAt = undefined;
    if (lowLevel > this.#mutedAt || lowLevel === 0) this.#mutedAt = 0;
    this.#level = lowLevel;
    this.#quiet = quiet;
    this.#every = (alarmDelay * minute) / (lowLevel > 1 ? 2 : 1);
    this.#plan();
    this.advance(now);
  }

  /** When `advance` has something to do. */
  nextTimeout(now: number): number | undefined {
    const times = [this.#alarmAt, now < this.#until ? this.#until : undefined].filter((time) => time !== undefined);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  advance(now: number): void {
    if (this.#alarmAt === undefined || now < this.#alarmAt) return;
    this.sound("three-short", now);
    this.#soundedAt = now;
    this.#plan();
  }

  #plan(): void {
    const wanted = this.#level > 0 && this.#every > 0 && this.#mutedAt === 0 && !this.#quiet;
    this.#alarmAt = wanted ? (this.#soundedAt ?? Number.NEGATIVE_INFINITY) + this.#every : undefined;
  }
}
