import { Buzzer } from "./buzzer.ts";
import { cyclePages } from "./display-cycle.ts";
import { Entry } from "./entry.ts";
import { type Frame, message, pageTime } from "./frame.ts";
import type { KeypadStatus } from "./keypad-status.ts";
import { type KeypadView, keypadMarks } from "./keypad-view.ts";
import { everyLed, ledsOf, marksOf } from "./lamps.ts";
import type { MeterAnswer, UnitRequest } from "./messages.ts";
import { type CodeRequest, codeRequest } from "./requests.ts";
import { lostFrame, noCode, notTwenty, outcomeReply, type Reply, replyTo, testReply } from "./texts.ts";
import type { LinkLoss } from "./unit-end.ts";

/** A key; `clear` is backspace held down. */
export const keypadKeys = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "enter", "backspace", "clear"] as const;

/** One of {@link keypadKeys}. */
export type KeypadKey = (typeof keypadKeys)[number];

/** Milliseconds without a key after which an entry is forgotten, and an answer gives way to the display cycle. */
export const idleTime = 30_000;

/** Pictures that follow each other. */
interface Sequence {
  readonly kind: "sequence";
  readonly frames: readonly Frame[];
  readonly good: boolean;
  index: number;
  since: number;
  /** Starts again at its end until then; missing: once. */
  readonly until?: number;
}

type Screen =
  | { readonly kind: "cycle"; page: number; since: number }
  | { readonly kind: "entry" }
  | { readonly kind: "confirm"; readonly asked: CodeRequest }
  | { readonly kind: "waiting"; readonly asked: CodeRequest | undefined }
  | Sequence;

const confirmFrame = (label: string): Frame => ({ ...message("SurE", `${label}?`), lasts: idleTime });
const waitingFrame = message("--------", "Please wait");

/**
 * A keypad unit: keys, answers and status in, requests and pictures out, time as an argument (milliseconds, never backwards). It
 * holds no credit and decides nothing about any; without its link it has nothing to show but that.
 */
export class KeypadUnit {
  readonly #entry = new Entry();
  readonly #buzzer = new Buzzer();
  #screen: Screen;
  #status: KeypadStatus | undefined;
  #loss: LinkLoss = "closed";
  #keyAt: number;
  /** Time as it was last told. */
  #now: number;

  constructor(now: number) {
    this.#now = now;
    this.#screen = { kind: "cycle", page: 0, since: now };
    this.#keyAt = now;
  }

  /** When `advance` has something to do, after which the view may be another; undefined for nothing. */
  get nextTimeout(): number | undefined {
    const times = [this.#screenTimeout, this.#buzzer.nextTimeout(this.#now)].filter((time) => time !== undefined);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** True from the moment a request was given out until it is answered or the link is lost. */
  get waiting(): boolean {
    return this.#screen.kind === "waiting";
  }

  /** The pictures that answer the last Enter, in order; of the display cycle the one that is shown. */
  get frames(): readonly Frame[] {
    return this.#screen.kind === "sequence" ? this.#screen.frames : [this.#frame()];
  }

  /** Whether the last Enter was answered by yes; undefined while no answer is shown. */
  get good(): boolean | undefined {
    return this.#screen.kind === "sequence" ? this.#screen.good : undefined;
  }

  /** A key was pressed; what is returned is to be sent, once. */
  press(key: KeypadKey, now: number): UnitRequest | undefined {
    this.advance(now);
    if (this.waiting) return undefined;
    this.#keyAt = now;
    switch (key) {
      case "enter":
        return this.#enter(now);
      case "backspace":
        if (this.#screen.kind === "entry") this.#entry.backspace();
        return this.#showEntry(now);
      case "clear":
        this.#entry.clear();
        return this.#showEntry(now);
      default:
        if (this.#screen.kind === "confirm") this.#entry.clear();
        if (!this.#entry.append(key)) this.#buzzer.sound("three-short", now);
        return this.#showEntry(now);
    }
  }

  /** The link is there, or the meter tells its status again. */
  follow(status: KeypadStatus, now: number): void {
    this.advance(now);
    if (this.#status === undefined && this.#screen.kind === "cycle") this.#screen = { kind: "cycle", page: 0, since: now };
    this.#status = status;
    this.#buzzer.follow(status, now);
  }

  /**
   * The link is lost: what was not answered stays keyed, and values that the meter told are no longer shown. A message is: whoever
   * waits for what became of a token has to see that it was accepted.
   */
  lose(reason: LinkLoss, now: number): void {
    this.advance(now);
    this.#status = undefined;
    this.#loss = reason;
    this.#buzzer.follow(undefined, now);
    if (this.waiting) this.#reply({ frames: [lostFrame(reason)], good: false }, now);
    else if (this.#screen.kind !== "entry" && !this.#isMessage) this.#showEntry(now);
  }

  /** The meter answers the request under way; without one the answer is to nobody. */
  answer(answer: MeterAnswer, now: number): void {
    this.advance(now);
    if (this.#screen.kind !== "waiting") return;
    const { asked } = this.#screen;
    this.#entry.clear();
    const { kind, label = "" } = asked?.meaning ?? {};
    const reply = kind === "unit" ? testReply(answer) : replyTo(answer, label);
    if (kind === "show" && reply.good) this.#show(reply.frames, now);
    else this.#reply(reply, now);
  }

  /** Lets time pass up to `now`. */
  advance(now: number): void {
    for (let at = this.#screenTimeout; at !== undefined && at <= now; at = this.#screenTimeout) this.#turn(at);
    this.#buzzer.advance(now);
    this.#now = now;
  }

  /** What the unit looks like. */
  get view(): KeypadView {
    return this.picture(this.#frame());
  }

  /** What the unit looks like with one of its frames on the display. */
  picture(frame: Frame): KeypadView {
    const status = this.#status;
    const sound = this.#buzzer.soundAt(this.#now);
    const echo = this.#screen.kind === "entry" ? this.#entry.echo : { main: frame.main, text: frame.text };
    const marks = status === undefined ? [] : marksOf(status, this.#buzzer.muted);
    return {
      ...echo,
      marks: frame.segments === true ? keypadMarks : [...marks, ...(frame.happy === true ? (["happy"] as const) : [])],
      leds: frame.segments === true ? everyLed : ledsOf(status),
      ...(sound && { sound }),
    };
  }

  get #isMessage(): boolean {
    return this.#screen.kind === "sequence" && this.#screen.until === undefined;
  }

  #frame(): Frame {
    const screen = this.#screen;
    switch (screen.kind) {
      case "sequence":
        return screen.frames[screen.index] ?? waitingFrame;
      case "confirm":
        return confirmFrame(screen.asked.meaning.label);
      case "entry":
        return { ...this.#entry.echo, lasts: idleTime };
      case "waiting":
        return waitingFrame;
      case "cycle": {
        if (this.#status === undefined) return lostFrame(this.#loss);
        const pages = cyclePages(this.#status);
        return pages[screen.page % pages.length] ?? waitingFrame;
      }
    }
  }

  get #screenTimeout(): number | undefined {
    const screen = this.#screen;
    switch (screen.kind) {
      case "sequence":
        return Math.min(screen.since + (screen.frames[screen.index]?.lasts ?? 0), screen.until ?? Number.POSITIVE_INFINITY);
      case "cycle":
        return this.#status === undefined ? undefined : screen.since + pageTime;
      case "waiting":
        return undefined;
      default:
        return this.#keyAt + idleTime;
    }
  }

  /** The time of what is shown has come to its end at `at`. */
  #turn(at: number): void {
    const screen = this.#screen;
    switch (screen.kind) {
      case "cycle":
        screen.page++;
        screen.since = at;
        return;
      case "sequence":
        screen.since = at;
        screen.index++;
        if (screen.until !== undefined && at < screen.until) screen.index %= screen.frames.length;
        else if (screen.until !== undefined || screen.index >= screen.frames.length) this.#showEntry(at);
        return;
      default:
        this.#entry.clear();
        this.#showEntry(at);
    }
  }

  #enter(now: number): UnitRequest | undefined {
    const screen = this.#screen;
    if (screen.kind === "confirm") return this.#ask(screen.asked, screen.asked.request, now);
    switch (this.#entry.kind) {
      case "empty":
        if (screen.kind === "cycle") this.#turn(now);
        return this.#showEntry(now);
      case "neither":
        return this.#reply(notTwenty, now);
      case "token":
        return this.#ask(undefined, { type: "token", digits: this.#entry.digits }, now);
      case "code":
        return this.#enterCode(now);
    }
  }

  #enterCode(now: number): UnitRequest | undefined {
    const asked = codeRequest(this.#entry.digits);
    if (asked === undefined) {
      this.#entry.clear();
      return this.#reply(noCode, now);
    }
    const { meaning, request } = asked;
    if (meaning.kind === "act" && meaning.confirm) {
      this.#screen = { kind: "confirm", asked };
      return undefined;
    }
    if (meaning.kind === "unit" && (request === undefined || this.#status === undefined)) {
      this.#entry.clear();
      if (meaning.does === "mute") this.#buzzer.mute();
      return this.#reply(meaning.does === "mute" ? outcomeReply("done", meaning.label) : testReply(undefined), now);
    }
    return this.#ask(asked, request, now);
  }

  #ask(asked: CodeRequest | undefined, request: UnitRequest | undefined, now: number): UnitRequest | undefined {
    if (this.#status === undefined) return this.#reply({ frames: [lostFrame(this.#loss)], good: false }, now);
    this.#screen = { kind: "waiting", asked };
    return request;
  }

  /** Shows a sequence once, with the sound that belongs to it. */
  #reply({ frames, good }: Reply, now: number): undefined {
    this.#buzzer.sound(good ? "one-long" : "three-short", now);
    this.#screen = { kind: "sequence", frames, good, index: 0, since: now };
  }

  /** Shows pages in turn until the unit is left alone for long enough. */
  #show(frames: readonly Frame[], now: number): void {
    this.#screen = { kind: "sequence", frames, good: true, index: 0, since: now, until: now + idleTime };
  }

  /** Shows what is keyed; where nothing is, the display cycle, which goes on from its page when it is already there. */
  #showEntry(now: number): undefined {
    if (!this.#entry.empty) this.#screen = { kind: "entry" };
    else if (this.#screen.kind !== "cycle") this.#screen = { kind: "cycle", page: 0, since: now };
  }
}
