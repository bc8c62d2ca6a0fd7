import { DecodeError } from "../errors.ts";
import type { KeypadMeter, KeypadTokenAnswer } from "./keypad-meter.ts";
import { type DisplayItem, mostItems } from "./keypad-status.ts";
import { LineSplitter } from "./line-splitter.ts";
import {
  decodeUnitMessage,
  encodeMessage,
  idOf,
  type LinkError,
  longestLine,
  type MeterMessage,
  protocolVersion,
  type UnitMessage,
} from "./messages.ts";
import { displayTest, itemsOfTests, labelOf, shortCodeOf } from "./short-codes.ts";

/** What a meter expects of its unit. */
export interface MeterEndOptions {
  /** The only unit that is served, by its name; missing: any. */
  readonly unit?: string;
}

/** What a unit asks once it has greeted. */
type Request = Exclude<UnitMessage, { readonly type: "hello" }>;

/** Messages that are answered at once, and a second; nobody presses keys faster. */
const burst = 20;
const perSecond = 10;
/** Octets that may wait; whoever sends on unread is cut off. */
const mostBuffered = 32 * longestLine;
const mostMalformed = 10;
/** For the greeting; for a word of a unit, which says one every ten seconds; for a unit to take what was said. */
const greetingTime = 10_000;
const silenceTime = 30_000;
const stallTime = 30_000;
/** How often the status is looked at, and how often it is told though nothing but time and power has changed. */
const lookInterval = 500;
const pushInterval = 5000;

/**
 * The meter's end of one link. Octets in, octets out, time as an argument (milliseconds): whoever pumps it asks `take` for what is
 * to be sent after each call, stops reading while `reading` is false, and comes back at `nextTimeout`.
 */
export class MeterEnd {
  readonly #meter: KeypadMeter;
  readonly #options: MeterEndOptions;
  readonly #lines = new LineSplitter(longestLine);
  #out: Uint8Array[] = [];
  #greeted = false;
  #closed = false;
  #malformed = 0;
  #allowance = burst;
  #allowanceAt: number;
  /** When the link ends if nothing happens before. */
  #deadline: number;
  #stalled = false;
  #lookAt: number | undefined;
  #pushAt = 0;
  #told = "";

  constructor(meter: KeypadMeter, options: MeterEndOptions, now: number) {
    this.#meter = meter;
    this.#options = options;
    this.#allowanceAt = now;
    this.#deadline = now + greetingTime;
  }

  /** True once nothing more is to be sent than `take` still gives. */
  get closed(): boolean {
    return this.#closed;
  }

  /** False while the unit asks faster than it is answered, or does not take answers. */
  get reading(): boolean {
    return !this.#stalled && !this.#lines.ready;
  }

  /** When `advance` has something to do; undefined once closed. */
  get nextTimeout(): number | undefined {
    if (this.#closed) return undefined;
    const refill =
      !this.#stalled && this.#lines.ready ? this.#allowanceAt + Math.ceil((1 - this.#allowance) * (1000 / perSecond)) : undefined;
    const look = this.#stalled ? undefined : this.#lookAt;
    return Math.min(...[refill, look, this.#deadline].filter((time) => time !== undefined));
  }

  receive(chunk: Uint8Array, now: number): void {
    if (this.#closed) return;
    this.#lines.append(chunk);
    this.#answer(now);
    if (this.#lines.buffered > mostBuffered) this.#closed = true;
  }

  advance(now: number): void {
    if (this.#closed) return;
    if (now >= this.#deadline) {
      this.#closed = true;
      return;
    }
    this.#answer(now);
    if (this.#lookAt !== undefined && now >= this.#lookAt) this.#look(now);
  }

  /** The way out is blocked: nothing more is said until it is free, and the link ends when that takes too long. */
  stall(now: number): void {
    if (this.#stalled || this.#closed) return;
    this.#stalled = true;
    this.#deadline = now + stallTime;
  }

  /** The way out is free again. */
  resume(now: number): void {
    if (!this.#stalled) return;
    this.#stalled = false;
    this.#deadline = now + (this.#greeted ? silenceTime : greetingTime);
    this.advance(now);
  }

  /** What is to be sent now, each octet once. */
  take(): readonly Uint8Array[] {
    const out = this.#out;
    this.#out = [];
    return out;
  }

  #answer(now: number): void {
    this.#allowance = Math.min(burst, this.#allowance + ((now - this.#allowanceAt) * perSecond) / 1000);
    this.#allowanceAt = now;
    while (!this.#closed && !this.#stalled && this.#allowance >= 1) {
      const line = this.#nextLine();
      if (line === undefined) return;
      this.#allowance--;
      if (this.#greeted) this.#deadline = now + silenceTime;
      this.#handleLine(line, now);
    }
  }

  /** The next line; undefined for none yet, and for one that is too long to be any, which ends the link. */
  #nextLine(): Uint8Array | undefined {
    try {
      return this.#lines.next();
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.#end("too-long");
      return undefined;
    }
  }

  #handleLine(line: Uint8Array, now: number): void {
    let message: UnitMessage;
    try {
      message = decodeUnitMessage(line);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.#refuse("malformed", idOf(line));
      if (++this.#malformed >= mostMalformed) this.#closed = true;
      return;
    }
    if (message.type === "hello") this.#greet(message, now);
    else if (this.#greeted) this.#serve(message);
    else this.#refuse("not-greeted", message.id);
  }

  #greet({ id, protocol, unit, meter }: UnitMessage & { readonly type: "hello" }, now: number): void {
    const status = this.#meter.status();
    const refusal = this.#refusalOf(protocol, unit, meter ?? status.meter, status.meter);
    if (refusal !== undefined) {
      this.#end(refusal, id);
      return;
    }
    this.#greeted = true;
    this.#deadline = now + silenceTime;
    this.#say({ type: "hello", id, protocol: protocolVersion, status });
    this.#told = significant(status);
    this.#lookAt = now + lookInterval;
    this.#pushAt = now + pushInterval;
  }

  #refusalOf(protocol: number, unit: string, pairedWith: string, meter: string): LinkError | undefined {
    if (protocol !== protocolVersion) return "unsupported-protocol";
    if (pairedWith !== meter) return "other-meter";
    return this.#options.unit === undefined || unit === this.#options.unit ? undefined : "other-unit";
  }

  /** Answers, and tells at once what has become of everything else where the meter may have done something. */
  #serve(request: Request): void {
    const answer = this.#answerTo(request);
    this.#say(answer);
    if (answer.type === "token" || answer.type === "outcome") this.#say({ type: "status", status: this.#meter.status() });
  }

  #answerTo(request: Request): MeterMessage {
    const { id } = request;
    if (request.type === "status") return { type: "status", id, status: this.#meter.status() };
    if (request.type === "token") return { type: "token", id, ...this.#enter(request.digits) };
    const meaning = shortCodeOf(request.code);
    if (meaning?.kind === "show" && request.type === "show") {
      const items = this.#meter.show(meaning.item, meaning.index);
      return items === undefined ? { type: "error", id, error: "not-available" } : { type: "items", id, items: items.slice(0, mostItems) };
    }
    if (meaning?.kind === "set" && request.type === "set") {
      return { type: "outcome", id, outcome: this.#meter.set(meaning.setting, request.value) };
    }
    if (meaning?.kind === "act" && request.type === "act") {
      if (meaning.confirm && !request.confirmed) return { type: "error", id, error: "unconfirmed" };
      return { type: "outcome", id, outcome: this.#meter.act(meaning.act) };
    }
    return { type: "error", id, error: "unknown-code" };
  }

  #enter(digits: string): Omit<MeterMessage & { readonly type: "token" }, "type" | "id"> {
    const { tests = [], ...answer }: KeypadTokenAnswer = this.#meter.enterToken(digits);
    const items = tests.flatMap((test) => this.#itemsOf(test)).slice(0, mostItems);
    return { ...answer, items, segments: tests.includes(displayTest), lockedFor: this.#meter.status().lockedFor };
  }

  #itemsOf(test: number): readonly DisplayItem[] {
    const item = itemsOfTests[test];
    if (item === undefined) return [];
    return (this.#meter.show(item, 0) ?? []).map((page) => ({ label: labelOf(item), ...page }));
  }

  #look(now: number): void {
    this.#lookAt = now + lookInterval;
    const status = this.#meter.status();
    const telling = significant(status);
    if (telling === this.#told && now < this.#pushAt) return;
    this.#told = telling;
    this.#pushAt = now + pushInterval;
    this.#say({ type: "status", status });
  }

  #say(message: MeterMessage): void {
    this.#out.push(encodeMessage(message));
  }

  #refuse(error: LinkError, id?: number): void {
    this.#say({ type: "error", error, ...(id !== undefined && { id }) });
  }

  #end(error: LinkError, id?: number): void {
    this.#refuse(error, id);
    this.#closed = true;
  }
}

/** What of a status is told at once: all but what changes all the time. */
function significant({ date, time, power, total, credit, emergencyLeft, owed, ...rest }: ReturnType<KeypadMeter["status"]>): string {
  return JSON.stringify(rest);
}
