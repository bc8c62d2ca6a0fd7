import { baudCharacterOf, offeredBy, signOnBaudRate, type VendorBaudRates } from "./baud-rate.ts";
import { parseIdentification } from "./identification.ts";
import { durationOf, type LineStep } from "./line-step.ts";
import { commandMessage, control, dataMessage, identificationMessage, type OpticalMessage } from "./message.ts";
import { MessageCollector } from "./message-collector.ts";
import { withEvenParity } from "./parity.ts";

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
  /** Whether it confirms the way into HDLC; most do. */
  readonly confirms?: boolean;
}

/** What programming mode does; levels are those of passwords, 1 and 2. */
export interface Programming {
  /** The level that a password opens, or undefined. */
  login(password: string): number | undefined;
  /** "value*unit" of an address, or undefined. */
  read(address: string): string | undefined;
  /** Whether it was written. */
  write(address: string, value: string, level: number): boolean;
}

/** ms: reaction of a meter that says so in capital letters, and time without a word that ends programming. */
const reaction = 200;
const fastReaction = 20;
const selectTime = 3000;
/** ms after which the beginning of a message is forgotten, before a reader asks again. */
const pauseTime = 1500;
const inactivity = 60_000;
const mostRepeats = 3;

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
  #baudRate = signOnBaudRate;
  #repeats = 0;
  #level: number | undefined;

  constructor(options: TariffDeviceOptions) {
    this.#options = options;
    const identification = parseIdentification(options.identification);
    this.#offered = offeredBy(identification, options.vendorBaudRates);
    // A small third letter promises a short reaction (6.3.2).
    this.#reaction = /[a-z]$/.test(identification.manufacturer) ? fastReaction : reaction;
  }

  /** True while the line belongs to HDLC, once the steps are done. */
  get inHdlc(): boolean {
    return this.#state === "hdlc";
  }

  get nextTimeout(): number | undefined {
    return this.#deadline;
  }

  takeSteps(): readonly LineStep[] {
    const steps = this.#steps;
    this.#steps = [];
    return steps;
  }

  receiveBytes(octets: Uint8Array, now: number): void {
    if (this.inHdlc) return;
    for (const octet of octets) {
      this.#collector.expectsSelect = this.#state === "offered";
      const message = this.#collector.push(octet);
      if (message !== undefined) this.#receive(message, now);
    }
    // What begins like a message and stops is forgotten, or the next request would be part of it.
    if (this.#state === "idle") this.#deadline = this.#collector.busy ? now + pauseTime : undefined;
  }

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
    else if (this.#state === "offered" && message.type === "select") this.#select(message, now);
    else if (this.#state === "reading") this.#confirmed(message, now);
    else if (this.#state === "programming" && message.type === "block") this.#obey(message, now);
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
    if (possible && protocol === "2" && mode === "2") this.#enterHdlc(`2${baudCharacter}2`, baudRate);
    else if (possible && protocol === "0" && mode === "0") {
      this.#speed(baudRate);
      this.#readOut(now);
    } else if (possible && protocol === "0" && mode === "1" && this.#options.programming !== undefined) {
      this.#speed(baudRate);
      this.#answer(commandMessage("P0", "()"));
      this.#enter("programming", now, inactivity);
    } else this.#readOut(now);
  }

  #enterHdlc(selected: string, baudRate: number): void {
    if (this.#options.confirms !== false) {
      this.#answer(Uint8Array.from([control.ack, ...Array.from(`${selected}\r\n`, (character) => character.charCodeAt(0))]));
    }
    this.#speed(baudRate);
    this.#state = "hdlc";
    this.#deadline = undefined;
  }

  #readOut(now: number): void {
    const lines = this.#options.readout();
    this.#answer(dataMessage(`${lines.map((line) => `${line}\r\n`).join("")}!\r\n`));
    this.#enter("reading", now, selectTime);
  }

  #confirmed(message: OpticalMessage, now: number): void {
    this.#repeats += 1;
    if (message.type === "nak" && this.#repeats <= mostRepeats) this.#readOut(now);
    else if (message.type === "ack" || message.type === "nak") this.#idle();
  }

  #obey({ command, data, valid }: Extract<OpticalMessage, { readonly type: "block" }>, now: number): void {
    const programming = this.#options.programming as Programming;
    this.#enter("programming", now, inactivity);
    if (!valid) this.#answer(Uint8Array.of(control.nak));
    else if (command === "B0" || command === "B1") this.#idle();
    else if (command === "P1" || command === "P2") this.#login(programming.login(unbracketed(data) ?? ""));
    else this.#answer(this.#command(programming, command, data));
  }

  #login(level: number | undefined): void {
    this.#level = level;
    this.#answer(level === undefined ? refusal("ERPASS") : Uint8Array.of(control.ack));
  }

  /** The answer to a command. */
  #command(programming: Programming, command: string | undefined, data: string): Uint8Array {
    const [, address, value] = /^([^()]*)\(([^()]*)\)/.exec(data) ?? [];
    if (address === undefined || value === undefined) return refusal("ER01");
    if (command === "R1" || command === "R2") {
      const found = programming.read(address);
      return found === undefined ? refusal("ER06") : dataMessage(`${address}(${found})`);
    }
    if (command !== "W1" && command !== "W2") return refusal("ER02");
    const done = this.#level !== undefined && programming.write(address, value, this.#level);
    return done ? Uint8Array.of(control.ack) : refusal("ER03");
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
    this.#deadline = now + durationOf(this.#steps, this.#baudRate) + milliseconds;
  }

  #idle(): void {
    this.#speed(signOnBaudRate);
    this.#state = "idle";
    this.#deadline = undefined;
    this.#repeats = 0;
    this.#level = undefined;
  }
}

/** Why a command is not obeyed, as the standard leaves it to the maker. */
function refusal(code: string): Uint8Array {
  return dataMessage(`(${code})`);
}

function unbracketed(data: string): string | undefined {
  return /^\(([^()]*)\)$/.exec(data)?.[1];
}
