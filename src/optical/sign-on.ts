import { type ProtocolError, RemoteProtocolError, TransportError } from "../errors.ts";
import { agreedBaudRate, baudCharacterOf, offeredBy, signOnBaudRate, type VendorBaudRates } from "./baud-rate.ts";
import { type Identification, parseIdentification } from "./identification.ts";
import { durationOf, type LineStep } from "./line-step.ts";
import { commandMessage, control, type OpticalMessage, requestMessage, selectMessage } from "./message.ts";
import { MessageCollector } from "./message-collector.ts";
import { withEvenParity } from "./parity.ts";
import { ProbeEcho } from "./probe-echo.ts";

/** What a reader asks of a sign-on. */
export interface SignOnOptions {
  /** What the reader is after: HDLC in mode E, the readout of modes A to C, or programming mode of mode C. */
  readonly want: "hdlc" | "readout" | "programming";
  /** Device address, up to 32 characters; without it any meter answers. */
  readonly address?: string;
  /** What the line begins with; 300 unless the meter is known to begin elsewhere. */
  readonly baudRate?: number;
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
  | { readonly type: "readout"; readonly identification: Identification; readonly data: string }
  /** The meter waits for a password; the operand is what it sent with P0, brackets and all. */
  | { readonly type: "programming"; readonly identification: Identification; readonly baudRate: number; readonly operand: string };

/** ms: longest reaction of a meter and pause within a message; the standard's 1500 with some for USB. */
const patience = 2000;
/** ms in which nearly every meter that confirms has done so; one that is later has to be in HDLC when it is called again. */
const confirmation = 1000;
/** ms between the confirmation and HDLC, in which the meter changes its speed. */
const settling = 300;
/** ms without an octet after which a meter is done with what nobody asked for. */
const hush = 500;
const mostRepeats = 3;
/** Characters of the longest identification, and of a readout; the largest take five minutes at 300 Bd. */
const longestIdentification = 60;
const longestReadout = 9000;

type State = "requested" | "confirming" | "settling" | "hushing" | "reading" | "done" | "failed";

/** What was offered, taken and asked for. */
interface Agreement {
  readonly identification: Identification;
  readonly baudRate: number;
  /** The option select, without parity; absent in modes A and B. */
  readonly select?: Uint8Array;
}

/**
 * The reader's end of IEC 62056-21: signs on, agrees on a speed, and hands over to HDLC or programming mode or takes the readout.
 * Octets in, steps out; times are ms as arguments. What comes as noise, damaged or not at all is asked for again, and then it
 * is one error.
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
  /** The line's speed before the steps and once they are done, and the one that the sign-on begins with. */
  #baudRateBefore: number;
  #baudRate: number;
  #startBaudRate: number;
  #agreement: Agreement | undefined;
  /** The identification of which too little was offered last. */
  #declined: string | undefined;
  /** Characters since the option select, as many as a confirmation has. */
  #confirmed: number[] = [];
  #heard = false;
  /** Whether anything was heard since the last request. */
  #answered = false;
  #result: SignOnResult | undefined;
  #error: ProtocolError | TransportError | undefined;

  /** @throws ConfigError for an address that is none */
  constructor(options: SignOnOptions, now: number) {
    this.#options = options;
    this.#deadline = now;
    this.#startBaudRate = this.#baudRateBefore = this.#baudRate = options.baudRate ?? signOnBaudRate;
    this.#request(now);
  }

  /** What it came to; undefined while it goes on. */
  get result(): SignOnResult | undefined {
    return this.#result;
  }

  /** Why it did not. */
  get error(): ProtocolError | TransportError | undefined {
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
    this.#baudRateBefore = this.#baudRate;
    return steps;
  }

  /** Takes what was heard. */
  receiveBytes(octets: Uint8Array, now: number): void {
    if (octets.length === 0 || this.nextTimeout === undefined) return;
    const heard = this.#echo.filter(octets);
    if (heard.length === 0) return;
    this.#heard = this.#answered = true;
    switch (this.#state) {
      case "settling":
        return;
      case "confirming":
        for (const octet of heard) this.#compare(octet, now);
        return;
      case "hushing":
        this.#deadline = Math.max(this.#deadline, Math.min(now + hush, this.#latest));
        return;
      default:
        // A line that never falls silent must not keep anybody for ever.
        this.#deadline = Math.max(this.#deadline, Math.min(now + patience, this.#latest));
        for (const octet of heard) {
          const message = this.#collector.push(octet);
          if (message !== undefined) this.#receive(message, now);
        }
    }
  }

  /** Does what is due at `nextTimeout`. */
  handleTimeout(now: number): void {
    if (this.nextTimeout === undefined || now < this.#deadline) return;
    const brokeOff = this.#collector.busy;
    this.#echo.release();
    this.#collector.clear();
    switch (this.#state) {
      case "settling":
        this.#complete();
        return;
      case "confirming":
        this.#signOnAgain(now);
        return;
      case "reading":
        if (brokeOff && this.#repeats === 0) this.#repeat(now);
        else this.#signOnAgain(now);
        return;
      case "requested":
        // Silence after an option select without confirmation: the meter is in HDLC, and no longer hears a sign-on.
        if (this.#options.want === "hdlc" && this.#agreement !== undefined && !this.#answered) this.#settle(this.#agreement, now);
        else this.#request(now);
        return;
      default:
        this.#request(now);
    }
  }

  #receive(message: OpticalMessage, now: number): void {
    if (this.#state === "requested" && message.type === "line") this.#identify(message.text, now);
    else if (this.#state === "reading" && message.type === "block") this.#take(message, now);
  }

  #request(now: number): void {
    const { wakeUp = false, address } = this.#options;
    if (this.#exhausted()) return;
    this.#attempts += 1;
    // A speed that was named may be a mistake; one at which the meter has answered is none.
    if (this.#attempts > 2 && this.#agreement === undefined) this.#startBaudRate = signOnBaudRate;
    this.#speed(this.#startBaudRate);
    if (wakeUp) {
      this.#send(new Uint8Array(wakeUpOctets(this.#baudRate)));
      this.#steps.push({ type: "wait", milliseconds: 1600 });
    }
    this.#send(withEvenParity(requestMessage(address)));
    this.#state = "requested";
    this.#answered = false;
    this.#wait(now, patience, longestIdentification);
  }

  #identify(line: string, now: number): void {
    let identification: Identification;
    try {
      identification = parseIdentification(line);
    } catch {
      return;
    }
    const { want, maxBaudRate = 9600, vendorBaudRates } = this.#options;
    const offered = offeredBy(identification, vendorBaudRates);
    if ((want === "hdlc" && !identification.modeE) || (want !== "readout" && offered.mode !== "C")) {
      this.#decline(line, want === "hdlc" ? noModeE(identification) : noProgramming(identification), now);
      return;
    }
    this.#repeats = 0;
    if (offered.mode === "C") this.#select(identification, agreedBaudRate(offered.baudRate, maxBaudRate), now);
    else this.#read({ identification, baudRate: offered.mode === "A" ? this.#baudRate : offered.baudRate }, now);
  }

  /** An identification has no check: a meter that offers too little has to say so twice. */
  #decline(line: string, error: RemoteProtocolError, now: number): void {
    if (this.#declined === line || this.#isLast) this.#fail(error);
    else this.#signOnAgain(now);
    this.#declined = line;
  }

  #select(identification: Identification, baudRate: number, now: number): void {
    const { want, vendorBaudRates } = this.#options;
    const [protocol, mode] = controls[want];
    const select = selectMessage(protocol, baudCharacterOf(baudRate, vendorBaudRates) ?? "0", mode);
    // The shortest time that a meter grants between its message and the next.
    this.#steps.push({ type: "wait", milliseconds: 200 });
    // A confirmation looks like the echo of a select, so none is expected of a probe that has had none.
    if (want === "hdlc" && !this.#echo.present) this.#steps.push({ type: "send", octets: withEvenParity(select) });
    else this.#send(withEvenParity(select));
    const agreement = { identification, baudRate, select };
    if (want === "hdlc") this.#awaitConfirmation(agreement, now);
    else this.#read(agreement, now);
  }

  #awaitConfirmation(agreement: Agreement, now: number): void {
    this.#agreement = agreement;
    this.#confirmed = [];
    this.#state = "confirming";
    this.#wait(now, confirmation);
  }

  /** One more character that may be the last of a confirmation: the select once more, parity or not (IEC 62056-21, annex E). */
  #compare(octet: number, now: number): void {
    const agreement = this.#agreement;
    const confirmed = this.#confirmed;
    if (agreement?.select === undefined || this.#state !== "confirming") return;
    confirmed.push(octet & 0x7f);
    if (confirmed.length > agreement.select.length) confirmed.shift();
    if (agreement.select.every((character, index) => confirmed[index] === character)) this.#settle(agreement, now);
  }

  #settle({ baudRate }: Agreement, now: number): void {
    this.#speed(baudRate);
    this.#state = "settling";
    this.#wait(now, settling);
  }

  #read(agreement: Agreement, now: number): void {
    this.#agreement = agreement;
    this.#state = "reading";
    this.#speed(agreement.baudRate);
    this.#wait(now, patience);
  }

  #take(block: Extract<OpticalMessage, { readonly type: "block" }>, now: number): void {
    const { identification, baudRate } = this.#agreement as Agreement;
    const programming = this.#options.want === "programming";
    if (!block.valid || !block.last) this.#repeat(now);
    else if (programming && block.command === "P0") this.#done({ type: "programming", identification, baudRate, operand: block.data });
    else if (programming && block.command === undefined) this.#fail(noProgramming(identification));
    else if (block.command === undefined) {
      this.#send(withEvenParity(Uint8Array.of(control.ack)));
      this.#done({ type: "readout", identification, data: block.data });
    }
  }

  /** A readout with a wrong check sum, or that broke off. */
  #repeat(now: number): void {
    this.#repeats += 1;
    if (this.#repeats > mostRepeats) {
      this.#signOnAgain(now);
      return;
    }
    this.#send(withEvenParity(Uint8Array.of(control.nak)));
    this.#wait(now, patience);
  }

  /** The option select went wrong: a break, silence, and all of it once more. */
  #signOnAgain(now: number): void {
    if (this.#exhausted()) return;
    this.#send(withEvenParity(commandMessage("B0")));
    this.#speed(this.#startBaudRate);
    this.#state = "hushing";
    this.#wait(now, hush);
  }

  get #isLast(): boolean {
    return this.#attempts >= (this.#options.attempts ?? 3);
  }

  /** Whether no request is left, and then it has failed. */
  #exhausted(): boolean {
    if (!this.#isLast) return false;
    if (this.#agreement === undefined) this.#fail(this.#heard ? noise() : silence());
    else this.#fail(withoutEnd[this.#options.want](this.#agreement.identification));
    return true;
  }

  #complete(): void {
    const { identification, baudRate } = this.#agreement as Agreement;
    this.#done({ type: "hdlc", identification, baudRate });
  }

  #done(result: SignOnResult): void {
    this.#result = result;
    this.#state = "done";
  }

  #send(octets: Uint8Array): void {
    this.#echo.sent(octets);
    this.#steps.push({ type: "send", octets });
  }

  #speed(baudRate: number): void {
    if (baudRate === this.#baudRate) return;
    this.#steps.push({ type: "speed", baudRate });
    this.#baudRate = baudRate;
  }

  /** What is still to be sent takes its time first. */
  #wait(now: number, milliseconds: number, longest: number = longestReadout): void {
    const begins = now + durationOf(this.#steps, this.#baudRateBefore);
    this.#deadline = begins + milliseconds;
    this.#latest = begins + (longest * 10_000) / this.#baudRate + milliseconds;
  }

  #fail(error: ProtocolError | TransportError): void {
    this.#error = error;
    this.#state = "failed";
  }
}

/** Protocol control and mode control of an option select (IEC 62056-21, 6.3.3). */
const controls = { hdlc: ["2", "2"], readout: ["0", "0"], programming: ["0", "1"] } as const;

/** Zeros for 2.2 s. */
function wakeUpOctets(baudRate: number): number {
  return Math.round((2.2 * baudRate) / 10);
}

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

function damaged(): RemoteProtocolError {
  return new RemoteProtocolError("the meter's readout is damaged again and again", {
    layer: "optical",
    hint: "turn the probe until it sits flat, and clean the port",
  });
}

function notConfirmed({ manufacturer, ident }: Identification): RemoteProtocolError {
  return new RemoteProtocolError(`the meter ${manufacturer} ${ident} signs on again and again in place of HDLC`, {
    layer: "optical",
    hint: "turn the probe until it sits flat, or try a lower speed with ?max-baud=",
  });
}

function noModeE({ manufacturer, ident }: Identification): RemoteProtocolError {
  return new RemoteProtocolError(`the meter ${manufacturer} ${ident} offers no HDLC at its optical port`, {
    layer: "optical",
    hint: "take its readout with dlms readout",
  });
}

function noProgramming({ manufacturer, ident }: Identification): RemoteProtocolError {
  return new RemoteProtocolError(`the meter ${manufacturer} ${ident} does not enter programming mode`, {
    layer: "optical",
    hint: "take its readout without --read and --write",
  });
}

/** Why what was wanted did not come, however often a meter signed on. */
const withoutEnd = { hdlc: notConfirmed, readout: damaged, programming: noProgramming } as const;
