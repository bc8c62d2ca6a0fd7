import { DecodeError } from "../errors.ts";
import type { KeypadStatus } from "./keypad-status.ts";
import { LineSplitter } from "./line-splitter.ts";
import {
  decodeMeterMessage,
  encodeMessage,
  highestId,
  type LinkError,
  longestLine,
  type MeterAnswer,
  type MeterMessage,
  protocolVersion,
  type UnitMessage,
  type UnitRequest,
} from "./messages.ts";

/** Who a unit is. */
export interface UnitEndOptions {
  /** Its name: letters, digits and dashes. */
  readonly unit: string;
  /** The number of the meter that it is paired with; missing for a unit that takes any. */
  readonly meter?: string;
}

/** Why a link is of no more use: what the meter refuses, or silence, or nonsense. */
export type LinkLoss = LinkError | "silent" | "closed";

/** What happens on a link, as the unit sees it. */
export type LinkEvent =
  | { readonly type: "up"; readonly status: KeypadStatus }
  | { readonly type: "status"; readonly status: KeypadStatus }
  | { readonly type: "answer"; readonly answer: MeterAnswer }
  | { readonly type: "down"; readonly reason: LinkLoss };

/** A meter that lives tells its status every five seconds, and answers at once. */
const silenceTime = 15_000;
const answerTime = 5000;
/** How often the unit says that it is there. */
const wordInterval = 10_000;

/** Answers to a hello after which asking again is of no use. */
const final: ReadonlySet<LinkLoss> = new Set<LinkLoss>(["unsupported-protocol", "other-meter", "other-unit"]);

/** Whether a link was lost for a reason that another attempt does not change. */
export function isFinal(reason: LinkLoss): boolean {
  return final.has(reason);
}

/**
 * The unit's end of one link. Octets and requests in, octets and events out, time as an argument (milliseconds). One request is
 * under way at a time, and none is ever sent again: a token must not be entered twice because a line was slow.
 */
export class UnitEnd {
  readonly #lines = new LineSplitter(longestLine);
  #out: Uint8Array[] = [];
  #state: "greeting" | "up" | "down" = "greeting";
  #lastId = 1;
  #waitingFor: number | undefined;
  #answerBy: number | undefined;
  #aliveUntil: number;
  /** When the unit has to say something again; undefined before the greeting is over. */
  #wordBy: number | undefined;

  constructor({ unit, meter }: UnitEndOptions, now: number) {
    this.#aliveUntil = now + silenceTime;
    this.#answerBy = now + answerTime;
    this.#out.push(encodeMessage({ type: "hello", id: 1, protocol: protocolVersion, unit, ...(meter !== undefined && { meter }) }));
  }

  /** When `advance` has something to do; undefined once the link is down. */
  get nextTimeout(): number | undefined {
    if (this.#state === "down") return undefined;
    return Math.min(this.#givenUpAt, this.#wordBy ?? Number.POSITIVE_INFINITY);
  }

  /** Sends a request; false, and not sent, while another is under way or the link is not up. */
  request(request: UnitRequest, now: number): boolean {
    if (this.#state !== "up" || this.#waitingFor !== undefined) return false;
    const id = this.#nextId();
    this.#waitingFor = id;
    this.#answerBy = now + answerTime;
    this.#say({ ...request, id }, now);
    return true;
  }

  receive(chunk: Uint8Array, now: number): readonly LinkEvent[] {
    const events: LinkEvent[] = [];
    if (this.#state === "down") return events;
    this.#lines.append(chunk);
    try {
      for (let line = this.#lines.next(); line !== undefined && !this.#isDown(); line = this.#lines.next()) {
        const message = decodeMeterMessage(line);
        this.#aliveUntil = now + silenceTime;
        const event = message && this.#eventOf(message, now);
        if (event !== undefined) events.push(event);
      }
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      events.push(this.#down(error.code === "limit" ? "too-long" : "malformed"));
    }
    return events;
  }

  advance(now: number): readonly LinkEvent[] {
    if (this.#state === "down") return [];
    if (now >= this.#givenUpAt) return [this.#down("silent")];
    if (this.#wordBy !== undefined && now >= this.#wordBy) this.#say({ type: "status", id: this.#nextId() }, now);
    return [];
  }

  /** The line below was closed. */
  closed(): readonly LinkEvent[] {
    return this.#state === "down" ? [] : [this.#down("closed")];
  }

  /** What is to be sent now, each octet once. */
  take(): readonly Uint8Array[] {
    const out = this.#out;
    this.#out = [];
    return out;
  }

  get #givenUpAt(): number {
    return Math.min(this.#answerBy ?? Number.POSITIVE_INFINITY, this.#aliveUntil);
  }

  #nextId(): number {
    this.#lastId = this.#lastId === highestId ? 1 : this.#lastId + 1;
    return this.#lastId;
  }

  #say(message: UnitMessage, now: number): void {
    this.#wordBy = now + wordInterval;
    this.#out.push(encodeMessage(message));
  }

  /** What a message means, where it means anything now. */
  #eventOf(message: MeterMessage, now: number): LinkEvent | undefined {
    if (message.type === "hello") return this.#state === "greeting" ? this.#greeted(message, now) : undefined;
    if (message.type === "status") return this.#state === "up" ? { type: "status", status: message.status } : undefined;
    // An error without a number is about the link as a whole, and so is any before the greeting is over.
    const aboutLink = message.id === undefined || this.#state === "greeting";
    if (message.type === "error" && aboutLink) return this.#down(message.error);
    if (message.id !== this.#waitingFor) return undefined;
    this.#waitingFor = undefined;
    this.#answerBy = undefined;
    const { id, ...answer } = message;
    return { type: "answer", answer };
  }

  #greeted({ protocol, status }: MeterMessage & { readonly type: "hello" }, now: number): LinkEvent {
    if (protocol !== protocolVersion) return this.#down("unsupported-protocol");
    this.#state = "up";
    this.#answerBy = undefined;
    this.#wordBy = now + wordInterval;
    return { type: "up", status };
  }

  #down(reason: LinkLoss): LinkEvent {
    this.#state = "down";
    this.#waitingFor = undefined;
    return { type: "down", reason };
  }

  // A method, since the state changes inside what the loop calls.
  #isDown(): boolean {
    return this.#state === "down";
  }
}
