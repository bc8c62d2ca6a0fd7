import { expect } from "chai";
import { hour, minute, second } from "../../../src/meter-model/index.ts";
import { keyChangeSections } from "../../../src/sts/index.ts";
import { kWh, logged, prepaid, start } from "../credit/support.ts";
import { constantLoad } from "../support.ts";
import { identity, stsConfig, Vendor } from "./support.ts";

function customer(vendor = new Vendor(), made = start - hour) {
  const meter = prepaid({ terms: { low1: 0, low2: 0, emergencyInitial: 0, emergencyLimit: 0 } }, constantLoad(), {
    sts: stsConfig(vendor, made),
  });
  meter.advance(start + second);
  meter.takeEvents();
  return { meter, vendor };
}

describe("tokens at the meter", () => {
  it("are those of the demonstration: 25.6 kWh, once", () => {
    const { meter } = customer(new Vendor(), Date.UTC(2026, 10, 22, 11, 59));
    expect(meter.tokens.enter("67259421596626581768", "manual")).to.deep.include({ result: "accepted", amount: 25_600 });
    expect([meter.credit.balance, meter.relay.closed]).to.deep.equal([25_600, true]);
    expect(meter.tokens.enter("67259421596626581768", "remote")).to.deep.include({ result: "used-error" });
    expect([meter.credit.balance, meter.tokens.accepted, meter.tokens.rejected]).to.deep.equal([25_600, 1, 1]);
    expect([meter.tokens.credits.length, meter.tokens.transfers.length]).to.deep.equal([1, 2]);
    expect(logged(meter).map((entry) => entry.split(" ")[1])).to.deep.equal([
      "locallyConnected",
      "creditTokenAccepted",
      "tokenDeliveredManually",
      "tokenRejectedUsed",
    ]);
  });

  it("of either algorithm are taken in any order, as long as they are younger than the oldest known", () => {
    for (const encryption of ["07", "11"] as const) {
      const vendor = new Vendor(encryption);
      const { meter } = customer(vendor);
      const tokens = Array.from({ length: 60 }, (_, index) => vendor.credit(10, start + index * minute));
      expect(meter.tokens.enter(tokens[59] as string, "local").result).to.equal("accepted");
      for (const token of tokens.slice(1, 50)) expect(meter.tokens.enter(token, "manual").result).to.equal("accepted");
      expect(meter.tokens.enter(tokens[0] as string, "manual").result).to.equal("old-error");
      expect(meter.tokens.enter(tokens[59] as string, "manual").result).to.equal("used-error");
      expect(meter.tokens.enter(tokens[55] as string, "manual").result).to.equal("accepted");
      expect(meter.credit.balance).to.equal(51 * kWh);
    }
  });

  it("that would be too much stay good", () => {
    const { meter, vendor } = customer();
    meter.credit.setTerms({ maximumCredit: 50 * kWh });
    const token = vendor.credit(600, start);
    expect(meter.tokens.enter(token, "manual").result).to.equal("overflow-error");
    meter.credit.setTerms({ maximumCredit: 100 * kWh });
    expect(meter.tokens.enter(token, "manual").result).to.equal("accepted");
  });

  it("change the key in any order of sections, and only within ten minutes", () => {
    for (const encryption of ["07", "11"] as const) {
      const vendor = new Vendor(encryption);
      const { meter } = customer(vendor);
      const next = { ...identity, keyRevisionNumber: 2, supplyGroupCode: 654_321 };
      const later = new Vendor(encryption, next);
      const change = { ...next, decoderKey: later.decoderKey, keyExpiryNumber: 200, rollover: true };
      const sections = keyChangeSections(change)
        .map((section) => vendor.encode(section))
        .reverse();
      const enter = (digits: string) => meter.tokens.enter(digits, "manual").result;
      expect(enter(sections[0] as string)).to.match(/-kct$/);
      meter.advance(meter.now + 10 * minute);
      const results = sections.slice(1).map(enter);
      expect(results).to.not.include("accepted");
      expect(enter(sections[0] as string)).to.equal("accepted");
      expect(meter.tokens.key).to.deep.equal({ ...next, keyExpiryNumber: 200 });
      expect(enter(vendor.credit(10, start))).to.equal("crc-error");
      expect(enter(later.credit(10, start - 365 * 24 * hour))).to.equal("accepted");
      expect(JSON.stringify(meter.tokens.key)).to.not.include("decoderKey");
    }
  });

  it("change the way of payment", () => {
    const { meter, vendor } = customer();
    const mode = (value: number) =>
      meter.tokens.enter(
        vendor.encode({ service: "proprietary-management", subclass: 11, random: 1, tokenIdentifier: vendor.identifier(start), value }),
        "manual",
      ).result;
    expect(mode(0x4d00)).to.equal("accepted");
    expect(meter.credit.mode).to.equal("postpaid");
    expect(mode(0x4d02)).to.equal("accepted");
    expect([meter.credit.mode, meter.credit.unit]).to.deep.equal(["prepaid", "currency"]);
    expect(mode(0x4d03)).to.equal("function-error");
    expect(mode(0)).to.equal("function-error");
  });

  it("cannot be guessed at the keypad: five failures lock it for an hour, other ways stay open", () => {
    const { meter, vendor } = customer();
    const token = vendor.credit(10, start);
    const wrong = (token.startsWith("1") ? "2" : "1") + token.slice(1);
    for (let tries = 0; tries < 5; tries++) expect(meter.tokens.enter(wrong, "manual").result).to.equal("crc-error");
    expect(meter.tokens.enter(token, "manual").result).to.equal("locked-out");
    expect(meter.tokens.enter("00000000000150997584", "manual").result).to.equal("accepted");
    expect(meter.tokens.enter(vendor.credit(10, start), "local").result).to.equal("accepted");
    for (let tries = 0; tries < 5; tries++) meter.tokens.enter(wrong, "manual");
    meter.advance(meter.now + hour);
    expect(meter.tokens.enter(token, "manual").result).to.equal("accepted");
    expect(logged(meter).filter((entry) => entry.includes("keypad"))).to.have.length(4);
  });
});
