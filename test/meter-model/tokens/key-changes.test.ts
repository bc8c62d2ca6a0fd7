import { expect } from "chai";
import fc from "fast-check";
import { minute } from "../../../src/meter-model/index.ts";
import {
  allowsKeyTypeChange,
  type EncryptionCode,
  type KeyType,
  keyTypes,
  needsRollover,
  neverExpires,
  reservedIdentifier,
} from "../../../src/sts/index.ts";
import { start } from "../credit/support.ts";
import { RecordedProcess } from "./recorded-process.ts";
import { baseDate, customerOf, identity, stored, stsConfig, Vendor } from "./support.ts";

const day = 24 * 60 * minute;
const encryptions: readonly EncryptionCode[] = ["07", "11"];
const nextIdentity = { ...identity, keyRevisionNumber: 2, tariffIndex: 99, supplyGroupCode: 654_321 };
const everySecret = (vendor: Vendor): string => Buffer.from(vendor.decoderKey.exposeSecret()).toString("hex");

/** Who sold so far, who will, and a meter between them. */
function change(encryption: EncryptionCode, next: Partial<typeof nextIdentity> = {}, from = identity) {
  const vendor = new Vendor(encryption, from);
  const later = new Vendor(encryption, { ...nextIdentity, ...next });
  return { vendor, later, process: new RecordedProcess(stsConfig(vendor, start - day)) };
}

function resultsOf(process: RecordedProcess, tokens: readonly string[]): string[] {
  return tokens.map((token) => process.enter(token).result);
}

function keyOf(process: RecordedProcess): string {
  return Buffer.from(process.state.key?.decoderKey ?? []).toString("hex");
}

describe("a key change", () => {
  const answers = { "07": ["first-kct", "second-kct", "third-kct"], "11": ["first-kct", "second-kct", "third-kct", "fourth-kct"] };

  for (const encryption of encryptions) {
    it(`with EA${encryption} takes its sections in every order, and the last of them changes the key`, () => {
      const { vendor, later } = change(encryption);
      const tokens = vendor.keyChange(later, { keyExpiryNumber: 0xa5 });
      const order = fc.shuffledSubarray([...tokens.keys()], { minLength: tokens.length });
      fc.assert(
        fc.property(order, (sections) => {
          const { process } = change(encryption);
          const expected = sections.map((section, place) => (place === sections.length - 1 ? "accepted" : answers[encryption][section]));
          const before = process.state.history;
          expect(
            resultsOf(
              process,
              sections.map((section) => tokens[section] as string),
            ),
          ).to.deep.equal(expected);
          const { decoderKey: _, ...rest } = process.state.key ?? { decoderKey: undefined };
          expect(rest).to.deep.equal({ ...nextIdentity, keyExpiryNumber: 0xa5 });
          expect(keyOf(process)).to.equal(everySecret(later));
          expect(process.state.history).to.equal(before);
          expect(process.state.held).to.deep.equal([]);
          expect(process.did).to.deep.equal([]);
        }),
      );
    });

    it(`with EA${encryption} waits ten minutes for its other sections, counted for each`, () => {
      const { vendor, later, process } = change(encryption);
      const [first = "", ...others] = vendor.keyChange(later);
      const last = others.pop() as string;
      process.enter(first);
      process.now += 10 * minute - 1;
      resultsOf(process, others);
      expect(process.enter(last).result, "a millisecond before").to.equal("accepted");

      const late = change(encryption).process;
      late.enter(first);
      late.now += 10 * minute;
      expect(resultsOf(late, [...others, last]), "then").to.not.include("accepted");
      expect(keyOf(late)).to.equal(everySecret(vendor));
      expect(late.state.held).to.have.lengthOf(others.length + 1);
      expect(late.enter(first).result).to.equal("accepted");
    });

    it(`with EA${encryption} has the section that came last of two that are the same`, () => {
      const { vendor, later, process } = change(encryption);
      const other = new Vendor(encryption, { ...nextIdentity, keyRevisionNumber: 3 });
      const tokens = vendor.keyChange(later);
      const [otherFirst = ""] = vendor.keyChange(other);
      const last = tokens.at(-1) as string;
      resultsOf(process, [otherFirst, ...tokens.slice(0, -1)]);
      expect(process.state.held).to.have.lengthOf(tokens.length - 1);
      expect(process.enter(last).result).to.equal("accepted");
      expect(keyOf(process)).to.equal(everySecret(later));
    });

    it(`with EA${encryption} survives a restart between any two sections, and the next key decides from then on`, () => {
      const { vendor, later } = change(encryption);
      let meter = customerOf(vendor);
      for (const token of vendor.keyChange(later)) {
        meter = stored(meter);
        expect(meter.tokens.enter(token, "manual").result).to.match(/^accepted$|-kct$/);
      }
      meter = stored(meter);
      expect(meter.tokens.key).to.deep.equal({ ...nextIdentity, keyExpiryNumber: neverExpires });
      expect(meter.tokens.enter(vendor.credit(10, start), "manual").result).to.equal("crc-error");
      expect(meter.tokens.enter(later.credit(10, start), "manual").result).to.equal("accepted");
    });

    it(`with EA${encryption} is refused as a whole for numbers that cannot be, and the sections are forgotten`, () => {
      const { vendor, later } = change(encryption);
      const group = encryption === "07" ? "set-supply-group-code" : "set-decoder-key-4";
      const wrong = [
        { service: "set-decoder-key-1", changes: { keyRevisionNumber: 0 } },
        { service: "set-decoder-key-1", changes: { keyRevisionNumber: 10 } },
        { service: "set-decoder-key-2", changes: { tariffIndex: 100 } },
        { service: group, changes: encryption === "07" ? { supplyGroupCode: 1_000_000 } : { supplyGroupHigh: 1_000_000 >> 12 } },
      ];
      const sections = vendor.keyChangeSections(later);
      for (const { service, changes } of wrong) {
        const { process } = change(encryption);
        const before = structuredClone(process.state.key);
        const tokens = sections.map((section) => vendor.encode(section.service === service ? { ...section, ...changes } : section));
        const supplyGroupLow = encryption === "11" && service === group;
        if (supplyGroupLow) tokens[2] = vendor.encode({ ...sections[2], supplyGroupLow: 0xfff } as (typeof sections)[0]);
        expect(resultsOf(process, tokens).at(-1), JSON.stringify(changes)).to.equal("range-error");
        expect(structuredClone(process.state.key)).to.deep.equal(before);
        expect(process.state.held).to.deep.equal([]);
      }
    });
  }

  it("without a supply group code is of two tokens with EA07, and leaves the meter without one", () => {
    const { vendor, later, process } = change("07");
    const [first, second] = vendor
      .keyChangeSections(later)
      .map((section) => vendor.encode(section.service === "set-decoder-key-1" ? { ...section, thirdSection: false } : section));
    // A third section that is not of the set is of no use to it.
    const [, , third] = vendor.keyChange(later);
    expect(resultsOf(process, [third, second, first] as string[])).to.deep.equal(["third-kct", "second-kct", "accepted"]);
    expect(process.state.key?.supplyGroupCode).to.equal(0);
    expect(process.state.held).to.deep.equal([]);
  });

  it("leads to the key types that the standard allows at a keypad, and to no common key", () => {
    const types = Object.values(keyTypes);
    for (const from of types) {
      for (const to of types) {
        const vendor = new Vendor("11", { ...identity, keyType: keyTypes.unique });
        const config = stsConfig(vendor, start - day);
        const process = new RecordedProcess({ ...config, key: { ...config.key, keyType: from } });
        const results = resultsOf(process, vendor.keyChange(new Vendor("11", nextIdentity), { keyType: to as KeyType }));
        expect(results.at(-1), `${from} to ${to}`).to.equal(allowsKeyTypeChange(from, to) ? "accepted" : "key-type-error");
        expect(process.state.key?.keyType).to.equal(allowsKeyTypeChange(from, to) ? to : from);
        expect(process.state.held).to.deep.equal([]);
      }
    }
    expect([allowsKeyTypeChange(2, 3), allowsKeyTypeChange(3, 3), allowsKeyTypeChange(2, 1), allowsKeyTypeChange(1, 0)]).to.deep.equal([
      false,
      false,
      true,
      false,
    ]);
  });

  it("forgets identifiers with a roll-over, but neither credit nor records", () => {
    expect(needsRollover(2014, 2035)).to.equal(true);
    for (const encryption of encryptions) {
      const { vendor, later } = change(encryption);
      const meter = customerOf(vendor);
      expect(meter.tokens.enter(vendor.credit(10, start), "manual").result).to.equal("accepted");
      const old = (random: number, tokenIdentifier: number) =>
        later.encode({ service: "transfer-credit-electricity", random, tokenIdentifier, amount: 1 });
      for (const token of vendor.keyChange(later, { rollover: true })) meter.tokens.enter(token, "manual");
      expect(meter.credit.balance).to.equal(1000);
      expect([meter.tokens.credits.length, meter.tokens.accepted]).to.deep.equal([1, encryption === "11" ? 5 : 4]);
      expect(meter.state.tokens.history).to.deep.equal(Array(50).fill(0));
      expect(meter.tokens.enter(old(5, 0), "manual").result, "0 is used from then on").to.equal("used-error");
      expect(meter.tokens.enter(old(5, 1), "manual").result).to.equal("accepted");
      expect(meter.tokens.enter(old(6, 1), "manual").result).to.equal("used-error");
      expect(meter.credit.balance).to.equal(1100);
    }
  });

  it("is asked for neither age nor expiry, and ends the life of a key that has expired", () => {
    const { vendor, later } = change("11");
    const config = stsConfig(vendor, start + day);
    const process = new RecordedProcess({ ...config, key: { ...config.key, keyExpiryNumber: 0 } });
    const token = { service: "transfer-credit-electricity", random: 5, amount: 1 } as const;
    const tokenIdentifier = (reservedIdentifier(start, baseDate) ?? 0) + 1000 * 1440;
    expect(process.enter(vendor.encode({ ...token, tokenIdentifier })).result).to.equal("key-expired-error");
    expect(resultsOf(process, vendor.keyChange(later)).at(-1)).to.equal("accepted");
    expect(process.enter(later.encode({ ...token, tokenIdentifier })).result).to.equal("accepted");
  });

  it("keeps no part of a key in clear while it waits, and tells nobody the key", () => {
    const { vendor, later } = change("11");
    const meter = customerOf(vendor);
    const tokens = vendor.keyChange(later);
    for (const token of tokens.slice(0, 3)) meter.tokens.enter(token, "manual");
    const { held } = meter.state.tokens;
    expect(held.map(Object.keys)).to.deep.equal(Array(3).fill(["digits", "until"]));
    expect(held.map(({ digits }) => digits)).to.deep.equal(tokens.slice(0, 3));
    meter.tokens.enter(tokens[3] as string, "manual");
    expect(Object.keys(meter.tokens.key ?? {})).to.not.include("decoderKey");
    expect(meter.tokens.last).to.deep.include({ service: "set-decoder-key-4", tokenIdentifier: undefined, result: "accepted" });
  });

  it("leaves identifiers where they were without a roll-over: no token of before is good again", () => {
    const { vendor, later } = change("11");
    const meter = customerOf(vendor);
    const token = { service: "transfer-credit-electricity", random: 5, tokenIdentifier: vendor.identifier(start), amount: 1 } as const;
    expect(meter.tokens.enter(vendor.encode(token), "local").result).to.equal("accepted");
    for (const section of vendor.keyChange(later)) meter.tokens.enter(section, "local");
    expect(meter.tokens.enter(later.encode(token), "local").result).to.equal("used-error");
  });
});
