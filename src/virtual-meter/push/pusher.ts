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
 * One push at a time: waits for the window and a random while, sends, and sends again while it fails. A push that waits is
 * built when it goes out, so it tells whatever is asked for until then; what is asked for while one is on its way is one
 * more, however often.
 */
export class Pusher {
  readonly #options: PusherOptions;
  #sending = false;
  #again = false;
  #failures = 0;
  /** Of the wait; undefined while nothing waits. */
  #cancel: (() => void) | undefined;
  #stopped = false;

  constructor(options: PusherOptions) {
    this.#options = options;
  }

  /** Whether a push waits or is under way. */
  get busy(): boolean {
    return this.#sending || this.#cancel !== undefined;
  }

  /** Pushes as soon as it may be. */
  trigger(): void {
    if (this.#stopped) return;
    if (this.#sending) {
      this.#again = true;
      return;
    }
    // Whoever asks has a right to all the retries, also where a push that fails is waiting already.
    this.#failures = 0;
    if (this.#cancel !== undefined) return;
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
    this.#sending = true;
    this.#options.send().then(
      () => this.#finish(),
      (error: unknown) => this.#fail(error),
    );
  }

  #fail(error: unknown): void {
    if (this.#stopped) return;
    const { retries, repetitionDelay } = this.#options.timing();
    this.#failures += 1;
    if (this.#failures > retries) {
      this.#options.onGivenUp(error);
      this.#finish();
      return;
    }
    this.#sending = false;
    if (this.#again) this.#failures = 0;
    this.#again = false;
    this.#wait(repetitionDelay * 1000);
  }

  #finish(): void {
    this.#sending = false;
    const again = this.#again;
    this.#again = false;
    if (again) this.trigger();
  }
}
