import {
  creditRegisterOf,
  type DecodedToken,
  DecoderKey,
  decodeModeChange,
  decodeToken,
  displayTests,
  type KeyChangeSection,
  modeChangeSubclass,
  type Token,
  type TokenService,
  testsOf,
  validateToken,
  withIdentifier,
} from "../../sts/index.ts";
import type { CaptureBuffer, CaptureRows } from "../capture-buffer.ts";
import type { CreditUnit } from "../credit/amounts.ts";
import type { TopUpOutcome } from "../credit/credit-engine.ts";
import type { CreditEventName } from "../events/credit-events.ts";
import type { PortProtection } from "../port-protection.ts";
import { RowStatus } from "../profiles.ts";
import { type MeterUnit, never, type UnitSurroundings } from "../unit.ts";
import { type Instant, minute } from "../units.ts";
import { KeyChanges } from "./key-changes.ts";
import type { TokenActions } from "./token-actions.ts";
import { isSuccess, type TokenDelivery, type TokenResult, tokenDeliveries, tokenResults } from "./token-result.ts";
import type { LastCredit, LastToken, StsConfig, TokenKey, TokenState } from "./token-state.ts";

/** What became of a token, and what it was as far as that is known. */
export interface TokenAnswer {
  readonly result: TokenResult;
  readonly service?: TokenService;
  readonly tokenIdentifier?: number;
  /** Units of the account. */
  readonly amount?: number;
  /** Tests that a class 1 token asks for and the meter has, by their numbers. */
  readonly tests?: readonly number[];
}

/** Attempts over the gateway in a minute: a replay of all tokens takes years then. */
const attemptsPerMinute = 10;
/** Failed attempts at the keypad that are further apart do not add up. */
const failureWindow = 10 * minute;
/** In place of digits that were none. */
export const noDigits = -1;

/** Displays of a meter with one phase that counts electricity. */
const unsupportedTests: ReadonlySet<string> = new Set(["phase-unbalance-limit", "water-meter-factor"]);

/**
 * The meter application process of IEC 62055-41: what 20 digits do to the meter. Whatever happens in `enter` has happened as
 * a whole when it returns: a state saved before is without the token, one saved after it has credit and identifier.
 */
export class Tokens implements MeterUnit {
  readonly #state: TokenState;
  readonly #surroundings: UnitSurroundings;
  readonly #config: StsConfig | undefined;
  readonly #actions: TokenActions;
  readonly #keypad: PortProtection;
  readonly #keyChanges: KeyChanges;

  /** Takes possession of `state`. */
  constructor(
    state: TokenState,
    surroundings: UnitSurroundings,
    config: StsConfig | undefined,
    actions: TokenActions,
    keypad: PortProtection,
  ) {
    this.#state = state;
    // A meter that lived before it was part of a system.
    if (config !== undefined) state.key ??= { ...config.key };
    this.#surroundings = surroundings;
    this.#config = config;
    this.#actions = actions;
    this.#keypad = keypad;
    this.#keyChanges = new KeyChanges(state, surroundings);
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
    const decoded = this.#decode(digits);
    if (delivery === "manual" && this.#locked && !(decoded.result === "authentic" && isTest(decoded.token)))
      return { result: "locked-out" };
    const answer = decoded.result === "authentic" ? this.#execute(decoded.token, digits) : { result: decoded.result };
    this.#record(digits, delivery, answer);
    if (delivery === "manual") this.#guard(answer.result);
    return answer;
  }

  #decode(digits: string): DecodedToken {
    const { key } = this.#state;
    if (key === undefined || this.#config === undefined) {
      return { result: /^[0-9]{20}$/.test(digits) ? "function-error" : "format-error" };
    }
    return decodeToken(digits, DecoderKey.from(key.decoderKey), this.#config.algorithm);
  }

  #execute(token: Token, digits: string): TokenAnswer {
    const { key, history } = this.#state;
    if (key === undefined || this.#config === undefined) return { result: "function-error" };
    const { service } = token;
    const fault = validateToken(token, {
      manufacturerCode: Number(this.#config.pan.manufacturerCode),
      history,
      keyType: key.keyType,
      ...(this.#config.keysExpire && { keyExpiryNumber: key.keyExpiryNumber }),
    });
    const identified = "tokenIdentifier" in token ? { tokenIdentifier: token.tokenIdentifier } : {};
    if (fault !== undefined) return { result: fault, service, ...identified };
    const outcome = this.#do(token, digits);
    if (outcome.result === "accepted" && "tokenIdentifier" in token) {
      this.#state.history = withIdentifier(history, token.tokenIdentifier);
    }
    return { service, ...identified, ...outcome };
  }

  #do(token: Token, digits: string): Pick<TokenAnswer, "result" | "amount" | "tests"> {
    switch (token.service) {
      case "transfer-credit-electricity":
        return this.#topUp("energy", token.amount, "creditTokenAccepted");
      case "transfer-credit-currency-electricity":
        return this.#topUp("currency", Number(token.amount), "currencyTokenAccepted");
      case "test-display":
      case "test-display-long":
        return this.#test(token.control);
      case "set-maximum-power-limit":
        return this.#obey(this.#actions.setPowerLimit(token.limit), "powerLimitToken");
      case "clear-credit": {
        const register = creditRegisterOf(token.register);
        if (register === undefined) return { result: "range-error" };
        return this.#obey(this.#actions.clearCredit(register), "clearCreditToken", "function-error");
      }
      case "clear-tamper":
        if (token.padding !== 0) return { result: "format-error" };
        this.#actions.clearTamper();
        return this.#obey(true, "clearTamperToken");
      case "set-water-meter-factor":
        this.#log("waterFactorIgnored");
        return { result: "function-error" };
      case "proprietary-management": {
        const target = token.subclass === modeChangeSubclass ? decodeModeChange(token.value) : undefined;
        if (target === undefined) return { result: "function-error" };
        return this.#obey(this.#actions.setPaymentMode(target), "manufacturerToken", "function-error");
      }
      case "set-decoder-key-1":
      case "set-decoder-key-2":
      case "set-decoder-key-3":
      case "set-decoder-key-4":
      case "set-supply-group-code":
        return { result: this.#changeKey(token, digits) };
      default:
        return { result: "function-error" };
    }
  }

  #changeKey(section: KeyChangeSection, digits: string): TokenResult {
    if (section.service === "set-supply-group-code" && section.padding !== 0) return "format-error";
    if (this.#config === undefined) return "function-error";
    return this.#keyChanges.take(section, digits, this.#config.algorithm);
  }

  #topUp(unit: CreditUnit, amount: number, event: CreditEventName): Pick<TokenAnswer, "result" | "amount"> {
    const outcome = this.#actions.topUp(unit, amount);
    if (outcome !== "accepted") {
      if (outcome === "above-vend-limit") this.#log("tokenRejectedVendLimit");
      if (outcome === "not-active") this.#log("tokenRejectedAccount");
      return { result: topUpResults[outcome] };
    }
    this.#log(event);
    return { result: "accepted", amount: this.#actions.inAccount(unit, amount) };
  }

  /** Every test that the meter has is done, the others are passed over; a token with none of them is not understood. */
  #test(control: number): Pick<TokenAnswer, "result" | "tests"> {
    const names: Readonly<Record<number, string>> = displayTests;
    const tests = testsOf(control).filter((test) => names[test] !== undefined && !unsupportedTests.has(names[test]));
    if (tests.length === 0) return { result: "function-error" };
    if (tests.some((test) => names[test] === "load-switch")) this.#actions.testLoadSwitch();
    this.#log("testToken");
    return { result: "accepted", tests };
  }

  #obey(done: boolean, event: CreditEventName, otherwise: TokenResult = "range-error"): { readonly result: TokenResult } {
    if (done) this.#log(event);
    return { result: done ? "accepted" : otherwise };
  }

  #record(digits: string, delivery: TokenDelivery, { result, service, tokenIdentifier, amount }: TokenAnswer): void {
    const state = this.#state;
    const at = this.#at;
    const success = isSuccess(result);
    if (success) state.accepted += 1;
    else state.rejected += 1;
    state.last = { digits: /^[0-9]{20}$/.test(digits) ? digits : "", at, delivery, result, service, tokenIdentifier };
    const halves = state.last.digits === "" ? [noDigits, noDigits] : [Number(digits.slice(0, 10)), Number(digits.slice(10))];
    const way = tokenDeliveries.indexOf(delivery);
    this.#append(state.transfers.rows, [...halves, way, tokenResults.indexOf(result)]);
    if (result === "accepted" && amount !== undefined && tokenIdentifier !== undefined) {
      state.lastCredit = { at, amount, tokenIdentifier };
      this.#append(state.credits.rows, [...halves, way, amount, this.#actions.available, tokenIdentifier, this.#actions.imported]);
    }
    if (success) this.#log(deliveryEvents[delivery]);
    else {
      const event = rejectionEvents[result];
      if (event !== undefined) this.#log(event);
    }
  }

  #append(rows: CaptureBuffer, values: readonly number[]): void {
    const { clock } = this.#surroundings;
    const at = this.#at;
    rows.append({ stamp: at, offsetMinutes: clock.local.offsetAt(at) / minute, status: clock.valid ? 0 : RowStatus.clockInvalid, values });
  }

  get #locked(): boolean {
    return this.#keypad.status !== "unlocked";
  }

  /** Whoever tries digits at the keypad is locked out; used and old tokens are no tries. */
  #guard(result: TokenResult): void {
    const { now } = this.#surroundings;
    if (isSuccess(result)) {
      const locked = this.#locked;
      this.#keypad.reset();
      if (locked && !this.#locked) this.#log("keypadUnlocked");
      return;
    }
    if (result !== "crc-error") return;
    const { failedAt } = this.#state;
    if (failedAt !== undefined && now - failedAt > failureWindow) this.#keypad.forget();
    this.#state.failedAt = now;
    if (this.#keypad.failed()) this.#log("keypadLocked");
  }

  #tooOften(): boolean {
    const { now } = this.#surroundings;
    const lately = this.#state.attempts.filter((at) => at > now - minute && at <= now);
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

const topUpResults = {
  overflow: "overflow-error",
  "above-vend-limit": "overflow-error",
  "wrong-unit": "function-error",
  "not-active": "function-error",
} as const satisfies Readonly<Record<Exclude<TopUpOutcome, "accepted">, TokenResult>>;

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

function isTest({ service }: Token): boolean {
  return service === "test-display" || service === "test-display-long";
}
