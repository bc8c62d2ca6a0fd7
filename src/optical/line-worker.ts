import type { LineStep } from "./line-step.ts";
import type { SerialLine } from "./serial-port.ts";

/** Time as a worker needs it. */
export interface LineTimers {
  now(): number;
  schedule(delay: number, callback: () => void): () => void;
}

/** A machine that lives on a line: octets in, steps out. */
export interface LineMachine {
  readonly nextTimeout: number | undefined;
  receiveBytes(octets: Uint8Array, now: number): void;
  handleTimeout(now: number): void;
  takeSteps(): readonly LineStep[];
}

/**
 * ms by which a call back is late where the process was busy, and until what the line has by then is read: timers are called
 * before the octets that waited beside them.
 */
const late = 30;
const grace = 60;

/**
 * Lets a machine live on a serial line: does its steps one after the other, and tells it what comes and what time it is.
 * `rest` is called whenever the steps are done.
 */
export class LineWorker {
  readonly #line: SerialLine;
  readonly #machine: LineMachine;
  readonly #timers: LineTimers;
  readonly #rest: () => void;
  #steps: LineStep[] = [];
  #working = false;
  #stopped = false;
  #cancel: (() => void) | undefined;

  constructor(line: SerialLine, machine: LineMachine, timers: LineTimers, rest: () => void) {
    this.#line = line;
    this.#machine = machine;
    this.#timers = timers;
    this.#rest = rest;
    line.onData((octets) => {
      if (this.#stopped) return;
      machine.receiveBytes(octets, timers.now());
      this.proceed();
    });
  }

  /** Looks at what the machine wants; to be called after every call into it. */
  proceed(): void {
    if (this.#stopped) return;
    this.#steps.push(...this.#machine.takeSteps());
    if (this.#working) return;
    const step = this.#steps.shift();
    if (step !== undefined) this.#do(step);
    else {
      this.#arm();
      this.#rest();
    }
  }

  /** Leaves the line to others. */
  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
  }

  #do(step: LineStep): void {
    this.#working = true;
    this.#cancel?.();
    const done = (): void => {
      this.#working = false;
      this.proceed();
    };
    switch (step.type) {
      case "send":
        this.#line.write(step.octets);
        done();
        return;
      case "wait":
        this.#timers.schedule(step.milliseconds, done);
        return;
      case "speed":
        // A line that cannot is closed, and its listener hears of that.
        this.#line.setBaudRate(step.baudRate).then(done, () => this.#line.destroy());
    }
  }

  #arm(): void {
    this.#cancel?.();
    const { nextTimeout } = this.#machine;
    if (nextTimeout === undefined) return;
    const expire = (): void => {
      this.#machine.handleTimeout(this.#timers.now());
      this.proceed();
    };
    const delay = Math.max(0, nextTimeout - this.#timers.now());
    this.#cancel = this.#timers.schedule(delay, () => {
      if (this.#timers.now() - nextTimeout > late) this.#cancel = this.#timers.schedule(grace, expire);
      else expire();
    });
  }
}
