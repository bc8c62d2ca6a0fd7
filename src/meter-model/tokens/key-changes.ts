import {
  allowsKeyTypeChange,
  DecoderKey,
  decodeToken,
  type EncryptionAlgorithm,
  type HeldSections,
  joinSections,
  type KeyChange,
  type KeyChangeSection,
  type SectionService,
  uniformHistory,
  withSection,
} from "../../sts/index.ts";
import type { UnitSurroundings } from "../unit.ts";
import { minute } from "../units.ts";
import type { TokenResult } from "./token-result.ts";
import type { TokenKey, TokenState } from "./token-state.ts";

/** How long a section waits for the others of its set. */
const holdTime = 10 * minute;

const sectionResults: Readonly<Record<SectionService, TokenResult>> = {
  "set-decoder-key-1": "first-kct",
  "set-decoder-key-2": "second-kct",
  "set-decoder-key-3": "third-kct",
  "set-supply-group-code": "third-kct",
  "set-decoder-key-4": "fourth-kct",
};

/** Key changes: sections in any order, the last of which changes the key (IEC 62055-41, key change tokens). */
export class KeyChanges {
  readonly #state: TokenState;
  readonly #surroundings: UnitSurroundings;

  constructor(state: TokenState, surroundings: UnitSurroundings) {
    this.#state = state;
    this.#surroundings = surroundings;
  }

  /** Takes a section that came as `digits`. */
  take(section: KeyChangeSection, digits: string, algorithm: EncryptionAlgorithm): TokenResult {
    const state = this.#state;
    const { key } = state;
    if (key === undefined) return "function-error";
    const { now } = this.#surroundings;
    const waiting = state.held.filter(({ until }) => until > now);
    const held = withSection(opened(waiting, key, algorithm), section);
    const joined = joinSections(held, algorithm.code);
    if (joined.state === "incomplete") {
      const others = waiting.filter((other) => serviceOf(other.digits, key, algorithm) !== section.service);
      state.held = [...others, { digits, until: now + holdTime }];
      this.#log(section.service === "set-decoder-key-1" ? "keyChangeFirst" : "keyChangeSecond");
      return sectionResults[section.service];
    }
    state.held = [];
    if (joined.state === "out-of-range") return "range-error";
    return this.#change(key, joined.change);
  }

  #change(key: TokenKey, change: KeyChange): TokenResult {
    const { keyType, keyRevisionNumber, tariffIndex, keyExpiryNumber, supplyGroupCode = 0 } = change;
    if (keyType !== key.keyType && !allowsKeyTypeChange(key.keyType, keyType)) return "key-type-error";
    const decoderKey = change.decoderKey.exposeSecret();
    this.#state.key = { decoderKey, keyType, keyRevisionNumber, tariffIndex, keyExpiryNumber, supplyGroupCode };
    if (change.rollover) this.#state.history = uniformHistory(this.#state.history.length, 0);
    this.#log("keyChangeCompleted");
    return "accepted";
  }

  #log(name: "keyChangeFirst" | "keyChangeSecond" | "keyChangeCompleted"): void {
    const { clock, now } = this.#surroundings;
    this.#surroundings.record(name, clock.at(now));
  }
}

/** Sections are kept as they were entered, so that no part of a key lies open in the store. */
function opened(waiting: TokenState["held"], key: TokenKey, algorithm: EncryptionAlgorithm): HeldSections {
  return waiting.reduce<HeldSections>((held, { digits }) => {
    const decoded = decodeToken(digits, DecoderKey.from(key.decoderKey), algorithm);
    return decoded.result === "authentic" ? withSection(held, decoded.token as KeyChangeSection) : held;
  }, {});
}

function serviceOf(digits: string, key: TokenKey, algorithm: EncryptionAlgorithm): string | undefined {
  const decoded = decodeToken(digits, DecoderKey.from(key.decoderKey), algorithm);
  return decoded.result === "authentic" ? decoded.token.service : undefined;
}
