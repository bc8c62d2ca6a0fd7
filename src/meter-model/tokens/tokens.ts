import { type DecodedToken, placeOf, type Token, type TokenService } from "../../sts/index.ts";
import type { CaptureBuffer, CaptureRows } from "../capture-buffer.ts";
import type { CreditEventName } from "../events/credit-events.ts";
import type { PortProtection } from "../port-protection.ts";
import { RowStatus } from "../profiles.ts";
import { type MeterUnit, never, type UnitSurroundings } from "../unit.ts";
import { type Instant, minute } from "../units.ts";
import type { TokenActions } from "./token-actions.ts";
import type { TokenOutcome } from "./token-outcome.ts";
import { TokenProcess } from "./token-process.ts";
import { isSuccess, type TokenDelivery, type TokenResult, tokenDeliveries, tokenResults } from "./token-result.ts";
import type { LastCredit, LastToken, StsConfig, TokenKey, TokenState } from "./token-state.ts";

/** What became of a token, and what it was as far as that is known. */
export interface TokenAnswer extends Omit<TokenOutcome, "event"> {
  readonly service?: TokenService;
  readonly tokenIdentifier?: number;
}

/** Attempts over the gateway in a minute: of random digits one in millions is a credit, so who guesses needs years. */
const attemptsPerMinute = 10;
/** Failed attempts at the keypad that are further apart do not add up. */
const failureWindow = 10 * minute;
/** In place of digits that were none. */
export const noDigits = -1;

const twentyDigits = /^[0-9]{20}$/;

/**
 * Where tokens are entered: hands them to the meter application process, keeps the records, and stops those who guess.
 * Whatever happens in `enter` has happened as a whole when it returns: a state saved before is without the token, one saved
 * after it has credit and identifier.
 */
export class Tokens implements MeterUnit {
  readonly #state: TokenState;
  readonly #surroundings: UnitSurroundings;
  readonly #config: StsConfig | undefined;
  readonly #actions: TokenActions;
  readonly #keypad: PortProtection;
  /** Undefined in a meter outside of any STS system. */
  readonly #process: TokenProcess | undefined;

  /** Takes possession of `state`. */
  constructor(
    state: TokenState,
    surroundings: UnitSurroundings,
    config: StsConfig | undefined,
    actions: TokenActions,
    keypad: PortProtection,
  ) {
    this.#state = state;
    this.#surroundings = surroundings;
    this.#config = config;
    this.#actions = actions;
    this.#keypad = keypad;
    this.#process = config && new TokenProcess(state, config, actions, surroundings);
  }

  /** What the meter is in its STS system; undefined outside of any. */
  get config(): StsConfig | undefined {
    return this.#config;
  }

  /** What goes with the key in force, without the key itself. */
  get key(): Readonly<Omit<TokenKey, "decoderKey">> | undefined {
    if (this.#state.key === undefined) return undefined;
    const { decoderKey: _, ...rest } = this.#state.key;
    return rest;
  }

  get last(): LastToken | undefined {
    return this.#state.last;
  }

  get lastCredit(): LastCredit | undefined {
    return this.#state.lastCredit;
  }

  get accepted(): number {
    return this.#state.accepted;
  }

  get rejected(): number {
    return this.#state.rejected;
  }

  /** Accepted tokens with credit, live. */
  get credits(): CaptureRows & { readonly capacity: number } {
    return this.#state.credits.rows;
  }

  /** All tokens that were entered, live. */
  get transfers(): CaptureRows & { readonly capacity: number } {
    return this.#state.transfers.rows;
  }

  /** Forgets a history; identifiers are never forgotten. */
  clear(history: "credits" | "transfers"): void {
    this.#state[history].rows.clear();
  }

  get due(): Instant {
    const { supplied, now } = this.#surroundings;
    return supplied && this.#keypad.remaining > 0 ? now + this.#keypad.remaining : never;
  }

  settle(): void {
    if (this.#surroundings.supplied && this.#keypad.unlock()) this.#log("keypadUnlocked");
  }

  /** Acts on 20 digits. Any text has an answer, and only an accepted token changes anything but records. */
  enter(digits: string, delivery: TokenDelivery): TokenAnswer {
    if (!this.#surroundings.supplied || (delivery !== "manual" && this.#tooOften())) return { result: "not-ready" };
    const decoded = this.#process?.decode(digits) ?? outsideOfSystems(digits);
    const token = decoded.result === "authentic" ? decoded.token : undefined;
    if (delivery === "manual" && this.#locked && !(token !== undefined && isPublic(token))) return { result: "locked-out" };
    const { event, ...outcome } = this.#act(decoded, digits);
    const answer: TokenAnswer = { ...outcome, ...(token !== undefined && identityOf(token)) };
    this.#record(digits, delivery, answer);
    this.#logResult(answer.result, event, delivery);
    this.#guard(answer.result, token, delivery);
    return answer;
  }

  #act(decoded: DecodedToken, digits: string): TokenOutcome {
    if (decoded.result !== "authentic") return { result: decoded.result };
    return this.#process?.act(decoded.token, digits) ?? { result: "function-error" };
  }

  #record(digits: string, delivery: TokenDelivery, answer: TokenAnswer): void {
    const state = this.#state;
    const { result, service, tokenIdentifier, amount } = answer;
    const at = this.#at;
    if (isSuccess(result)) state.accepted += 1;
    else state.rejected += 1;
    const wellFormed = twentyDigits.test(digits);
    state.last = { digits: wellFormed ? digits : "", at, delivery, result, service, tokenIdentifier };
    const halves = wellFormed ? [Number(digits.slice(0, 10)), Number(digits.slice(10))] : [noDigits, noDigits];
    const way = tokenDeliveries.indexOf(delivery);
    this.#append(state.transfers.rows, [...halves, way, tokenResults.indexOf(result)]);
    if (amount === undefined || tokenIdentifier === undefined) return;
    state.lastCredit = { at, amount, tokenIdentifier };
    this.#append(state.credits.rows, [...halves, way, amount, this.#actions.available, tokenIdentifier, this.#actions.imported]);
  }

  #append(rows: CaptureBuffer, values: readonly number[]): void {
    const { clock } = this.#surroundings;
    const at = this.#at;
    rows.append({ stamp: at, offsetMinutes: clock.local.offsetAt(at) / minute, status: clock.valid ? 0 : RowStatus.clockInvalid, values });
  }

  get #locked(): boolean {
    return this.#keypad.status !== "unlocked";
  }

  #logResult(result: TokenResult, event: CreditEventName | undefined, delivery: TokenDelivery): void {
    const told = event ?? rejectionEvents[result];
    if (told !== undefined) this.#log(told);
    if (isSuccess(result)) this.#log(deliveryEvents[delivery]);
  }

  /**
   * Whoever tries digits at the keypad is locked out, until some time has passed or a token of the meter's own comes, which
   * at a locked keypad is another way. Used and old tokens are no tries.
   */
  #guard(result: TokenResult, token: Token | undefined, delivery: TokenDelivery): void {
    if (isSuccess(result) && token !== undefined && !isPublic(token)) this.#release();
    if (result !== "crc-error" || delivery !== "manual") return;
    const { now } = this.#surroundings;
    const { failedAt } = this.#state;
    if (failedAt !== undefined && now - failedAt > failureWindow) this.#keypad.forget();
    this.#state.failedAt = now;
    if (this.#keypad.failed()) this.#log("keypadLocked");
  }

  #release(): void {
    const locked = this.#locked;
    this.#keypad.reset();
    if (locked && !this.#locked) this.#log("keypadUnlocked");
  }

  #tooOften(): boolean {
    const { now } = this.#surroundings;
    const lately = this.#state.attempts.filter((at) => at > now - minute);
    const refused = lately.length >= attemptsPerMinute;
    this.#state.attempts = refused ? lately : [...lately, now];
    return refused;
  }

  #log(name: CreditEventName): void {
    this.#surroundings.record(name, this.#at);
  }

  get #at(): Instant {
    const { clock, now } = this.#surroundings;
    return clock.at(now);
  }
}

const deliveryEvents = {
  remote: "tokenDeliveredRemotely",
  local: "tokenDeliveredLocally",
  manual: "tokenDeliveredManually",
} as const satisfies Readonly<Record<TokenDelivery, CreditEventName>>;

const rejectionEvents: { readonly [Result in TokenResult]?: CreditEventName } = {
  "format-error": "tokenRejectedFormat",
  "range-error": "tokenRejectedFormat",
  "crc-error": "tokenRejectedCrc",
  "mfr-code-error": "tokenRejectedCrc",
  "old-error": "tokenRejectedOld",
  "used-error": "tokenRejectedUsed",
  "key-expired-error": "tokenRejectedKeyExpired",
  "ddtk-error": "tokenRejectedKeyType",
  "key-type-error": "tokenRejectedKeyType",
  "overflow-error": "tokenRejectedOverflow",
  "function-error": "tokenRejectedFunction",
};

/** Tokens of class 1 are not enciphered and work at any meter: who enters one has shown nothing. */
function isPublic(token: Token): boolean {
  return placeOf(token).tokenClass === 1;
}

/** What a meter outside of any STS system makes of a text. */
function outsideOfSystems(digits: string): DecodedToken {
  return { result: twentyDigits.test(digits) ? "function-error" : "format-error" };
}

function identityOf(token: Token): Pick<TokenAnswer, "service" | "tokenIdentifier"> {
  const { service } = token;
  return "tokenIdentifier" in token ? { service, tokenIdentifier: token.tokenIdentifier } : { service };
}
