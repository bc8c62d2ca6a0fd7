import { type DlmsError, RemoteProtocolError, SecurityError, TransportError } from "../errors.ts";
import { durationOf, type LineStep } from "./line-step.ts";
import { commandMessage, control, dataSet, type OpticalMessage } from "./message.ts";
import { MessageCollector } from "./message-collector.ts";
import { withEvenParity } from "./parity.ts";
import { ProbeEcho } from "./probe-echo.ts";

/** How a reader opens a meter: by a password (P1), or by what it makes of the meter's operand (P2). */
export type ProgrammingLogin =
  | { readonly command: "P1"; readonly password: string }
  | { readonly command: "P2"; readonly resultOf: (operand: string) => string };

/** What a reader asks in programming mode: read (R1), write (W1), or read with a range in brackets (R5). */
export type ProgrammingRequest =
  | { readonly command: "R1" | "R5"; readonly address: string; readonly value?: string }
  | { readonly command: "W1"; readonly address: string; readonly value: string };

/** What a meter says to a request: data sets as they stand, that it is done, or an error code of its maker. */
export type ProgrammingAnswer =
  | { readonly type: "data"; readonly data: string }
  | { readonly type: "done" }
  | { readonly type: "refused"; readonly error: string };

/** A session of programming mode, from behind the sign-on to the break. */
export interface ProgrammingSessionOptions {
  /** What the line runs at after the sign-on. */
  readonly baudRate: number;
  /** What the meter sent with P0, brackets and all. */
  readonly operand: string;
  /** Without it only what anybody may do is done. */
  readonly login?: ProgrammingLogin;
  readonly requests: readonly ProgrammingRequest[];
}

/** ms that both ends leave between a message and the next, and the longest that a meter takes, with some for USB. */
const reaction = 200;
const patience = 2000;
const mostRepeats = 3;
/** Characters of one block, and of all blocks of an answer. */
const longestBlock = 65_536;
const longestAnswer = 1_048_576;

interface Exchange {
  readonly command: string;
  readonly message: Uint8Array;
}

/**
 * The reader's end of programming mode (IEC 62056-21, 6.5): logs in, asks one thing after the other, and signs off with a break.
 * Octets in, steps out; times are ms as arguments. What comes damaged or not at all is asked for again, and then it is one error.
 */
export class ProgrammingSession {
  readonly #baudRate: number;
  readonly #exchanges: readonly Exchange[];
  readonly #collector = new MessageCollector();
  readonly #echo = new ProbeEcho();
  readonly #answers: ProgrammingAnswer[] = [];
  #at = 0;
  #data = "";
  #repeats = 0;
  #steps: LineStep[] = [];
  /** When what was said last is out, so that an answer may follow. */
  #begins = 0;
  #deadline = 0;
  #latest = 0;
  #over = false;
  #error: DlmsError | undefined;

  /** @throws ConfigError for a password, address or value that cannot be sent */
  constructor({ baudRate, operand, login, requests }: ProgrammingSessionOptions, now: number) {
    this.#baudRate = baudRate;
    this.#exchanges = [...(login === undefined ? [] : [loginExchange(login, operand)]), ...requests.map(requestExchange)];
    this.#ask(now);
  }

  /** An answer to each request, in order; undefined until the session is over. */
  get result(): readonly ProgrammingAnswer[] | undefined {
    return this.#over && this.#error === undefined ? this.#answers : undefined;
  }

  /** Why it ended early: a refused password, or a meter that says nothing or nothing whole. */
  get error(): DlmsError | undefined {
    return this.#error;
  }

  /** When `handleTimeout` has something to do; undefined once it is over. */
  get nextTimeout(): number | undefined {
    return this.#over ? undefined : this.#deadline;
  }

  /** What is to be done on the line since the last call. */
  takeSteps(): readonly LineStep[] {
    const steps = this.#steps;
    this.#steps = [];
    return steps;
  }

  /** Takes what was heard. */
  receiveBytes(octets: Uint8Array, now: number): void {
    const heard = this.#echo.filter(octets);
    if (heard.length > 0) this.#deadline = Math.max(this.#deadline, Math.min(now + patience, this.#latest));
    for (const octet of heard) {
      const message = this.#collector.push(octet);
      // Half duplex: what comes while a question is sent belongs to an earlier one.
      if (message !== undefined && !this.#over && now >= this.#begins) this.#receive(message, now);
    }
  }

  /** Does what is due at `nextTimeout`. */
  handleTimeout(now: number): void {
    if (this.nextTimeout === undefined || now < this.#deadline) return;
    const begun = this.#collector.busy || this.#data !== "";
    this.#echo.release();
    this.#collector.clear();
    this.#repeat(begun ? Uint8Array.of(control.nak) : this.#exchange?.message, now);
  }

  get #exchange(): Exchange | undefined {
    return this.#exchanges[this.#at];
  }

  #receive(message: OpticalMessage, now: number): void {
    const { command, message: question } = this.#exchange as Exchange;
    if (message.type === "nak") this.#repeat(question, now);
    else if (message.type === "ack" && !isRead(command)) this.#answer({ type: "done" }, now);
    else if (message.type === "block") this.#take(message, now);
  }

  #take({ command, data, last, valid }: Extract<OpticalMessage, { readonly type: "block" }>, now: number): void {
    if (!valid) this.#repeat(Uint8Array.of(control.nak), now);
    else if (command?.startsWith("B") === true) this.#end(signedOff());
    // P0 once more: the meter has not understood, and is asked again when its time is over.
    else if (command !== undefined) return;
    else if (this.#data.length + data.length > longestAnswer) this.#end(damaged());
    else {
      this.#data += data;
      if (last) this.#answer(answerOf(this.#data), now);
      else this.#say(Uint8Array.of(control.ack), now);
    }
  }

  #answer(answer: ProgrammingAnswer, now: number): void {
    const { command } = this.#exchange as Exchange;
    if (!isLogin(command)) this.#answers.push(answer);
    else if (answer.type !== "done") {
      this.#end(loginRefused(answer));
      return;
    }
    this.#at += 1;
    this.#ask(now);
  }

  #ask(now: number): void {
    this.#data = "";
    this.#repeats = 0;
    const next = this.#exchange;
    if (next === undefined) this.#end();
    else this.#say(next.message, now);
  }

  #repeat(message: Uint8Array | undefined, now: number): void {
    this.#repeats += 1;
    if (message !== undefined && this.#repeats <= mostRepeats) this.#say(message, now);
    else this.#end(this.#data === "" ? silence() : damaged());
  }

  /** A break, whatever became of it, so that the meter is free for the next. */
  #end(error?: DlmsError): void {
    this.#error = error;
    this.#over = true;
    this.#send(commandMessage("B0"));
  }

  #say(message: Uint8Array, now: number): void {
    this.#send(message);
    this.#begins = now + durationOf(this.#steps, this.#baudRate);
    this.#deadline = this.#begins + patience;
    this.#latest = this.#deadline + (longestBlock * 10_000) / this.#baudRate;
  }

  #send(message: Uint8Array): void {
    const octets = withEvenParity(message);
    this.#echo.sent(octets);
    this.#steps.push({ type: "wait", milliseconds: reaction }, { type: "send", octets });
  }
}

function loginExchange(login: ProgrammingLogin, operand: string): Exchange {
  const { command } = login;
  const secret = command === "P1" ? login.password : login.resultOf(operand.replace(/^\(([^()]*)\)$/, "$1"));
  return { command, message: commandMessage(command, dataSet("", secret)) };
}

function requestExchange({ command, address, value = "" }: ProgrammingRequest): Exchange {
  return { command, message: commandMessage(command, dataSet(address, value)) };
}

function isLogin(command: string): boolean {
  return command.startsWith("P");
}

function isRead(command: string): boolean {
  return command.startsWith("R");
}

/** Error messages are the maker's, between brackets and with "ER" (6.3.11). */
function answerOf(data: string): ProgrammingAnswer {
  const [, error] = /^\((ER[^()]*)\)$/.exec(data) ?? [];
  return error === undefined ? { type: "data", data } : { type: "refused", error };
}

function loginRefused(answer: ProgrammingAnswer): SecurityError {
  const error = answer.type === "refused" ? { error: answer.error } : {};
  return new SecurityError("authentication-failed", "the meter refuses the password of programming mode", {
    layer: "optical",
    hint: "check --password; after several wrong ones many meters take none for a while",
    details: error,
  });
}

function signedOff(): RemoteProtocolError {
  return new RemoteProtocolError("the meter has left programming mode", { layer: "optical", hint: "give the password with --password" });
}

function damaged(): RemoteProtocolError {
  return new RemoteProtocolError("the meter's answer is damaged again and again", {
    layer: "optical",
    hint: "turn the probe until it sits flat, and clean the port",
  });
}

function silence(): TransportError {
  return new TransportError("timeout", "the meter no longer answers in programming mode", {
    layer: "optical",
    hint: "turn the probe until it sits flat, or try a lower speed with --max-baud",
  });
}
