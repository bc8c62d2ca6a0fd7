import { expect } from "chai";
import {
  type BaseDate,
  decodeToken,
  type EncryptionAlgorithm,
  joinSections,
  type KeyChangeSection,
  misty1,
  sta,
  withSection,
} from "../../src/sts/index.ts";
import { type Issue, issueKeyChange, issueToken, MemoryIssueBook, type MeterKey } from "../../src/vending/index.ts";
import { meterKey, noon, refusedPath } from "./samples.ts";

interface Order {
  readonly from?: MeterKey;
  readonly to: MeterKey;
  readonly algorithm?: EncryptionAlgorithm;
  readonly withSupplyGroup?: boolean;
  readonly now?: number;
}

const issue = (
  { from = meterKey(), to, algorithm = misty1, withSupplyGroup = false, now = noon }: Order,
  book = new MemoryIssueBook(),
): Issue => issueKeyChange(book, { from, to, algorithm, withSupplyGroup, now });

/** The key change a meter with the old key reads. */
function readBack({ tokens }: Issue, { decoderKey }: MeterKey, algorithm: EncryptionAlgorithm = misty1) {
  const sections = tokens.map((digits) => {
    const decoded = decodeToken(digits, decoderKey, algorithm);
    if (decoded.result !== "authentic") expect.fail(decoded.result);
    return decoded.token as KeyChangeSection;
  });
  const joined = joinSections(
    sections.reduce((held, section) => withSection(held, section), {}),
    algorithm.code,
  );
  if (joined.state !== "complete") expect.fail(joined.state);
  return joined.change;
}

describe("issuing key changes", () => {
  it("gives four tokens of EA11 under the old key that hold all of the new one", () => {
    const to = meterKey({ supplyGroupCode: 654_321, keyRevisionNumber: 2, tariffIndex: 9, keyExpiryNumber: 200 });
    const issued = issue({ to });
    expect(issued.tokens).to.have.lengthOf(4);
    expect(issued).to.deep.include({ service: "key-change", issued: noon, number: 1 });
    expect(issued).not.to.have.property("identifier");
    const change = readBack(issued, meterKey());
    expect(change.decoderKey.equals(to.decoderKey)).to.equal(true);
    expect(change).to.deep.include({
      supplyGroupCode: 654_321,
      keyRevisionNumber: 2,
      tariffIndex: 9,
      keyType: 2,
      keyExpiryNumber: 200,
      rollover: false,
    });
  });

  it("gives two or three tokens of EA07", () => {
    const [from, to] = [meterKey({}, { encryption: "07" }), meterKey({ keyRevisionNumber: 3 }, { encryption: "07" })];
    for (const [withSupplyGroup, count] of [
      [false, 2],
      [true, 3],
    ] as const) {
      const issued = issue({ from, to, algorithm: sta(), withSupplyGroup });
      expect(issued.tokens).to.have.lengthOf(count);
      expect(readBack(issued, from, sta()).supplyGroupCode).to.equal(withSupplyGroup ? 123_456 : undefined);
    }
  });

  it("tells the meter to forget its identifiers exactly where the base date moves on", () => {
    const at2035 = Date.UTC(2035, 5, 1);
    const rollover = (from: BaseDate, to: BaseDate, now: number) =>
      readBack(
        issue({ from: meterKey({ baseDate: from }), to: meterKey({ baseDate: to, keyRevisionNumber: 2 }), now }),
        meterKey({ baseDate: from }),
      ).rollover;
    expect(rollover(1993, 2014, noon)).to.equal(true);
    expect(rollover(2014, 2035, at2035)).to.equal(true);
    expect(rollover(2014, 2014, noon)).to.equal(false);
  });

  it("lets identifiers begin again behind a roll-over, without any that was given before", () => {
    const book = new MemoryIssueBook();
    const old = meterKey({ baseDate: 1993 });
    const renewed = meterKey({ baseDate: 2014, keyRevisionNumber: 2 });
    const credit = (key: MeterKey, now: number) =>
      issueToken(book, { key, algorithm: misty1, service: "credit-electricity", value: "1", now, random: 0 }).identifier;
    const before = credit(old, Date.UTC(1993, 0, 2, 12));
    issue({ from: old, to: renewed, now: Date.UTC(2014, 0, 2) }, book);
    expect(before?.tokenIdentifier).to.equal(2160);
    expect(credit(renewed, Date.UTC(2014, 0, 2, 12))).to.deep.equal({ tokenIdentifier: 2161, baseDate: 2014 });
    expect(credit(renewed, Date.UTC(2014, 0, 2, 11))).to.deep.equal({ tokenIdentifier: 2162, baseDate: 2014 });
  });

  it("refuses a roll-over to the same key, under which used tokens would work again", () => {
    const key = { encryption: "07", generation: "02", key: "ABABABABABABABAB" } as const;
    const [from, to] = [meterKey({ baseDate: 1993 }, key), meterKey({ baseDate: 2014 }, key)];
    expect(from.decoderKey.equals(to.decoderKey)).to.equal(true);
    expect(refusedPath(() => issue({ from, to, algorithm: sta() }))).to.equal("baseDate");
  });

  it("leads from an expired key to one that is valid, and never to an expired one", () => {
    const [expired, valid] = [meterKey({ keyExpiryNumber: 10 }), meterKey({ keyRevisionNumber: 2 })];
    expect(issue({ from: expired, to: valid }).tokens).to.have.lengthOf(4);
    expect(refusedPath(() => issue({ from: valid, to: expired }))).to.equal("keyExpiryNumber");
  });

  it("refuses types of keys that no meter would change to, and base dates without identifiers", () => {
    expect(refusedPath(() => issue({ to: meterKey({ keyType: 0 }) }))).to.equal("keyType");
    expect(refusedPath(() => issue({ to: meterKey({ baseDate: 2035 }) }))).to.equal("baseDate");
    expect(refusedPath(() => issue({ to: meterKey({ baseDate: 1993 }) }))).to.equal("baseDate");
  });
});
