import { expect } from "chai";
import {
  hour,
  minute,
  noDigits,
  RowStatus,
  second,
  type TokenDelivery,
  tokenDeliveries,
  tokenResults,
} from "../../../src/meter-model/index.ts";
import { encodeModeChange, nextTokenIdentifier, type PaymentModeTarget, type Token } from "../../../src/sts/index.ts";
import { kWh, logged, prepaid, start } from "../credit/support.ts";
import { constantLoad, kilowatt, newMeter, paris, rowsOf, scriptedLoad } from "../support.ts";
import { baseDate, customerOf, idle, stored, stranger, stsConfig, Vendor } from "./support.ts";

const vendor = new Vendor();

function namesOf(meter: Parameters<typeof logged>[0]): string[] {
  return logged(meter).map((entry) => entry.slice(entry.indexOf(" ") + 1));
}

function identified(meter: ReturnType<typeof customerOf>, rest: Record<string, unknown>, delivery: TokenDelivery = "manual") {
  return meter.tokens.enter(vendor.encode({ random: 5, tokenIdentifier: vendor.identifier(start), ...rest } as unknown as Token), delivery);
}

describe("tokens at the meter", () => {
  it("are those of the demonstration: 25.6 kWh, once, whatever way they come", () => {
    const made = Date.UTC(2026, 10, 22, 11, 59);
    const meter = customerOf(vendor, { sts: { firstIdentifier: nextTokenIdentifier(made, baseDate) ?? 0 } });
    const enter = (delivery: TokenDelivery) => meter.tokens.enter("67259421596626581768", delivery);
    expect(enter("manual")).to.deep.equal({
      result: "accepted",
      amount: 25_600,
      service: "transfer-credit-electricity",
      tokenIdentifier: 6_780_240,
    });
    expect([meter.credit.balance, meter.relay.closed]).to.deep.equal([25_600, true]);
    for (const delivery of tokenDeliveries) expect(enter(delivery)).to.deep.include({ result: "used-error", tokenIdentifier: 6_780_240 });
    expect([meter.credit.balance, meter.tokens.accepted, meter.tokens.rejected]).to.deep.equal([25_600, 1, 3]);
    expect(namesOf(meter)).to.deep.equal([
      "locallyConnected",
      "creditTokenAccepted",
      "tokenDeliveredManually",
      "tokenRejectedUsed",
      "tokenRejectedUsed",
      "tokenRejectedUsed",
    ]);
  });

  it("of either algorithm are taken in any order, as long as they are younger than the oldest known", () => {
    for (const encryption of ["07", "11"] as const) {
      const seller = new Vendor(encryption);
      const meter = customerOf(seller);
      const tokens = Array.from({ length: 60 }, (_, index) => seller.credit(10, start + index * minute));
      const enter = (index: number) => meter.tokens.enter(tokens[index] as string, "manual").result;
      expect(enter(59)).to.equal("accepted");
      for (let index = 1; index < 50; index++) expect(enter(index)).to.equal("accepted");
      expect(enter(0)).to.equal("old-error");
      expect(enter(59)).to.equal("used-error");
      expect(enter(55)).to.equal("accepted");
      // Its place was that of the lowest, which is too old by now, though it was used.
      expect(enter(1)).to.equal("old-error");
      expect(meter.credit.balance).to.equal(51 * kWh);
    }
  });

  it("that would be too much stay good, and are logged as what they are", () => {
    const meter = customerOf(vendor, { terms: { maximumCredit: 50 * kWh, maximumToken: 80 * kWh } });
    const [much, more] = [vendor.credit(600, start), vendor.credit(810, start)];
    expect(meter.tokens.enter(much, "manual")).to.deep.include({ result: "overflow-error" });
    expect(meter.tokens.enter(more, "manual")).to.deep.include({ result: "overflow-error" });
    expect(namesOf(meter)).to.deep.equal(["tokenRejectedOverflow", "tokenRejectedVendLimit"]);
    expect([meter.credit.balance, meter.tokens.credits.length]).to.deep.equal([0, 0]);
    meter.credit.setTerms({ maximumCredit: 150 * kWh, maximumToken: 90 * kWh });
    expect(meter.tokens.enter(much, "manual").result).to.equal("accepted");
    expect(meter.tokens.enter(more, "manual").result).to.equal("accepted");
    expect(meter.credit.balance).to.equal(141 * kWh);
  });

  it("of money are exact to what the account counts in, and may take away", () => {
    const meter = customerOf(vendor, { unit: "currency" });
    const pay = (amount: bigint) => identified(meter, { service: "transfer-credit-currency-electricity", amount });
    expect(pay(1_000_000n)).to.deep.include({ result: "accepted", amount: 100_002 });
    expect(meter.credit.balance).to.equal(100_002);
    expect(pay(-99_994n)).to.deep.include({ result: "accepted", amount: -10_000 });
    expect(meter.credit.balance).to.equal(90_003);
    expect(pay(10n ** 30n).result, "beyond any account").to.equal("overflow-error");
    expect(pay(-(10n ** 30n)).result).to.equal("overflow-error");
    expect(meter.tokens.enter(vendor.credit(10, start), "manual").result, "of energy").to.equal("function-error");
    expect(meter.credit.balance).to.equal(90_003);
    expect(namesOf(meter).filter((name) => name.startsWith("currency"))).to.have.lengthOf(2);
  });

  it("are refused where nothing is paid in advance, or into no account", () => {
    const meter = customerOf(vendor);
    const token = vendor.credit(10, start);
    meter.credit.setMode("postpaid");
    namesOf(meter);
    expect(meter.tokens.enter(token, "manual").result).to.equal("function-error");
    expect(namesOf(meter)).to.deep.equal(["tokenRejectedFunction"]);
    expect(identified(meter, { service: "clear-tamper", padding: 0 }).result, "no credit").to.equal("accepted");
    meter.credit.setMode("prepaid");
    meter.credit.setAccount("closed");
    namesOf(meter);
    expect(meter.tokens.enter(token, "manual").result).to.equal("function-error");
    expect(namesOf(meter)).to.deep.equal(["tokenRejectedAccount"]);
    meter.credit.setAccount("active");
    expect(meter.tokens.enter(token, "manual").result).to.equal("accepted");
  });

  it("change the way of payment", () => {
    const meter = customerOf(vendor);
    const change = (target: PaymentModeTarget) =>
      identified(meter, { service: "proprietary-management", subclass: 11, value: encodeModeChange(target) }).result;
    expect(change("postpaid")).to.equal("accepted");
    expect(meter.credit.mode).to.equal("postpaid");
    expect(change("prepaid-currency")).to.equal("accepted");
    expect([meter.credit.mode, meter.credit.unit]).to.deep.equal(["prepaid", "currency"]);
    expect(identified(meter, { service: "transfer-credit-currency-electricity", amount: 100_000n }).result).to.equal("accepted");
    expect(change("prepaid-energy"), "with credit of the other unit").to.equal("function-error");
    expect([meter.credit.mode, meter.credit.unit]).to.deep.equal(["prepaid", "currency"]);
  });

  it("empty the account, once more in vain, and only the register that there is", () => {
    const meter = customerOf(vendor);
    meter.tokens.enter(vendor.credit(100, start), "manual");
    const clear = (register: number) => identified(meter, { service: "clear-credit", register }).result;
    expect([clear(4), clear(1), clear(8)]).to.deep.equal(["function-error", "function-error", "range-error"]);
    expect(meter.credit.balance).to.equal(10 * kWh);
    expect(clear(0)).to.equal("accepted");
    expect([meter.credit.balance, meter.relay.closed]).to.deep.equal([0, false]);
    expect(meter.state.credit.refunds).to.include({ count: 1, lastAmount: 10_000_000 });
    expect(clear(0xffff)).to.equal("accepted");
    expect(meter.state.credit.refunds.count).to.equal(1);
    expect(meter.tokens.credits.length, "refunds are no credits").to.equal(1);
  });

  it("that are printed in every handbook give no energy to who has no credit", () => {
    const meter = customerOf(new Vendor());
    meter.advance(start + minute);
    const imported = meter.energy("activeImport");
    for (let second = 1; second <= 60; second++) {
      meter.advance(start + minute + second * 1000);
      expect(meter.tokens.enter("00000000000150997584", "manual").result).to.equal("accepted");
      expect(meter.relay.closed).to.equal(false);
    }
    expect(meter.energy("activeImport")).to.equal(imported);
  });

  it("set the limit of power, clear tampering and move the load switch", () => {
    const meter = customerOf(vendor);
    meter.tokens.enter(vendor.credit(100, start), "manual");
    expect(identified(meter, { service: "set-maximum-power-limit", limit: 3500 }).result).to.equal("accepted");
    expect(meter.limiters.power.settings.thresholdNormal).to.equal(3_500_000);
    expect(meter.tokens.enter("00000000000150997584", "manual")).to.deep.include({ result: "accepted", tests: [1] });
    expect(meter.relay.closed).to.equal(false);
    meter.advance(meter.now + 10 * second);
    expect(meter.relay.closed).to.equal(true);
  });
});

describe("what is kept of tokens", () => {
  it("is each of them with digits, way and result, and of those with credit what they brought", () => {
    const meter = customerOf(vendor);
    const digits = vendor.credit(256, start);
    meter.tokens.enter("12345", "local");
    meter.tokens.enter(digits, "remote");
    meter.advance(start + minute);
    meter.tokens.enter(digits, "manual");
    const halves = [Number(digits.slice(0, 10)), Number(digits.slice(10))];
    const result = (name: (typeof tokenResults)[number]) => tokenResults.indexOf(name);
    expect(rowsOf(meter.tokens.transfers).map(({ stamp, values }) => [stamp, ...values])).to.deep.equal([
      [start + second, noDigits, noDigits, 1, result("format-error")],
      [start + second, ...halves, 0, result("accepted")],
      [start + minute, ...halves, 2, result("used-error")],
    ]);
    const { tokenIdentifier } = meter.tokens.lastCredit ?? { tokenIdentifier: -1 };
    expect(rowsOf(meter.tokens.credits)).to.deep.equal([
      { stamp: start + second, offsetMinutes: 0, status: 0, values: [...halves, 0, 25_600, 25_600, tokenIdentifier, 0] },
    ]);
    expect(meter.tokens.lastCredit).to.deep.include({ at: start + second, amount: 25_600 });
    const service = "transfer-credit-electricity";
    expect(meter.tokens.last).to.deep.equal({
      digits,
      at: start + minute,
      delivery: "manual",
      result: "used-error",
      service,
      tokenIdentifier,
    });
    meter.tokens.enter("12345", "manual");
    expect(meter.tokens.last).to.deep.include({ digits: "", result: "format-error", service: undefined });
    expect(meter.tokens.lastCredit?.at).to.equal(start + second);
    expect([meter.tokens.accepted, meter.tokens.rejected]).to.deep.equal([1, 3]);
  });

  it("is the last fifty with credit and the last hundred of all, and clearing it makes no token good again", () => {
    const meter = customerOf(vendor, { terms: { maximumCredit: 1000 * kWh } });
    const tokens = Array.from({ length: 60 }, (_, index) => vendor.credit(index + 1, start));
    for (const token of [...tokens, ...tokens]) meter.tokens.enter(token, "manual");
    expect([meter.tokens.credits.length, meter.tokens.credits.valueAt(0, 3)]).to.deep.equal([50, 1100]);
    expect([meter.tokens.transfers.length, meter.tokens.transfers.valueAt(0, 3)]).to.deep.equal([100, tokenResults.indexOf("accepted")]);
    expect([meter.tokens.accepted, meter.tokens.rejected]).to.deep.equal([60, 60]);
    meter.tokens.clear("credits");
    meter.tokens.clear("transfers");
    expect([meter.tokens.credits.length, meter.tokens.transfers.length]).to.deep.equal([0, 0]);
    expect(meter.tokens.enter(tokens[59] as string, "manual").result).to.equal("used-error");
    expect(meter.tokens.enter(tokens[0] as string, "manual").result).to.equal("old-error");
  });

  it("is stamped with the local time of the meter beside UTC", () => {
    const meter = customerOf(vendor, { config: { zone: paris } });
    meter.tokens.enter(vendor.credit(10, start), "manual");
    for (const rows of [meter.tokens.credits, meter.tokens.transfers]) {
      expect([rows.stampAt(0), rows.offsetMinutesAt(0)]).to.deep.equal([start + second, 60]);
    }
  });

  it("has the register of import, and says where the clock was not to be trusted", () => {
    const meter = prepaid({ opening: 5 * kWh }, constantLoad(), {
      sts: stsConfig(vendor, start - hour),
      clockReserve: 0,
    });
    meter.advance(start + hour);
    meter.powerUp(start + 2 * hour);
    expect(meter.clockValid).to.equal(false);
    meter.tokens.enter(vendor.credit(10, start), "manual");
    const [row] = rowsOf(meter.tokens.credits);
    expect(row?.status).to.equal(RowStatus.clockInvalid);
    expect(row?.values.slice(3)).to.deep.equal([1000, 5000, meter.tokens.lastCredit?.tokenIdentifier, 1000]);
  });
});

describe("a meter takes no tokens", () => {
  it("without supply, and has not seen them", () => {
    const at = start + minute;
    const load = scriptedLoad([
      [start, kilowatt],
      [at, undefined],
      [at + minute, kilowatt],
    ]);
    const meter = prepaid({}, load, { sts: stsConfig(vendor, start - hour) });
    meter.advance(at + second);
    const token = vendor.credit(10, start);
    for (const delivery of tokenDeliveries) expect(meter.tokens.enter(token, delivery)).to.deep.equal({ result: "not-ready" });
    expect([meter.tokens.transfers.length, meter.tokens.rejected, meter.tokens.last]).to.deep.equal([0, 0, undefined]);
    meter.advance(at + 2 * minute);
    expect(meter.tokens.enter(token, "remote").result).to.equal("accepted");
  });

  it("outside of any STS system, and says so", () => {
    const meter = newMeter(start, idle);
    expect([meter.tokens.config, meter.tokens.key]).to.deep.equal([undefined, undefined]);
    expect(meter.tokens.enter(vendor.credit(10, start), "manual")).to.deep.equal({ result: "function-error" });
    expect(meter.tokens.enter("00000000000150997584", "manual")).to.deep.equal({ result: "function-error" });
    expect(meter.tokens.enter("1234", "manual")).to.deep.equal({ result: "format-error" });
    expect(namesOf(meter)).to.deep.equal(["tokenRejectedFunction", "tokenRejectedFunction", "tokenRejectedFormat"]);
    expect(stored(meter).tokens.key).to.equal(undefined);
  });

  it("over the gateway more often than ten times a minute, whatever they are; the keypad stays open", () => {
    const meter = customerOf(vendor, { terms: { maximumCredit: 1000 * kWh } });
    const token = vendor.credit(10, start);
    const enter = (delivery: TokenDelivery, digits = stranger.credit(10, start)) => meter.tokens.enter(digits, delivery).result;
    for (let time = 0; time < 10; time++) {
      expect(enter(time % 2 === 0 ? "remote" : "local")).to.equal("crc-error");
      meter.advance(meter.now + second);
    }
    expect(enter("remote", token)).to.equal("not-ready");
    expect(enter("local", token)).to.equal("not-ready");
    expect(meter.tokens.transfers.length, "not seen").to.equal(10);
    expect(enter("manual", vendor.credit(10, start))).to.equal("accepted");
    // A minute after the first there is room for one; what was refused did not count.
    meter.advance(start + second + minute - 1);
    expect(enter("remote", token)).to.equal("not-ready");
    meter.advance(start + second + minute);
    expect(enter("remote", token)).to.equal("accepted");
    expect(enter("remote", token)).to.equal("not-ready");
    expect(meter.state.tokens.attempts).to.have.lengthOf(10);
    meter.advance(start + hour);
    for (let time = 0; time < 10; time++) expect(enter("remote", token)).to.equal("used-error");
    expect(enter("remote", token), "good ones count as well").to.equal("not-ready");
    expect(stored(meter).tokens.enter(token, "remote").result, "after a restart").to.equal("not-ready");
  });
});
