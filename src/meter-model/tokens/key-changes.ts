import {
  allowsKeyTypeChange,
  type DecodedToken,
  type EncryptionCode,
  type HeldSections,
  joinSections,
  type KeyChange,
  type KeyChangeSection,
  type SectionService,
  type Token,
  uniformHistory,
  withSection,
} from "../../sts/index.ts";
import type { UnitSurroundings } from "../unit.ts";
import { minute } from "../units.ts";
import type { TokenOutcome } from "./token-outcome.ts";
import type { HeldSection, TokenKey, TokenState } from "./token-state.ts";

/** How long a section waits for the others of its set. */
const holdTime = 10 * minute;

const heldOutcomes = {
  "set-decoder-key-1": { result: "first-kct", event: "keyChangeFirst" },
  "set-decoder-key-2": { result: "second-kct", event: "keyChangeSecond" },
  "set-decoder-key-3": { result: "third-kct", event: "keyChangeSecond" },
  "set-supply-group-code": { result: "third-kct", event: "keyChangeSecond" },
  "set-decoder-key-4": { result: "fourth-kct", event: "keyChangeSecond" },
} as const satisfies Readonly<Record<SectionService, TokenOutcome>>;

/** Key changes: sections in any order, the last of which changes the key (IEC 62055-41, key change tokens). */
export class KeyChanges {
  readonly #state: TokenState;
  readonly #surroundings: Pick<UnitSurroundings, "now">;
  readonly #encryption: EncryptionCode;
  readonly #decode: (digits: string) => DecodedToken;

  /** Changes `state`; `decode` deciphers with the key in force. */
  constructor(
    state: TokenState,
    surroundings: Pick<UnitSurroundings, "now">,
    encryption: EncryptionCode,
    decode: (digits: string) => DecodedToken,
  ) {
    this.#state = state;
    this.#surroundings = surroundings;
    this.#encryption = encryption;
    this.#decode = decode;
  }

  /** Takes a section that came as `digits` under `key`. A set that is whole is gone afterwards, whatever became of it. */
  take(section: KeyChangeSection, digits: string, key: TokenKey): TokenOutcome {
    const { now } = this.#surroundings;
    const others = this.#state.held.filter((held) => held.until > now && this.#sectionOf(held)?.service !== section.service);
    const joined = joinSections(withSection(this.#opened(others), section), this.#encryption);
    if (joined.state === "incomplete") {
      this.#state.held = [...others, { digits, until: now + holdTime }];
      return heldOutcomes[section.service];
    }
    this.#state.held = [];
    return joined.state === "complete" ? this.#change(key, joined.change) : { result: "range-error" };
  }

  #change(before: TokenKey, { decoderKey, rollover, supplyGroupCode = 0, ...identity }: KeyChange): TokenOutcome {
    if (!allowsKeyTypeChange(before.keyType, identity.keyType)) return { result: "key-type-error" };
    this.#state.key = { ...identity, supplyGroupCode, decoderKey: decoderKey.exposeSecret() };
    if (rollover) this.#state.history = uniformHistory(this.#state.history.length, 0);
    return { result: "accepted", event: "keyChangeCompleted" };
  }

  #opened(held: readonly HeldSection[]): HeldSections {
    return held.reduce<HeldSections>((sections, each) => {
      const section = this.#sectionOf(each);
      return section === undefined ? sections : withSection(sections, section);
    }, {});
  }

  #sectionOf({ digits }: HeldSection): KeyChangeSection | undefined {
    const decoded = this.#decode(digits);
    return decoded.result === "authentic" && isSection(decoded.token) ? decoded.token : undefined;
  }
}

/** Whether a token is a section of a key change. */
export function isSection(token: Token): token is KeyChangeSection {
  return Object.hasOwn(heldOutcomes, token.service);
}
