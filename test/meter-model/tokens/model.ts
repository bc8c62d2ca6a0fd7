import type { TokenResult } from "../../../src/meter-model/index.ts";

const remembered = 50;

/** What tokens do to a meter, by pencil and paper: credit in 0.1 kWh, and a list of all that was ever taken. */
export class TokenModel {
  credit = 0;
  accepted = 0;
  rejected = 0;
  /** Counts key changes. */
  key = 0;
  /** Identifiers, with those that the meter was made with or that a roll-over left. */
  #taken: number[];
  readonly #mostCredit: number;

  constructor(firstIdentifier: number, mostCredit: number) {
    this.#taken = Array<number>(remembered).fill(firstIdentifier);
    this.#mostCredit = mostCredit;
  }

  /** The identifiers that are still known: the highest. */
  get known(): readonly number[] {
    return [...this.#taken].sort((a, b) => b - a).slice(0, remembered);
  }

  pay(key: number, identifier: number, amount: number): TokenResult {
    return this.#enter(key, identifier, () => {
      if (this.credit + amount > this.#mostCredit) return "overflow-error";
      this.credit += amount;
      return "accepted";
    });
  }

  clear(key: number, identifier: number): TokenResult {
    return this.#enter(key, identifier, () => {
      this.credit = 0;
      return "accepted";
    });
  }

  /** All sections of a key change. */
  changeKey(sections: number, rollover: boolean): void {
    this.key += 1;
    this.accepted += sections;
    if (rollover) this.#taken = Array<number>(remembered).fill(0);
  }

  refuse(): TokenResult {
    this.rejected += 1;
    return "crc-error";
  }

  #enter(key: number, identifier: number, act: () => TokenResult): TokenResult {
    if (key !== this.key) return this.refuse();
    const { known } = this;
    const used = known.includes(identifier) ? "used-error" : undefined;
    const result = used ?? (identifier < Math.min(...known) ? "old-error" : act());
    if (result === "accepted") this.#taken.push(identifier);
    this[result === "accepted" ? "accepted" : "rejected"] += 1;
    return result;
  }
}
