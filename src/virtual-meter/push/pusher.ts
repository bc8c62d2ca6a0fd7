import type { Timers } from "../../session/timers.ts";

/** How often and when it is tried (class 40, attributes 4 to 7). */
export interface PushTiming {
  /** Seconds within which sending begins at random. */
  readonly randomisation: number;
  readonly retries: number;
  /** Seconds until it is sent again. */
  readonly repetitionDelay: number;
}

export interface PusherOptions {
  readonly timers: Timers;
  /** 0 (included) to 1 (excluded). */
  readonly random: () => number;
  readonly timing: () => PushTiming;
  /** Real ms until sending is allowed: 0 inside of the communication window, Infinity for never. */
  readonly untilWindow: () => number;
  /** Builds and sends; rejects where it did not get away. */
  readonly send: () => Promise<void>;
  /** It has failed for the last time. */
  readonly onGivenUp: (error: unknown) => void;
}

/** Longest wait at a stretch, in ms: the meter's clock may be set meanwhile. */
const longestWait = 60_000;

/**
 * One push at a time: waits for the window and a random while, sends, and sends again while it fails. What is asked for
 * meanwhile is one more push, however often it is asked for.
 */
export class Pusher {
  readonly #options: PusherOptions;
  #busy = false;
  #again = false;
  #failures = 0;
  #cancel: (() => void) | undefined;
  #stopped = false;

  constructor(options: PusherOptions) {
    this.#options = options;
  }

  /** Whether a push waits or is under way. */
  get busy(): boolean {
    return this.#busy;
  }

  /** Pushes as soon as it may be. */
  trigger(): void {
    if (this.#stopped) return;
    if (this.#busy) {
      this.#again = true;
      return;
    }
    this.#busy = true;
    this.#failures = 0;
    const { random, timing } = this.#options;
    this.#wait(random() * timing().randomisation * 1000);
  }

  /** Gives up what waits; nothing is pushed any more. */
  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #wait(delay: number): void {
    this.#cancel = this.#options.timers.schedule(delay, () => this.#attempt());
  }

  #attempt(): void {
    this.#cancel = undefined;
    const closed = this.#options.untilWindow();
    if (closed > 0) {
      this.#wait(Math.min(closed, longestWait));
      return;
    }
    this.#options.send().then(
      () => this.#finish(),
      (error: unknown) => this.#fail(error),
    );
  }

  #fail(error: unknown): void {
    if (this.#stopped) return;
    const { retries, repetitionDelay } = this.#options.timing();
    this.#failures += 1;
    if (this.#failures <= retries) this.#wait(repetitionDelay * 1000);
    else {
      this.#options.onGivenUp(error);
      this.#finish();
    }
  }

  #finish(): void {
    this.#busy = false;
    const again = this.#again;
    this.#again = false;
    if (again) this.trigger();
  }
}
