import { InvariantError } from "../errors.ts";
import { type DomainEvent, hour, type Instant, type Meter, profileNames } from "../meter-model/index.ts";
import type { MeterStore } from "./store.ts";

/** What the runner needs of time: a monotonic clock in ms, and a call back after a delay, which the result cancels. */
export interface RunnerTimers {
  now(): number;
  schedule(delay: number, callback: () => void): () => void;
}

export interface RunnerOptions {
  readonly meter: Meter;
  readonly timers: RunnerTimers;
  /** The first instant served; a meter that lived longer already goes on from where it is. */
  readonly start: Instant;
  /** Meter time per real time; 1 by default. */
  readonly speed?: number;
  readonly store?: MeterStore;
  /** Real ms between saves at most; 10 000 by default. */
  readonly saveInterval?: number;
  /** What happened to the meter, in order. */
  readonly onEvents?: (events: readonly DomainEvent[]) => void;
  /** The meter or its store failed, and the runner has stopped. */
  readonly onFailure: (error: unknown) => void;
}

/** Real ms between looks at the clock. */
const tick = 1000;
/** Real ms of work at a stretch, so that the event loop stays responsive. */
const sliceBudget = 20;
/** Meter time simulated between two looks at the budget: some sixty segments. */
const slice = hour;

/** Lets a meter live in real time, or faster, and keeps its state saved. */
export class MeterRunner {
  readonly #options: RunnerOptions;
  readonly #speed: number;
  readonly #saveInterval: number;
  #origin: { readonly real: number; readonly meter: Instant } | undefined;
  #cancel: (() => void) | undefined;
  #savedAt = 0;
  #savedRows = 0;

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#speed = options.speed ?? 1;
    this.#saveInterval = options.saveInterval ?? 10_000;
  }

  /** Powers the meter up, a failure of supply since it last ran, and keeps it going. */
  start(): void {
    if (this.#origin !== undefined) throw new InvariantError("the runner was started before");
    const { meter, start, timers } = this.#options;
    meter.powerUp(Math.max(start, meter.now));
    this.#origin = { real: timers.now(), meter: meter.now };
    this.save();
    this.#deliver();
    this.#arm(this.#untilNextLook());
  }

  /** Meter time at this moment. */
  get target(): Instant {
    const { meter, timers } = this.#options;
    if (this.#origin === undefined) return meter.now;
    return this.#origin.meter + Math.floor((timers.now() - this.#origin.real) * this.#speed);
  }

  /** Brings the meter to this moment at once, for whoever is about to look at it. */
  catchUp(): Meter {
    const { meter } = this.#options;
    if (this.#cancel !== undefined) meter.advance(Math.max(meter.now, this.target));
    return meter;
  }

  /** Saves the state as it is: for a change that must not be lost once it has been acknowledged. */
  save(): void {
    const { meter, store, timers } = this.#options;
    store?.save(meter.state);
    this.#savedAt = timers.now();
    this.#savedRows = this.#rowsCaptured();
  }

  /** Brings the meter to this moment, saves it and lets it rest. */
  stop(): void {
    if (this.#cancel === undefined) return;
    this.catchUp();
    this.#halt();
    this.save();
    this.#deliver();
  }

  #arm(delay: number): void {
    this.#cancel = this.#options.timers.schedule(delay, () => this.#tick());
  }

  #tick(): void {
    try {
      const behind = this.#advanceSlice();
      if (this.#saveDue()) this.save();
      this.#deliver();
      // A listener may have stopped the runner.
      if (this.#cancel !== undefined) this.#arm(behind ? 0 : this.#untilNextLook());
    } catch (error) {
      this.#halt();
      this.#options.onFailure(error);
    }
  }

  /** Answers whether the budget ended before the work. */
  #advanceSlice(): boolean {
    const { meter, timers } = this.#options;
    const { target } = this;
    const deadline = timers.now() + sliceBudget;
    while (meter.now < target) {
      meter.advance(Math.min(target, meter.now + slice));
      if (timers.now() >= deadline) return meter.now < target;
    }
    return false;
  }

  /** Real ms: to the next thing the meter does by the clock, where that comes before the tick. */
  #untilNextLook(): number {
    const { meter } = this.#options;
    const untilDeadline = Math.ceil((meter.nextDeadline - this.target) / this.#speed);
    return Math.min(tick, Math.max(sliceBudget, untilDeadline));
  }

  #saveDue(): boolean {
    return this.#options.timers.now() - this.#savedAt >= this.#saveInterval || this.#rowsCaptured() !== this.#savedRows;
  }

  #rowsCaptured(): number {
    const { profiles } = this.#options.meter.state;
    return profileNames.reduce((sum, name) => sum + profiles[name].rows.nextSequence, 0);
  }

  #deliver(): void {
    const events = this.#options.meter.takeEvents();
    if (events.length > 0) this.#options.onEvents?.(events);
  }

  #halt(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
