import { InvariantError } from "../../errors.ts";
import {
  creditRegisterOf,
  type DecodedToken,
  DecoderKey,
  decodeModeChange,
  decoderKeyLengths,
  decodeToken,
  displayTests,
  modeChangeSubclass,
  type Token,
  testsOf,
  type ValidationFault,
  validateToken,
  withIdentifier,
} from "../../sts/index.ts";
import type { CreditUnit } from "../credit/amounts.ts";
import type { CreditEventName } from "../events/credit-events.ts";
import type { UnitSurroundings } from "../unit.ts";
import { isSection, KeyChanges } from "./key-changes.ts";
import type { TokenActions } from "./token-actions.ts";
import type { TokenOutcome } from "./token-outcome.ts";
import type { TokenResult } from "./token-result.ts";
import { commission, type StsConfig, type TokenKey, type TokenState } from "./token-state.ts";

/** What a meter of one phase that counts electricity has no display for. */
const unsupportedTests: ReadonlySet<string> = new Set(["phase-unbalance-limit", "water-meter-factor"]);

/** The meter application process of IEC 62055-41: authentication, validation and execution of tokens. */
export class TokenProcess {
  readonly #state: TokenState;
  readonly #config: StsConfig;
  readonly #actions: TokenActions;
  readonly #keyChanges: KeyChanges;

  /** Changes `state`, whose key it makes sure there is. */
  constructor(state: TokenState, config: StsConfig, actions: TokenActions, surroundings: Pick<UnitSurroundings, "now">) {
    // A meter that lived before it was part of a system, or in one of another algorithm.
    if (state.key?.decoderKey.length !== decoderKeyLengths[config.algorithm.code]) commission(state, config);
    this.#state = state;
    this.#config = config;
    this.#actions = actions;
    this.#keyChanges = new KeyChanges(state, surroundings, config.algorithm.code, (digits) => this.decode(digits));
  }

  /** What 20 digits say under the key in force. Any text has an answer. */
  decode(digits: string): DecodedToken {
    return decodeToken(digits, DecoderKey.from(this.#key.decoderKey), this.#config.algorithm);
  }

  /** Acts on an authentic token that came as `digits`; nothing has changed unless it is accepted, or held for a set. */
  act(token: Token, digits: string): TokenOutcome {
    const fault = this.#validate(token);
    if (fault !== undefined) return { result: fault };
    const outcome = this.#execute(token, digits);
    if (outcome.result === "accepted" && "tokenIdentifier" in token) {
      this.#state.history = withIdentifier(this.#state.history, token.tokenIdentifier);
    }
    return outcome;
  }

  get #key(): TokenKey {
    const { key } = this.#state;
    if (key === undefined) throw new InvariantError("a meter of an STS system without a decoder key");
    return key;
  }

  #validate(token: Token): ValidationFault | undefined {
    const { pan, keysExpire } = this.#config;
    const { keyType, keyExpiryNumber } = this.#key;
    return validateToken(token, {
      manufacturerCode: Number(pan.manufacturerCode),
      history: this.#state.history,
      keyType,
      ...(keysExpire && { keyExpiryNumber }),
    });
  }

  #execute(token: Token, digits: string): TokenOutcome {
    if (isSection(token)) {
      if ("padding" in token && token.padding !== 0) return { result: "format-error" };
      return this.#keyChanges.take(token, digits, this.#key);
    }
    switch (token.service) {
      case "transfer-credit-electricity":
        return this.#topUp("energy", token.amount, "creditTokenAccepted");
      case "transfer-credit-currency-electricity":
        return this.#topUp("currency", Number(token.amount), "currencyTokenAccepted");
      case "test-display":
      case "test-display-long":
        return this.#test(token.control);
      case "set-maximum-power-limit":
        return obeyed(this.#actions.setPowerLimit(token.limit), "powerLimitToken", "range-error");
      case "clear-credit": {
        const register = creditRegisterOf(token.register);
        if (register === undefined) return { result: "range-error" };
        return obeyed(this.#actions.clearCredit(register), "clearCreditToken");
      }
      case "clear-tamper":
        if (token.padding !== 0) return { result: "format-error" };
        this.#actions.clearTamper();
        return { result: "accepted", event: "clearTamperToken" };
      case "set-water-meter-factor":
        return { result: "function-error", event: "waterFactorIgnored" };
      case "proprietary-management": {
        const target = token.subclass === modeChangeSubclass ? decodeModeChange(token.value) : undefined;
        return obeyed(target !== undefined && this.#actions.setPaymentMode(target), "manufacturerToken");
      }
      default:
        return { result: "function-error" };
    }
  }

  #topUp(unit: CreditUnit, amount: number, event: CreditEventName): TokenOutcome {
    const outcome = this.#actions.topUp(unit, amount);
    switch (outcome) {
      case "accepted":
        return { result: "accepted", event, amount: this.#actions.inAccount(unit, amount) };
      case "overflow":
        return { result: "overflow-error" };
      case "above-vend-limit":
        return { result: "overflow-error", event: "tokenRejectedVendLimit" };
      case "not-active":
        return { result: "function-error", event: "tokenRejectedAccount" };
      case "wrong-unit":
        return { result: "function-error" };
    }
  }

  /** Every test that the meter has is done, the others are passed over; a token with none of them is not understood. */
  #test(control: number): TokenOutcome {
    const names: Readonly<Record<number, string>> = displayTests;
    const tests = testsOf(control).filter((test) => names[test] !== undefined && !unsupportedTests.has(names[test]));
    if (tests.length === 0) return { result: "function-error" };
    if (tests.some((test) => names[test] === "load-switch")) this.#actions.testLoadSwitch();
    return { result: "accepted", event: "testToken", tests };
  }
}

function obeyed(done: boolean, event: CreditEventName, otherwise: TokenResult = "function-error"): TokenOutcome {
  return done ? { result: "accepted", event } : { result: otherwise };
}
