import type { MeterState } from "../../../src/meter-model/index.ts";
import { amountOf, digitsOf, identifierOf } from "./token-meter.ts";

/** The client's own log of the tokens it entered, and what has to be in the meter because of it. */
export class Till {
  readonly faults: string[] = [];
  /** Tokens that were credited, in their order. */
  readonly #credited: number[] = [];
  /** The same, to look up. */
  readonly #known = new Set<number>();
  /** Wh that were credited in all. */
  #sum = 0;
  #underWay: number | undefined;

  /** Tokens entered when their meter was killed, by whether they had been saved. */
  readonly interrupted = { saved: 0, lost: 0 };
  /** Tokens that were refused because they had been used. */
  refused = 0;

  /** The next token to enter: the one that was under way, or one that was never entered. */
  next = 0;

  /** A whole line of the process: "enter" and a token, or "result", a token, and its result. */
  note(line: string): void {
    const [word, number, result] = line.split(" ");
    const index = Number(number);
    if (word === "enter") this.#underWay = index;
    if (word !== "result") return;
    this.#underWay = undefined;
    this.next = Math.max(this.next, index + 1);
    const expected = this.#known.has(index) ? "used-error" : "accepted";
    if (result !== expected) this.faults.push(`token ${index}: ${result}, expected ${expected}`);
    if (result === "accepted") this.#credit(index);
    else this.refused += 1;
  }

  /** Compares with what is found after a kill. */
  check({ credit, tokens }: MeterState): void {
    const underWay = this.#underWay;
    this.#underWay = undefined;
    if (underWay !== undefined && !this.#known.has(underWay)) {
      const saved = tokens.history.includes(identifierOf(underWay));
      this.interrupted[saved ? "saved" : "lost"] += 1;
      if (saved) this.#credit(underWay);
      this.next = underWay;
    }
    // The ledger is in mWh.
    this.#expect("sum of all tokens", credit.ledger.totals.token, this.#sum * 1000);
    this.#expect("balance", credit.ledger.balance - credit.ledger.borrowed, this.#sum * 1000);
    this.#expect("accepted tokens", tokens.accepted, this.#credited.length);
    const latest = this.#credited.slice(-50);
    const identifiers = tokens.history.filter((identifier) => identifier >= identifierOf(0));
    this.#expect("identifiers", identifiers.sort((a, b) => a - b).join(), latest.map(identifierOf).join());
    const { rows } = tokens.credits;
    const digits = Array.from({ length: rows.length }, (_, row) =>
      [0, 1].map((column) => String(rows.valueAt(row, column)).padStart(10, "0")).join(""),
    );
    this.#expect("history", digits.join(), latest.map(digitsOf).join());
  }

  #credit(index: number): void {
    this.#credited.push(index);
    this.#known.add(index);
    this.#sum += amountOf(index);
  }

  #expect(what: string, found: number | string, expected: number | string): void {
    if (found !== expected) this.faults.push(`${what}: ${found}, expected ${expected}`);
  }
}
