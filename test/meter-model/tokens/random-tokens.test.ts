import { expect } from "chai";
import fc from "fast-check";
import { hour, type Meter, second, type TokenDelivery, tokenDeliveries } from "../../../src/meter-model/index.ts";
import { decodeToken, type EncryptionCode, luhnDigit, meterPanOf } from "../../../src/sts/index.ts";
import { scaled } from "../../support/scale.ts";
import { start } from "../credit/support.ts";
import { plain } from "../support.ts";
import { TokenModel } from "./model.ts";
import { customerOf, identity, stored, stsConfig, Vendor } from "./support.ts";

const encryptions: readonly EncryptionCode[] = ["07", "11"];
/** 0.1 kWh; few enough that a meter fills up now and then. */
const mostCredit = 2000;
/** Slow enough for the gateway to take every token. */
const pause = 7 * second;

/** `minute` counts from the manufacture of the meter. */
type Command =
  | { readonly kind: "pay"; readonly minute: number; readonly amount: number; readonly random: number }
  | { readonly kind: "clear"; readonly minute: number }
  /** A token that was sold before, in order of sale. */
  | { readonly kind: "again"; readonly index: number }
  | { readonly kind: "stranger"; readonly minute: number }
  | { readonly kind: "key"; readonly order: readonly number[]; readonly rollover: boolean }
  | { readonly kind: "restart" };

const minute = fc.integer({ min: -5, max: 120 });
const sections = fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 });

function often<Kind extends Command["kind"]>(
  weight: number,
  kind: Kind,
  rest: { [Name in keyof Omit<Extract<Command, { kind: Kind }>, "kind">]: fc.Arbitrary<Extract<Command, { kind: Kind }>[Name]> },
): fc.WeightedArbitrary<Command> {
  return { weight, arbitrary: fc.record({ kind: fc.constant(kind), ...rest }) as fc.Arbitrary<Command> };
}

const anyCommand = fc.oneof(
  often(36, "pay", { minute, amount: fc.integer({ min: 0, max: 400 }), random: fc.nat({ max: 15 }) }),
  often(12, "again", { index: fc.nat() }),
  often(3, "clear", { minute }),
  often(3, "stranger", { minute }),
  often(3, "restart", {}),
  often(1, "key", { order: sections, rollover: fc.boolean() }),
);
const commands = fc.array(anyCommand, { minLength: 1, maxLength: 200, size: "max" });

/** Sellers of one meter after the other, as its key changes: as many as there are key revisions. */
const sellersOf = (code: EncryptionCode) =>
  Array.from({ length: 9 }, (_, before) => new Vendor(code, { ...identity, keyRevisionNumber: 1 + before }));
const sellers = { "07": sellersOf("07"), "11": sellersOf("11") } as const;
const strangerTo = (code: EncryptionCode) => new Vendor(code, identity, meterPanOf("00000000000"));
const strangers = { "07": strangerTo("07"), "11": strangerTo("11") } as const;
const { firstIdentifier } = stsConfig(sellers["11"][0] as Vendor, start - hour);

/** A meter that gets what was sold, the model beside it, and what both have in common after every token. */
class Run {
  meter: Meter;
  readonly #encryption: EncryptionCode;
  readonly #model = new TokenModel(firstIdentifier, mostCredit);
  readonly #sold: (() => void)[] = [];
  readonly #acceptedOnce = new Set<string>();
  #entered = 0;

  constructor(encryption: EncryptionCode) {
    this.#encryption = encryption;
    this.meter = customerOf(this.#seller, { terms: { maximumCredit: mostCredit * 100 } });
    this.meter.ports.keypad.configure({ mode: "unlocked" });
  }

  do(command: Command): void {
    if (command.kind === "pay") this.#pay(command);
    else if (command.kind === "clear") this.#clear(command.minute);
    else if (command.kind === "again") this.#sold[command.index % this.#sold.length]?.();
    else if (command.kind === "stranger") this.#offerStranger(command.minute);
    else if (command.kind === "key") this.#changeKey(command);
    else this.meter = stored(this.meter);
  }

  #pay({ minute, amount, random }: Extract<Command, { kind: "pay" }>): void {
    const tokenIdentifier = firstIdentifier + minute;
    const digits = this.#seller.encode({ service: "transfer-credit-electricity", random, tokenIdentifier, amount });
    const { key } = this.#model;
    this.#sell(key, digits, () => this.#model.pay(key, tokenIdentifier, amount));
  }

  #clear(minute: number): void {
    const tokenIdentifier = firstIdentifier + minute;
    const digits = this.#seller.encode({ service: "clear-credit", random: 5, tokenIdentifier, register: 0xffff });
    const { key } = this.#model;
    this.#sell(key, digits, () => this.#model.clear(key, tokenIdentifier));
  }

  #offerStranger(minute: number): void {
    const tokenIdentifier = firstIdentifier + minute;
    const token = { service: "transfer-credit-electricity", random: 5, amount: 1, tokenIdentifier } as const;
    const digits = strangers[this.#encryption].encode(token);
    if (!this.#passesByChance(digits)) this.#enter(digits, () => this.#model.refuse());
  }

  #sell(key: number, digits: string, expected: () => string): void {
    const enter = (): void => {
      if (key === this.#model.key || !this.#passesByChance(digits)) this.#enter(digits, expected);
    };
    this.#sold.push(enter);
    enter();
  }

  /** One in 65536 tokens of another key has a check sum that is right under this one; what it says then nobody knows. */
  #passesByChance(digits: string): boolean {
    const { decoderKey, algorithm } = this.#seller;
    return decodeToken(digits, decoderKey, algorithm).result === "authentic";
  }

  #changeKey({ order, rollover }: Extract<Command, { kind: "key" }>): void {
    const next = sellers[this.#encryption][this.#model.key + 1];
    if (next === undefined) return;
    const tokens = this.#seller.keyChange(next, { rollover });
    const entered = order.filter((section) => section < tokens.length);
    const results = entered.map((section) => this.#give(tokens[section] as string));
    expect(results.at(-1)).to.equal("accepted");
    this.#model.changeKey(tokens.length, rollover);
    this.#compare();
  }

  #enter(digits: string, expected: () => string): void {
    const result = this.#give(digits);
    expect(result).to.equal(expected());
    if (result === "accepted") expect(this.#acceptedOnce.has(digits), "accepted once").to.equal(false);
    if (result === "accepted") this.#acceptedOnce.add(digits);
    this.#compare();
  }

  /** By each way in turn. */
  #give(digits: string): string {
    this.meter.advance(this.meter.now + pause);
    this.#entered += 1;
    return this.meter.tokens.enter(digits, tokenDeliveries[this.#entered % 3] as TokenDelivery).result;
  }

  #compare(): void {
    const { tokens, credit, state } = this.meter;
    const model = this.#model;
    expect([credit.balance, tokens.accepted, tokens.rejected]).to.deep.equal([100 * model.credit, model.accepted, model.rejected]);
    expect([...state.tokens.history].sort((a, b) => b - a)).to.deep.equal(model.known);
    expect(tokens.transfers.length).to.equal(Math.min(100, this.#entered));
  }

  get #seller(): Vendor {
    return sellers[this.#encryption][this.#model.key] as Vendor;
  }
}

describe("tokens in any order", () => {
  for (const encryption of encryptions) {
    it(`under EA${encryption} are each accepted at most once, and come to what pencil and paper say`, function () {
      this.timeout(scaled(20_000, 600_000));
      fc.assert(
        fc.property(commands, (sequence) => {
          const run = new Run(encryption);
          for (const command of sequence) run.do(command);
          // A meter that was never stored on the way is the same.
          const steady = new Run(encryption);
          for (const command of sequence) if (command.kind !== "restart") steady.do(command);
          expect(plain(run.meter.state)).to.deep.equal(plain(steady.meter.state));
        }),
        { numRuns: scaled(30, 2000) },
      );
    });

    it(`under EA${encryption} that are ten thousand other meters' are never accepted`, function () {
      this.timeout(scaled(20_000, 200_000));
      const count = scaled(10_000, 100_000);
      const meter = customerOf(new Vendor(encryption));
      const before = structuredClone(meter.state.tokens.history);
      for (let serial = 0; serial < count; serial++) {
        const body = `02${String(serial).padStart(8, "0")}`;
        const other = new Vendor(encryption, identity, meterPanOf(body + luhnDigit(body)));
        meter.advance(meter.now + pause);
        const { result } = meter.tokens.enter(other.credit(1 + (serial % 5000), start + serial * second), "remote");
        if (result !== "crc-error") expect(result, body).to.match(/-error$/);
      }
      expect([meter.tokens.accepted, meter.tokens.rejected, meter.credit.balance]).to.deep.equal([0, count, 0]);
      expect(meter.state.tokens.history).to.deep.equal(before);
    });
  }
});
