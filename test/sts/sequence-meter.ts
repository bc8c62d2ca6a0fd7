import { creditRegisterOf } from "../../src/sts/credit-register.ts";
import { decodeToken } from "../../src/sts/decode-token.ts";
import type { DecoderKey } from "../../src/sts/decoder-key.ts";
import type { EncryptionCode } from "../../src/sts/encryption-algorithm.ts";
import { type IdentifierHistory, uniformHistory, withIdentifier } from "../../src/sts/identifier-history.ts";
import { type HeldSections, joinSections, type KeyChangeSection, withSection } from "../../src/sts/key-change.ts";
import { allowsKeyTypeChange, type KeyType } from "../../src/sts/key-type.ts";
import { nextTokenIdentifier } from "../../src/sts/token-identifier.ts";
import type { Token } from "../../src/sts/token-layouts.ts";
import { validateToken } from "../../src/sts/validate-token.ts";
import { algorithms, decoderKey } from "./samples.ts";

const manufactured = nextTokenIdentifier(Date.UTC(2014, 1, 1), 2014) as number;

/** The names the vectors give results, where they differ from the library's in more than the writing. */
const names: Readonly<Record<string, string>> = { "crc-error": "CRCError", "ddtk-error": "DDTKError" };

/** As much of a meter as the vectors need to see the parts of the library work together: electricity credit and key changes. */
export class SequenceMeter {
  credit: number;
  decoderKey: DecoderKey;
  keyRevisionNumber: number;
  tariffIndex: number;
  keyType: KeyType;
  #keyExpiryNumber: number;
  #history: IdentifierHistory = uniformHistory(50, manufactured);
  #held: HeldSections = {};
  readonly #encryption: EncryptionCode;
  readonly #manufacturerCode: number;
  readonly #mostCredit: number;

  constructor(initial: Readonly<Record<string, unknown>>) {
    this.credit = Number(initial["credit_0_1kwh"] ?? 0);
    this.decoderKey = decoderKey(String(initial["decoder_key"]));
    this.keyRevisionNumber = Number(initial["krn"] ?? 1);
    this.tariffIndex = Number(initial["ti"] ?? 1);
    this.keyType = initial["kt"] as KeyType;
    this.#keyExpiryNumber = Number(initial["ken"]);
    this.#encryption = initial["ea"] as EncryptionCode;
    this.#manufacturerCode = Number(initial["mfr_code"]);
    this.#mostCredit = Number(initial["credit_max_0_1kwh"] ?? Number.POSITIVE_INFINITY);
  }

  /** The name of the result. */
  enter(digits: string): string {
    const decoded = decodeToken(digits, this.decoderKey, algorithms[this.#encryption]);
    if (decoded.result !== "authentic") return named(decoded.result);
    const { token } = decoded;
    const fault = validateToken(token, {
      manufacturerCode: this.#manufacturerCode,
      history: this.#history,
      keyType: this.keyType,
      keyExpiryNumber: this.#keyExpiryNumber,
    });
    if (fault !== undefined) return named(fault);
    const result = this.#execute(token);
    if (result === "Accept" && "tokenIdentifier" in token) this.#history = withIdentifier(this.#history, token.tokenIdentifier);
    return result;
  }

  #execute(token: Token): string {
    switch (token.service) {
      case "transfer-credit-electricity":
        if (this.credit + token.amount > this.#mostCredit) return "OverflowError";
        this.credit += token.amount;
        return "Accept";
      case "clear-credit":
        if (creditRegisterOf(token.register) === undefined) return "RangeError";
        this.credit = 0;
        return "Accept";
      case "set-decoder-key-1":
      case "set-decoder-key-2":
      case "set-decoder-key-3":
      case "set-decoder-key-4":
      case "set-supply-group-code":
        return this.#hold(token);
      case "test-display":
      case "set-maximum-power-limit":
      case "set-phase-unbalance-limit":
      case "clear-tamper":
        return "Accept";
      default:
        return "FunctionError";
    }
  }

  #hold(section: KeyChangeSection): string {
    this.#held = withSection(this.#held, section);
    const joined = joinSections(this.#held, this.#encryption);
    if (joined.state === "incomplete") return section.service === "set-decoder-key-1" ? "1stKCT" : "2ndKCT";
    this.#held = {};
    if (joined.state === "out-of-range") return "RangeError";
    const { change } = joined;
    if (!allowsKeyTypeChange(this.keyType, change.keyType)) return "KeyTypeError";
    this.decoderKey = change.decoderKey;
    this.keyRevisionNumber = change.keyRevisionNumber;
    this.tariffIndex = change.tariffIndex;
    this.keyType = change.keyType;
    this.#keyExpiryNumber = change.keyExpiryNumber;
    if (change.rollover) this.#history = uniformHistory(this.#history.length, 0);
    return "Accept";
  }
}

/** `used-error` as `UsedError`. */
function named(result: string): string {
  return names[result] ?? result.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
