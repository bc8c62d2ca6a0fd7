import { ActionError, type DlmsError, RemoteProtocolError, TransportError } from "../../errors.ts";
import { isFinal, type KeypadKey, KeypadUnit, type LinkEvent, type LinkLoss } from "../../keypad/index.ts";
import { Alarm } from "../../session/alarm.ts";
import type { Timers } from "../../session/timers.ts";
import { KeypadLine, type KeypadLineOptions } from "./keypad-line.ts";

/** A keypad unit that lives in real time, at the end of its line. */
export class LiveKeypad {
  readonly unit: KeypadUnit;
  readonly #timers: Timers;
  readonly #line: KeypadLine;
  readonly #alarm: Alarm;
  readonly #changed: () => void;
  readonly #waiting = new Set<() => void>();
  #linked = false;
  #loss: LinkLoss | undefined;

  /** `changed` is called whenever the view may be another. */
  constructor(options: KeypadLineOptions, changed: () => void) {
    this.#timers = options.timers;
    this.#changed = changed;
    this.unit = new KeypadUnit(this.#timers.now());
    this.#line = new KeypadLine(options, (event) => this.#hear(event));
    this.#alarm = new Alarm(this.#timers, () => this.#step((now) => this.unit.advance(now)));
  }

  /** Whether the link is there. */
  get linked(): boolean {
    return this.#linked;
  }

  /**
   * Connects, and waits for the meter's greeting.
   * @throws TransportError where nobody answers within `timeout` milliseconds, ActionError where the meter refuses the unit
   */
  async open(timeout: number): Promise<void> {
    await this.#line.open();
    await this.untilLinked(timeout);
  }

  /**
   * Waits until the link is there.
   * @throws TransportError, ActionError or RemoteProtocolError, for why it is not within `timeout` milliseconds
   */
  async untilLinked(timeout: number): Promise<void> {
    const late = this.#timers.now() + timeout;
    while (!this.#linked) {
      if (this.#loss !== undefined && isFinal(this.#loss)) throw lossError(this.#loss);
      const left = late - this.#timers.now();
      if (left <= 0) throw lossError(this.#loss ?? "silent");
      await this.#next(left);
    }
  }

  /** Waits until what was entered is answered, or can no longer be. */
  async untilAnswered(): Promise<void> {
    while (this.unit.waiting) await this.#next();
  }

  press(key: KeypadKey): void {
    this.#step((now) => {
      const request = this.unit.press(key, now);
      if (request !== undefined) this.#line.request(request);
    });
  }

  async close(): Promise<void> {
    this.#alarm.stop();
    await this.#line.close();
  }

  #hear(event: LinkEvent): void {
    this.#linked = event.type !== "down";
    this.#loss = event.type === "down" ? event.reason : undefined;
    this.#step((now) => {
      if (event.type === "answer") this.unit.answer(event.answer, now);
      else if (event.type === "down") this.unit.lose(event.reason, now);
      else this.unit.follow(event.status, now);
    });
  }

  #step(act: (now: number) => void): void {
    act(this.#timers.now());
    this.#alarm.set(this.unit.nextTimeout);
    for (const wake of this.#waiting) wake();
    this.#changed();
  }

  /** Until something happens, or for `most` milliseconds. */
  #next(most?: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        cancel?.();
        this.#waiting.delete(wake);
        resolve();
      };
      const cancel = most === undefined ? undefined : this.#timers.schedule(most, wake);
      this.#waiting.add(wake);
    });
  }
}

function lossError(reason: LinkLoss): DlmsError {
  switch (reason) {
    case "other-meter":
    case "other-unit":
      return new ActionError(reason, "the meter and this keypad unit are not paired", { layer: "meter", hint: "check --meter and --unit" });
    case "unsupported-protocol":
    case "malformed":
    case "too-long":
      return new RemoteProtocolError("what answers is no keypad link of this version", {
        layer: "transport",
        hint: "check the port of --ciu",
      });
    case "closed":
      return new TransportError("closed", "the meter closed the keypad link", { hint: "check the port of --ciu" });
    default:
      return new TransportError("timeout", "the meter did not answer at its keypad link", { hint: "check the port of --ciu" });
  }
}
