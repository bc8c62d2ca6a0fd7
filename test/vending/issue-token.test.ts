import { expect } from "chai";
import fc from "fast-check";
import { type BaseDate, decodeToken, isReservedIdentifier, misty1 } from "../../src/sts/index.ts";
import { type Issue, type IssueBook, issueToken, MemoryIssueBook } from "../../src/vending/index.ts";
import { meterKey, minute, noon, otherMeterNumber, refusedPath } from "./samples.ts";

function issue(book: IssueBook, now: number, key = meterKey()): Issue {
  return issueToken(book, { key, algorithm: misty1, service: "credit-electricity", value: "25.6", now, random: 5 });
}

function identifierOf({ identifier }: Issue): number | undefined {
  return identifier?.tokenIdentifier;
}

describe("issuing tokens", () => {
  it("makes the token of the demonstration's meter", () => {
    expect(issue(new MemoryIssueBook(), noon)).to.deep.equal({
      meter: "600727012345678977",
      number: 1,
      service: "credit-electricity",
      value: { value: "25.6", unit: "kWh" },
      tokens: ["67259421596626581768"],
      issued: noon,
      identifier: { tokenIdentifier: 6_780_240, baseDate: 2014 },
    });
  });

  it("drops the seconds, and moves on by a minute for each token beyond one a minute", () => {
    const book = new MemoryIssueBook();
    const identifiers = [0, 1, 59_999, 30_000].map((millis) => identifierOf(issue(book, noon + millis)));
    expect(identifiers).to.deep.equal([6_780_240, 6_780_241, 6_780_242, 6_780_243]);
  });

  it("never goes below what a meter was given, though the clock does", () => {
    const book = new MemoryIssueBook();
    issue(book, noon);
    expect(identifierOf(issue(book, noon - 600 * minute))).to.equal(6_780_241);
  });

  it("leaves out the minute that is kept for special tokens", () => {
    const book = new MemoryIssueBook();
    const midnight = Date.UTC(2026, 10, 22);
    const identifiers = Array.from({ length: 3 }, () => identifierOf(issue(book, midnight)) as number);
    expect(identifiers.map((identifier) => identifier % 1440)).to.deep.equal([0, 2, 3]);
  });

  it("counts for each meter on its own", () => {
    const book = new MemoryIssueBook();
    const first = issue(book, noon);
    const second = issue(book, noon, meterKey({}, { number: otherMeterNumber }));
    expect(identifierOf(second)).to.equal(identifierOf(first));
    expect(second.tokens).not.to.deep.equal(first.tokens);
    expect(second.number).to.equal(1);
  });

  it("counts on under another key of the meter, which remembers its identifiers", () => {
    const book = new MemoryIssueBook();
    issue(book, noon);
    expect(identifierOf(issue(book, noon, meterKey({ keyRevisionNumber: 2, tariffIndex: 7 })))).to.equal(6_780_241);
  });

  it("gives no number to a meter twice, from whatever base dates, in whatever order", () => {
    const orders = fc.array(fc.tuple(fc.constantFrom<BaseDate>(1993, 2014), fc.integer({ min: 0, max: 6 })), { maxLength: 40 });
    // So that both base dates give the same numbers.
    const starts: Partial<Record<BaseDate, number>> = { 1993: Date.UTC(1993, 0, 3), 2014: Date.UTC(2014, 0, 3) };
    fc.assert(
      fc.property(orders, (each) => {
        const book = new MemoryIssueBook();
        const given = each.map(([baseDate, minutes]) =>
          identifierOf(issue(book, (starts[baseDate] ?? 0) + minutes * minute, meterKey({ baseDate }))),
        ) as number[];
        expect(new Set(given).size).to.equal(given.length);
        expect(given.filter(isReservedIdentifier)).to.deep.equal([]);
      }),
      { numRuns: 40 },
    );
  });

  it("never gives 0, which a meter counts as used after a roll-over", () => {
    expect(identifierOf(issue(new MemoryIssueBook(), Date.UTC(2014, 0, 1)))).to.equal(2);
  });

  it("says that a base date has not begun, or is used up", () => {
    const book = new MemoryIssueBook();
    const of = (baseDate: BaseDate, now: number) => refusedPath(() => issue(book, now, meterKey({ baseDate })));
    expect(of(2035, noon)).to.equal("baseDate");
    expect(of(1993, noon)).to.equal("baseDate");
    expect(identifierOf(issue(book, Date.UTC(2024, 10, 24, 20, 15), meterKey({ baseDate: 1993 })))).to.equal(0xff_ffff);
    expect(of(1993, Date.UTC(2024, 10, 24, 20, 15))).to.equal("baseDate");
  });

  it("refuses a key whose expiry number the identifier has passed", () => {
    const book = new MemoryIssueBook();
    // 6 780 240 is 67 75 50 in hex.
    expect(refusedPath(() => issue(book, noon, meterKey({ keyExpiryNumber: 0x66 })))).to.equal("keyExpiryNumber");
    expect(book.last("600727012345678977")).to.equal(undefined);
    expect(identifierOf(issue(book, noon, meterKey({ keyExpiryNumber: 0x67 })))).to.equal(6_780_240);
  });

  it("keeps nothing of what it refuses", () => {
    const book = new MemoryIssueBook();
    const order = { key: meterKey(), algorithm: misty1, service: "max-power-limit", now: noon } as const;
    expect(refusedPath(() => issueToken(book, { ...order, value: "x", random: 1 }))).to.equal("value");
    expect(refusedPath(() => issueToken(book, { ...order, value: "1", random: 16 }))).to.equal("random");
    expect([...book.all(order.key.pan.digits)]).to.deep.equal([]);
  });

  it("makes tokens that the meter they are for can read, and no other", () => {
    const { tokens } = issue(new MemoryIssueBook(), noon);
    const [digits = ""] = tokens;
    expect(decodeToken(digits, meterKey().decoderKey, misty1)).to.have.nested.property("token.amount", 256);
    expect(decodeToken(digits, meterKey({}, { number: otherMeterNumber }).decoderKey, misty1).result).to.equal("crc-error");
  });
});
