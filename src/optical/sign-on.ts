import { type ProtocolError, RemoteProtocolError, TransportError } from "../errors.ts";
import { agreedBaudRate, baudCharacterOf, offeredBy, signOnBaudRate, type VendorBaudRates } from "./baud-rate.ts";
import { type Identification, parseIdentification } from "./identification.ts";
import { durationOf, type LineStep } from "./line-step.ts";
import { control, type OpticalMessage, requestMessage, selectMessage } from "./message.ts";
import { MessageCollector } from "./message-collector.ts";
import { withEvenParity } from "./parity.ts";
import { ProbeEcho } from "./probe-echo.ts";

export interface SignOnOptions {
  /** What the reader is after: HDLC in mode E, or the readout of modes A to C. */
  readonly want: "hdlc" | "readout";
  /** Device address, up to 32 characters; without it any meter answers. */
  readonly address?: string;
  /** Fastest that the probe manages. */
  readonly maxBaudRate?: number;
  readonly vendorBaudRates?: VendorBaudRates;
  /** Zeros that wake a battery meter first. */
  readonly wakeUp?: boolean;
  /** Requests before it is given up; 3 by default. */
  readonly attempts?: number;
}

/** What sign-on came to. */
export type SignOnResult =
  | { readonly type: "hdlc"; readonly identification: Identification; readonly baudRate: number }
  | { readonly type: "readout"; readonly identification: Identification; readonly data: string };

/** ms: longest reaction of a meter and pause within a message; the standard's 1500 with some for USB. */
const patience = 2000;
/** ms at least between the option select and HDLC, in which meters may confirm (Gurux and jDLMS wait about as long). */
const switching = 500;
const mostRepeats = 3;
/** Characters of the longest identification, and of a readout; the largest take five minutes at 300 Bd. */
const longestIdentification = 60;
const longestReadout = 9000;

type State = "requested" | "switching" | "reading" | "done" | "failed";

/**
 * The reader's end of IEC 62056-21: signs on, agrees on a speed, and hands over to HDLC or takes the readout. Octets in, steps
 * out; times are ms as arguments. What comes as noise, damaged or not at all is asked for again, and then it is one error.
 */
export class SignOn {
  readonly #options: SignOnOptions;
  readonly #collector = new MessageCollector();
  readonly #echo = new ProbeEcho();
  #state: State = "requested";
  #steps: LineStep[] = [];
  #deadline: number;
  /** When the message that is waited for has to be there. */
  #latest = Number.POSITIVE_INFINITY;
  #attempts = 0;
  #repeats = 0;
  #baudRate = signOnBaudRate;
  #identification: Identification | undefined;
  #heard = false;
  #result: SignOnResult | undefined;
  #error: ProtocolErrorLike | undefined;

  constructor(options: SignOnOptions, now: number) {
    this.#options = options;
    this.#deadline = now;
    this.#request(now);
  }

  /** What it came to; undefined while it goes on. */
  get result(): SignOnResult | undefined {
    return this.#result;
  }

  /** Why it did not. */
  get error(): ProtocolErrorLike | undefined {
    return this.#error;
  }

  /** When `handleTimeout` has something to do; undefined once it is over. */
  get nextTimeout(): number | undefined {
    return this.#state === "done" || this.#state === "failed" ? undefined : this.#deadline;
  }

  /** What is to be done on the line since the last call. */
  takeSteps(): readonly LineStep[] {
    const steps = this.#steps;
    this.#steps = [];
    return steps;
  }

  receiveBytes(octets: Uint8Array, now: number): void {
    if (octets.length === 0 || this.nextTimeout === undefined) return;
    const heard = this.#echo.filter(octets);
    if (heard.length > 0) this.#heard = true;
    if (this.#state === "switching") return;
    // A line that never falls silent must not keep anybody for ever.
    if (heard.length > 0) this.#deadline = Math.max(this.#deadline, Math.min(now + patience, this.#latest));
    for (const octet of heard) {
      const message = this.#collector.push(octet);
      if (message !== undefined) this.#receive(message, now);
    }
  }

  handleTimeout(now: number): void {
    if (this.nextTimeout === undefined || now < this.#deadline) return;
    this.#echo.release();
    this.#collector.clear();
    if (this.#state === "switching") this.#complete();
    else if (this.#state === "reading") this.#repeat(now);
    else this.#request(now);
  }

  #receive(message: OpticalMessage, now: number): void {
    if (this.#state === "requested" && message.type === "line") this.#identify(message.text, now);
    else if (this.#state === "reading" && message.type === "block") this.#take(message, now);
  }

  #request(now: number): void {
    const { attempts = 3, wakeUp = false, address } = this.#options;
    if (this.#attempts >= attempts) {
      this.#fail(this.#heard ? noise() : silence());
      return;
    }
    const first = this.#attempts === 0;
    this.#attempts += 1;
    if (!first) this.#step({ type: "speed", baudRate: signOnBaudRate });
    this.#baudRate = signOnBaudRate;
    if (wakeUp) this.#send(new Uint8Array(wakeUpZeros), { type: "wait", milliseconds: 1600 });
    this.#send(withEvenParity(requestMessage(address)));
    this.#wait(now, patience, longestIdentification);
  }

  #identify(line: string, now: number): void {
    let identification: Identification;
    try {
      identification = parseIdentification(line);
    } catch {
      return;
    }
    this.#identification = identification;
    const { want, maxBaudRate = 9600, vendorBaudRates } = this.#options;
    const offered = offeredBy(identification, vendorBaudRates);
    if (want === "hdlc" && (!identification.modeE || offered.mode !== "C")) {
      this.#fail(noModeE(identification));
      return;
    }
    const baudRate = offered.mode === "C" ? agreedBaudRate(offered.baudRate, maxBaudRate) : offered.baudRate;
    const character = baudCharacterOf(baudRate, vendorBaudRates) ?? "0";
    if (offered.mode === "C") {
      const [protocol, mode] = want === "hdlc" ? ["2", "2"] : ["0", "0"];
      // The shortest time that a meter grants between its message and the next.
      this.#send(withEvenParity(selectMessage(protocol, character, mode)), undefined, { type: "wait", milliseconds: 200 });
    }
    if (baudRate !== signOnBaudRate) this.#step({ type: "speed", baudRate });
    this.#state = want === "hdlc" ? "switching" : "reading";
    this.#wait(now, want === "hdlc" ? switching : patience);
    this.#baudRate = baudRate;
  }

  #take(block: Extract<OpticalMessage, { readonly type: "block" }>, now: number): void {
    if (block.command !== undefined) return;
    if (!block.valid || !block.last) {
      this.#repeat(now);
      return;
    }
    this.#send(withEvenParity(Uint8Array.of(control.ack)));
    const identification = this.#identification as Identification;
    this.#result = { type: "readout", identification, data: block.data };
    this.#state = "done";
  }

  /** A readout with a wrong check sum, or that broke off. */
  #repeat(now: number): void {
    this.#repeats += 1;
    if (this.#repeats > mostRepeats) {
      this.#fail(new RemoteProtocolError("the meter's readout is damaged again and again", readoutHint));
      return;
    }
    this.#send(withEvenParity(Uint8Array.of(control.nak)));
    this.#wait(now, patience);
  }

  #complete(): void {
    this.#result = { type: "hdlc", identification: this.#identification as Identification, baudRate: this.#baudRate };
    this.#state = "done";
  }

  #send(octets: Uint8Array, after?: LineStep, before?: LineStep): void {
    if (before !== undefined) this.#step(before);
    this.#echo.sent(octets);
    this.#step({ type: "send", octets });
    if (after !== undefined) this.#step(after);
  }

  #step(step: LineStep): void {
    this.#steps.push(step);
  }

  /** What is still to be sent takes its time first. */
  #wait(now: number, milliseconds: number, longest: number = longestReadout): void {
    const begins = now + durationOf(this.#steps, this.#baudRate);
    this.#deadline = begins + milliseconds;
    this.#latest = begins + (longest * 10_000) / this.#baudRate + milliseconds;
  }

  #fail(error: ProtocolErrorLike): void {
    this.#error = error;
    this.#state = "failed";
  }
}

type ProtocolErrorLike = ProtocolError | TransportError;

/** 2.2 s of zeros at 300 Bd. */
const wakeUpZeros = 66;

const readoutHint = { layer: "optical", hint: "turn the probe until it sits flat, and clean the port" } as const;

function silence(): TransportError {
  return new TransportError("timeout", "no meter answered the sign-on", {
    layer: "optical",
    hint: "check that the probe sits on the port the right way up; a meter in HDLC answers after two minutes again, or to serial://",
  });
}

function noise(): TransportError {
  return new TransportError("timeout", "something was heard, and no identification", {
    layer: "optical",
    hint: "shield the port from light, turn the probe, or try another speed with ?baud=",
  });
}

function noModeE({ manufacturer, ident }: Identification): RemoteProtocolError {
  return new RemoteProtocolError(`the meter ${manufacturer} ${ident} offers no HDLC at its optical port`, {
    layer: "optical",
    hint: "take its readout with dlms readout",
  });
}
