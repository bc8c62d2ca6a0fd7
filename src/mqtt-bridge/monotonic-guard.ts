/** What the guard thinks of a value. */
export type GuardVerdict =
  | { readonly accepted: true }
  /** The register counts anew; `previous` is what it said before. */
  | { readonly accepted: true; readonly reset: { readonly previous: number; readonly value: number } }
  | { readonly accepted: false };

const accepted: GuardVerdict = { accepted: true };

/** A register of `modulus` rolled over when it has gone forward by at most this share of it. */
const rolloverShare = 0.001;

/** Registers of five to nine digits of kWh, in Wh, and of 32 bits. Shorter ones would excuse a stray zero too often. */
const moduli: readonly number[] = [...[8, 9, 10, 11, 12].map((digits) => 10 ** digits), 2 ** 32];

/**
 * Keeps a stray low value of a counting register from the consumers, who would take the next good one for new consumption.
 * A decrease is dropped and counted, unless the register rolled over or the next read confirms it.
 */
export class MonotonicGuard {
  #dropped = 0;
  readonly #registers = new Map<string, { last: number; pending?: number }>();

  /** How many values were dropped so far. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Judges the next value of a register, in its base unit. */
  judge(register: string, value: number): GuardVerdict {
    const known = this.#registers.get(register);
    if (known === undefined || value >= known.last) {
      this.#registers.set(register, { last: value });
      return accepted;
    }
    const confirmed = known.pending !== undefined && value >= known.pending;
    if (confirmed || rolledOver(known.last, value)) {
      this.#registers.set(register, { last: value });
      return { accepted: true, reset: { previous: known.last, value } };
    }
    known.pending = value;
    this.#dropped += 1;
    return { accepted: false };
  }

  /** Forgets every register: the meter was replaced. */
  clear(): void {
    this.#registers.clear();
  }
}

function rolledOver(last: number, value: number): boolean {
  return value >= 0 && moduli.some((modulus) => last < modulus && value + modulus - last <= modulus * rolloverShare);
}
