import { baudCharacterOf, offeredBy, signOnBaudRate, type VendorBaudRates } from "./baud-rate.ts";
import { parseIdentification } from "./identification.ts";
import { durationOf, type LineStep } from "./line-step.ts";
import {
  commandMessage,
  control,
  dataMessage,
  dataSet,
  identificationMessage,
  type OpticalMessage,
  readoutMessage,
  selectMessage,
} from "./message.ts";
import { MessageCollector } from "./message-collector.ts";
import { withEvenParity } from "./parity.ts";
import type { Programming } from "./programming.ts";

/** What a meter shows and does at its optical port before HDLC. */
export interface TariffDeviceOptions {
  /** "/XXXZ\2ident": manufacturer, baud character, mode E, identification. @throws DecodeError by the constructor for no such line */
  readonly identification: string;
  /** Its address; it answers to none as well. Leading zeros do not count. */
  readonly address: string;
  /** Lines of the readout, "address(value*unit)", as they are now. */
  readonly readout: () => readonly string[];
  /** Programming mode; a meter without it signs off whoever asks. */
  readonly programming?: Programming;
  readonly vendorBaudRates?: VendorBaudRates;
  /** What it waits at for a sign-on; 300 by the standard. */
  readonly baudRate?: number;
  /** Whether it confirms the way into HDLC; most do. */
  readonly confirms?: boolean;
}

/** ms: reaction of a meter that says so in capital letters, and time without a word that ends programming. */
const reaction = 200;
const fastReaction = 20;
const selectTime = 3000;
/** ms after which the beginning of a message is forgotten, before a reader asks again. */
const pauseTime = 1500;
const inactivity = 60_000;
const mostRepeats = 3;
/** Octets of HDLC that are kept until somebody takes the line over: two frames of the longest kind. */
const mostEarly = 4096;

type State = "idle" | "offered" | "reading" | "programming" | "hdlc";

/**
 * The meter's end of IEC 62056-21: answers a sign-on, agrees on a speed, then gives its readout, is programmed, or hands over to
 * HDLC until `release`. Octets in, steps out; times are ms as arguments.
 */
export class TariffDevice {
  readonly #options: TariffDeviceOptions;
  readonly #collector = new MessageCollector();
  readonly #offered: ReturnType<typeof offeredBy>;
  readonly #reaction: number;
  #state: State = "idle";
  #steps: LineStep[] = [];
  #deadline: number | undefined;
  /** The line's speed before the steps, and once they are done. */
  #baudRateBefore: number;
  #baudRate: number;
  #repeats = 0;
  #level: number | undefined;
  #operand = "";
  /** What was said last in programming mode, without parity. */
  #said: Uint8Array | undefined;
  #early: number[] = [];

  /** @throws DecodeError for an identification that is none, ConfigError for one that cannot be sent */
  constructor(options: TariffDeviceOptions) {
    this.#options = options;
    this.#baudRateBefore = this.#baudRate = options.baudRate ?? signOnBaudRate;
    identificationMessage(options.identification);
    const identification = parseIdentification(options.identification);
    this.#offered = offeredBy(identification, options.vendorBaudRates);
    // A small third letter promises a short reaction (6.3.2).
    this.#reaction = /[a-z]$/.test(identification.manufacturer) ? fastReaction : reaction;
  }

  /** True while the line belongs to HDLC, once the steps are done. */
  get inHdlc(): boolean {
    return this.#state === "hdlc";
  }

  /** When `handleTimeout` has something to do. */
  get nextTimeout(): number | undefined {
    return this.#deadline;
  }

  /** What is to be done on the line since the last call. */
  takeSteps(): readonly LineStep[] {
    const steps = this.#steps;
    this.#steps = [];
    this.#baudRateBefore = this.#baudRate;
    return steps;
  }

  /** What came for HDLC before its end had taken the line: a reader may be faster than the steps of this meter. */
  takeEarly(): Uint8Array {
    const early = Uint8Array.from(this.#early);
    this.#early = [];
    return early;
  }

  /** Takes what was heard. */
  receiveBytes(octets: Uint8Array, now: number): void {
    for (const octet of octets) {
      if (this.inHdlc) {
        if (this.#early.length < mostEarly) this.#early.push(octet);
        continue;
      }
      this.#collector.expectsSelect = this.#state === "offered";
      const message = this.#collector.push(octet);
      if (message !== undefined) this.#receive(message, now);
    }
    // What begins like a message and stops is forgotten, or the next request would be part of it.
    if (this.#state === "idle") this.#deadline = this.#collector.busy ? now + pauseTime : undefined;
  }

  /** Does what is due at `nextTimeout`. */
  handleTimeout(now: number): void {
    if (this.#deadline === undefined || now < this.#deadline) return;
    this.#deadline = undefined;
    this.#collector.clear();
    // Who does not select gets the readout at the speed of sign-on (mode A).
    if (this.#state === "offered") this.#readOut(now);
    else this.#idle();
  }

  /** HDLC is over: back to the start. */
  release(): void {
    if (this.inHdlc) this.#idle();
  }

  #receive(message: OpticalMessage, now: number): void {
    if (message.type === "line") this.#signOn(message.text, now);
    else if (isBreak(message)) this.#idle();
    else if (this.#state === "offered" && message.type === "select") this.#select(message, now);
    else if (this.#state === "reading") this.#confirmed(message, now);
    else if (this.#state === "programming") this.#programmed(message, now);
  }

  #signOn(text: string, now: number): void {
    const [, address] = /^\/\?([ -~]{0,32})!$/.exec(text) ?? [];
    if (address === undefined || !this.#isOwn(address)) return;
    this.#idle();
    this.#answer(identificationMessage(this.#options.identification));
    // Modes A and B ask nothing back.
    if (this.#offered.mode === "B") this.#speed(this.#offered.baudRate);
    if (this.#offered.mode === "C") this.#enter("offered", now, selectTime);
    else this.#readOut(now);
  }

  #isOwn(address: string): boolean {
    const significant = (text: string): string => text.replace(/^0+/, "");
    return address === "" || significant(address) === significant(this.#options.address);
  }

  #select({ protocol, baudCharacter, mode }: Extract<OpticalMessage, { readonly type: "select" }>, now: number): void {
    const { baudRate } = offeredBy({ baudCharacter }, this.#options.vendorBaudRates);
    const possible = baudCharacterOf(baudRate, this.#options.vendorBaudRates) === baudCharacter && baudRate <= this.#offered.baudRate;
    if (possible && protocol === "2" && mode === "2") this.#enterHdlc(baudCharacter, baudRate);
    else if (possible && protocol === "0" && mode === "0") {
      this.#speed(baudRate);
      this.#readOut(now);
    } else if (possible && protocol === "0" && mode === "1" && this.#options.programming !== undefined) {
      this.#speed(baudRate);
      this.#operand = this.#options.programming.algorithm?.operand() ?? "";
      this.#say(commandMessage("P0", dataSet("", this.#operand)));
      this.#enter("programming", now, inactivity);
    } else this.#readOut(now);
  }

  #enterHdlc(baudCharacter: string, baudRate: number): void {
    if (this.#options.confirms !== false) this.#answer(selectMessage("2", baudCharacter, "2"));
    this.#speed(baudRate);
    this.#state = "hdlc";
    this.#early = [];
    this.#deadline = undefined;
  }

  #readOut(now: number): void {
    this.#answer(readoutMessage(this.#options.readout()));
    this.#enter("reading", now, selectTime);
  }

  #confirmed(message: OpticalMessage, now: number): void {
    this.#repeats += 1;
    if (message.type === "nak" && this.#repeats <= mostRepeats) this.#readOut(now);
    else if (message.type === "ack" || message.type === "nak") this.#idle();
  }

  #programmed(message: OpticalMessage, now: number): void {
    if (message.type === "nak") {
      this.#repeats += 1;
      if (this.#repeats > mostRepeats) this.#idle();
      else if (this.#said !== undefined) this.#answer(this.#said);
    } else if (message.type === "block") this.#obey(message, now);
    if (this.#state === "programming") this.#enter("programming", now, inactivity);
  }

  #obey({ command, data, valid }: Extract<OpticalMessage, { readonly type: "block" }>, now: number): void {
    const programming = this.#options.programming as Programming;
    if (!valid) {
      this.#answer(Uint8Array.of(control.nak));
      return;
    }
    this.#repeats = 0;
    if (command === "P1" || command === "P2") this.#say(this.#login(programming, command, unbracketed(data), now));
    else this.#say(this.#command(programming, command, data));
  }

  /** What is tried too early is not looked at, and answered like a wrong password. */
  #login(programming: Programming, command: "P1" | "P2", given: string | undefined, now: number): Uint8Array {
    this.#level = undefined;
    if (given === undefined || !programming.limiter.mayTry(now)) return refusal("ERPASS");
    this.#level = command === "P1" ? programming.login(given) : programming.algorithm?.verify(this.#operand, given);
    if (this.#level !== undefined) return Uint8Array.of(control.ack);
    programming.limiter.failed(now);
    return refusal("ERPASS");
  }

  /** The answer to a command. */
  #command(programming: Programming, command: string | undefined, data: string): Uint8Array {
    const [, address, value] = /^([^()]*)\(([^()]*)\)/.exec(data) ?? [];
    if (address === undefined || value === undefined) return refusal("ER01");
    switch (command) {
      case "R1":
      case "R2":
      case "R5": {
        if (this.#level === undefined && !programming.isIdentity(address)) return refusal("ER03");
        const found = programming.read(address);
        return found === undefined ? refusal("ER06") : dataMessage(dataSet(address, ...found));
      }
      case "W1":
      case "W2":
      case "W5":
        if (this.#level === undefined || !programming.write(address, value, this.#level)) return refusal("ER03");
        return Uint8Array.of(control.ack);
      default:
        return refusal("ER02");
    }
  }

  /** Says what is said once more after a NAK. */
  #say(characters: Uint8Array): void {
    this.#said = characters;
    this.#answer(characters);
  }

  #answer(characters: Uint8Array): void {
    this.#steps.push({ type: "wait", milliseconds: this.#reaction }, { type: "send", octets: withEvenParity(characters) });
  }

  #speed(baudRate: number): void {
    if (baudRate === this.#baudRate) return;
    this.#steps.push({ type: "speed", baudRate });
    this.#baudRate = baudRate;
  }

  #enter(state: State, now: number, milliseconds: number): void {
    this.#state = state;
    this.#deadline = now + durationOf(this.#steps, this.#baudRateBefore) + milliseconds;
  }

  #idle(): void {
    this.#speed(this.#options.baudRate ?? signOnBaudRate);
    this.#state = "idle";
    this.#deadline = undefined;
    this.#repeats = 0;
    this.#level = undefined;
    this.#said = undefined;
  }
}

/** Sign-off, complete or for a fast wake-up (IEC 62056-21, 6.3.8). */
function isBreak(message: OpticalMessage): boolean {
  return message.type === "block" && message.valid && (message.command === "B0" || message.command === "B1");
}

/** Why a command is not obeyed, as the standard leaves it to the maker. */
function refusal(code: string): Uint8Array {
  return dataMessage(`(${code})`);
}

function unbracketed(data: string): string | undefined {
  return /^\(([^()]*)\)$/.exec(data)?.[1];
}
