import { expect } from "chai";
import { day, hour, minute, second } from "../../../src/meter-model/index.ts";
import { newMeter, point, scriptedLoad } from "../support.ts";
import { balances, kWh, logged, prepaid, start } from "./support.ts";

describe("the credit of a meter", () => {
  it("is used up to the watt-hour, at the very pulse of which the supply is cut", () => {
    const meter = prepaid({ opening: 10, terms: { low1: 0, low2: 0, emergencyInitial: 0, emergencyLimit: 0 } });
    meter.advance(start + 36 * second - 1);
    expect([meter.credit.balance, meter.relay.closed]).to.deep.equal([1, true]);
    meter.advance(start + 36 * second);
    expect([meter.credit.balance, meter.relay.closed, meter.measurement.activeImport]).to.deep.equal([0, false, 0]);
    expect(logged(meter)).to.deep.equal(["36 creditExhausted", "36 locallyDisconnected"]);
    meter.advance(start + day);
    expect(meter.energy("activeImport")).to.equal(10);
    expect(balances(meter)).to.equal(true);
  });

  it("comes from tokens in tenths of a kilowatt-hour, and connects again by itself", () => {
    const meter = prepaid({ terms: { low1: 0, low2: 0, emergencyInitial: 0 } });
    meter.advance(start + second);
    expect(meter.relay.closed).to.equal(false);
    expect(meter.credit.topUp("energy", 256)).to.equal("accepted");
    meter.advance(start + 2 * second);
    expect([meter.credit.balance, meter.relay.closed]).to.deep.equal([25_600, true]);
    expect(meter.credit.total("token")).to.equal(25_600);
  });

  it("is not taken beyond what may be stored, nor more at once than one token may bring; then nothing changes", () => {
    const meter = prepaid({ opening: 90 * kWh, terms: { maximumCredit: 100 * kWh, maximumToken: 50 * kWh } });
    expect(meter.credit.topUp("energy", 101)).to.equal("overflow");
    expect(meter.credit.topUp("energy", 501)).to.equal("above-vend-limit");
    expect(meter.credit.topUp("currency", 1)).to.equal("wrong-unit");
    expect(meter.credit.balance).to.equal(90 * kWh);
    expect(meter.credit.topUp("energy", 100)).to.equal("accepted");
    expect(meter.credit.balance).to.equal(100 * kWh);
  });

  it("is called low by levels on the way down, and sufficient again on the way up", () => {
    const meter = prepaid({ opening: 6 * kWh, terms: { low1: 5 * kWh, low2: 2 * kWh } });
    meter.advance(start + 4 * hour);
    expect(logged(meter)).to.deep.equal(["3600 creditLow1", "14400 creditLow2"]);
    expect(meter.credit.lowLevel).to.equal(2);
    meter.credit.topUp("energy", 100);
    expect(meter.credit.lowLevel).to.equal(0);
    expect(logged(meter)).to.deep.equal(["14400 creditSufficient"]);
  });

  it("warns by cutting the supply once, until the customer answers", () => {
    const meter = prepaid({ opening: 2 * kWh, terms: { low1: 0, low2: 0, low3: kWh } });
    meter.advance(start + hour);
    expect([meter.relay.closed, meter.credit.available]).to.deep.equal([false, kWh]);
    meter.advance(start + 2 * hour);
    expect(meter.relay.closed).to.equal(false);
    meter.credit.acknowledgeWarning();
    meter.advance(start + 2 * hour + second);
    expect(meter.relay.closed).to.equal(true);
    meter.advance(start + 3 * hour - 1);
    expect(meter.relay.closed).to.equal(true);
    meter.advance(start + 3 * hour);
    expect([meter.relay.closed, meter.credit.available]).to.deep.equal([false, 0]);
  });

  it("lasts for days at the pace of the last week", () => {
    const meter = prepaid({ opening: 300 * kWh });
    expect(meter.credit.daysLeft).to.equal(9999);
    meter.advance(start + 12 * hour);
    meter.advance(start + 12 * hour + 7 * day);
    expect([meter.credit.spentYesterday, meter.credit.spentToday]).to.deep.equal([24 * kWh, 0]);
    expect(meter.credit.available).to.equal((300 - 12 - 7 * 24) * kWh);
    expect(meter.credit.daysLeft).to.equal(5);
  });

  it("does not count while energy is paid afterwards", () => {
    const meter = newMeter(start);
    expect(meter.credit.topUp("energy", 10)).to.equal("wrong-unit");
    meter.advance(start + 2 * day);
    expect([meter.relay.closed, meter.credit.balance, meter.credit.spentYesterday]).to.deep.equal([true, 0, 24 * kWh]);
    expect(logged(meter)).to.deep.equal([]);
  });
});

describe("emergency credit", () => {
  const terms = { low1: 0, low2: 0, emergencyInitial: kWh, emergencyLimit: 2 * kWh };

  it("is offered when nothing is left, taken by the customer, used up, and paid back first", () => {
    const meter = prepaid({ opening: kWh, terms });
    expect(meter.credit.selectEmergency()).to.equal("not-needed");
    meter.advance(start + hour);
    expect(logged(meter)).to.deep.equal(["3600 emergencyOffered", "3600 creditExhausted", "3600 locallyDisconnected"]);
    expect([meter.credit.statusOf("emergency"), meter.relay.closed]).to.deep.equal(["selectable", false]);
    expect(meter.credit.selectEmergency()).to.equal("accepted");
    meter.advance(start + hour + 30 * minute);
    expect([meter.credit.statusOf("emergency"), meter.relay.closed, meter.credit.emergencyUsed]).to.deep.equal(["in-use", true, 500]);
    expect(meter.credit.selectEmergency()).to.equal("already-active");
    meter.advance(start + 2 * hour);
    expect([meter.credit.statusOf("emergency"), meter.relay.closed, meter.credit.owed]).to.deep.equal(["exhausted", false, kWh]);
    expect(meter.credit.selectEmergency()).to.equal("in-debt");
    // Too little to pay back what was lent: the supply stays off.
    meter.credit.topUp("energy", 6);
    meter.advance(start + 2 * hour + second);
    expect([meter.credit.owed, meter.credit.balance, meter.relay.closed]).to.deep.equal([400, 0, false]);
    meter.credit.topUp("energy", 10);
    meter.advance(start + 2 * hour + 2 * second);
    expect([meter.credit.owed, meter.credit.balance, meter.relay.closed]).to.deep.equal([0, 600, true]);
    expect([meter.credit.statusOf("emergency"), meter.credit.emergencyLeft]).to.deep.equal(["enabled", 2 * kWh]);
    expect(balances(meter)).to.equal(true);
  });

  it("keeps the supply on where it begins by itself", () => {
    const meter = prepaid({ opening: kWh, terms });
    meter.credit.configure({ emergencyConfirmed: false });
    meter.advance(start + 2 * hour - 1);
    expect([meter.relay.closed, meter.credit.emergencyUsed]).to.deep.equal([true, 999]);
    meter.advance(start + 2 * hour);
    expect(meter.relay.closed).to.equal(false);
    expect(logged(meter).map((entry) => entry.split(" ")[1])).to.deep.equal([
      "emergencySelected",
      "emergencyExhausted",
      "creditExhausted",
      "locallyDisconnected",
    ]);
  });

  it("taken before it is needed is given back unused with the next payment", () => {
    const meter = prepaid({ opening: 2 * kWh, terms: { ...terms, emergencyOffer: kWh } });
    meter.advance(start + hour);
    expect([meter.credit.statusOf("emergency"), meter.relay.closed]).to.deep.equal(["selectable", true]);
    meter.credit.selectEmergency();
    expect([meter.credit.statusOf("emergency"), meter.credit.available]).to.deep.equal(["selected", 2 * kWh]);
    meter.credit.topUp("energy", 20);
    expect([meter.credit.statusOf("emergency"), meter.credit.available, meter.credit.emergencyLeft]).to.deep.equal([
      "enabled",
      3 * kWh,
      kWh,
    ]);
  });
});

describe("friendly times", () => {
  const terms = { low1: 0, low2: 0, emergencyInitial: 0, emergencyLimit: 0 };
  const nights = { enabled: true, windows: [{ start: 20 * 3600, end: 8 * 3600 }], days: new Array<boolean>(8).fill(true), holidays: [] };
  const friendly = { terms, friendly: nights };

  it("keep the supply on when credit runs out in them, and cut it when they end", () => {
    const meter = prepaid({ opening: 10 * kWh, ...friendly });
    meter.advance(start + 20 * hour - 1);
    expect([meter.relay.closed, meter.credit.balance, meter.credit.heldByFriendly]).to.deep.equal([true, -9999, true]);
    meter.advance(start + 20 * hour);
    expect([meter.relay.closed, meter.credit.owed, meter.credit.heldByFriendly]).to.deep.equal([false, 10 * kWh, false]);
    expect(logged(meter)).to.deep.equal([
      "28800 friendlyPeriodStarted",
      "36000 creditExhausted",
      "72000 friendlyPeriodEnded",
      "72000 deferredDisconnection",
      "72000 locallyDisconnected",
    ]);
    meter.credit.topUp("energy", 101);
    meter.advance(start + 20 * hour + second);
    expect([meter.relay.closed, meter.credit.balance]).to.deep.equal([true, 100]);
    expect(balances(meter)).to.equal(true);
  });

  it("do not connect who was cut off before them", () => {
    const meter = prepaid({ opening: kWh, ...friendly });
    meter.advance(start + 10 * hour);
    expect([meter.relay.closed, meter.credit.inFriendlyTime, meter.credit.heldByFriendly]).to.deep.equal([false, true, false]);
  });

  it("end with the limit of the overdraft", () => {
    const meter = prepaid({ opening: 10 * kWh, terms: { ...terms, overdraft: 2 * kWh }, friendly: nights });
    meter.advance(start + 12 * hour);
    expect([meter.relay.closed, meter.credit.balance]).to.deep.equal([false, -2 * kWh]);
  });

  it("are whole holidays where they are told to be", () => {
    const holidays = [{ index: 1, dayId: 1, date: { year: undefined, month: 11, day: 23 } as never }];
    const meter = prepaid({
      opening: kWh,
      terms,
      friendly: { ...nights, windows: [], days: [false, false, false, false, false, false, false, true], holidays },
    });
    meter.advance(start + 11 * hour);
    expect([meter.relay.closed, meter.credit.owed]).to.deep.equal([true, 10 * kWh]);
    meter.advance(start + 12 * hour);
    expect(meter.relay.closed).to.equal(false);
  });
});

describe("the payment mode", () => {
  const terms = { low1: 0, low2: 0, emergencyInitial: kWh };

  it("changes with the billing period, freezes what is left, and leaves connecting to the customer", () => {
    const meter = prepaid({ opening: kWh, terms });
    meter.advance(start + 2 * hour);
    expect(meter.relay.closed).to.equal(false);
    expect(meter.credit.setMode("postpaid")).to.equal("accepted");
    meter.advance(start + 2 * hour + second);
    expect([meter.relay.closed, meter.relay.controlState, meter.relay.mode]).to.deep.equal([false, "ready-for-reconnection", 4]);
    expect(meter.profile("monthly").rows.length).to.equal(1);
    expect(meter.relay.manualReconnect()).to.equal("accepted");
    meter.advance(start + 30 * hour);
    expect([meter.relay.closed, meter.credit.balance]).to.deep.equal([true, 0]);
    // Back again: the change itself cuts nobody off, emergency credit begins.
    expect(meter.credit.setMode("prepaid")).to.equal("accepted");
    meter.advance(start + 30 * hour + minute);
    expect([meter.relay.closed, meter.credit.statusOf("emergency"), meter.relay.mode]).to.deep.equal([true, "in-use", 6]);
  });

  it("changes at its time, with the return of the supply where there was none then", () => {
    const meter = prepaid(
      { opening: 100 * kWh },
      scriptedLoad([
        [start + hour, undefined],
        [start + 3 * hour, point({})],
      ]),
    );
    meter.credit.planMode("postpaid", start + 2 * hour);
    meter.advance(start + 2 * hour + minute);
    expect(meter.credit.mode).to.equal("prepaid");
    meter.advance(start + 3 * hour);
    expect([meter.credit.mode, meter.credit.switchAt]).to.deep.equal(["postpaid", undefined]);
  });

  it("counts in the other unit only without credit and debt", () => {
    const meter = prepaid({ opening: kWh });
    expect(meter.credit.setUnit("currency")).to.equal("refused");
    meter.credit.clearCredit();
    expect(meter.credit.setUnit("currency")).to.equal("accepted");
    expect(meter.credit.topUp("currency", 1_000_000)).to.equal("accepted");
    // Ten of the currency at a scale of -4.
    expect(meter.credit.balance).to.equal(100_000);
    expect(balances(meter)).to.equal(true);
  });
});

describe("prices", () => {
  it("rise by steps to the watt-hour and differ by rate", () => {
    const meter = prepaid({ unit: "currency", opening: 1_000_000, terms: { low1: 0, low2: 0 } });
    const step = (upTo: number | undefined, price: number) => ({ upTo, price, fixedFee: 0, grace: 0 });
    meter.steps.setPassive({ code: 1, base: "monthly", steps: [step(2, 1000), step(undefined, 3001)] });
    meter.steps.activate();
    meter.advance(start + 3 * hour);
    expect(meter.credit.balance).to.equal(1_000_000 - 2 * 1000 - 3001);
    expect(meter.credit.price).to.equal(3001);
    const prices = {
      commodityScale: 3,
      priceScale: -4,
      prices: [
        { index: [], price: 500 },
        { index: [2 * 16 + 1], price: 700 },
      ],
    };
    expect(meter.credit.charges.setPrices("energy", prices)).to.equal(true);
    meter.advance(start + 4 * hour);
    expect(meter.credit.balance).to.equal(1_000_000 - 2 * 1000 - 3001 - 700);
    // A thousandth of a price is kept: a Wh costs 0.7 units.
    meter.advance(start + 4 * hour + 3600);
    expect(meter.credit.balance).to.equal(994_298);
    expect(balances(meter)).to.equal(true);
  });
});

describe("charges", () => {
  const fixed = (price: number) => ({ commodityScale: 0, priceScale: -3, prices: [{ index: [], price }] });

  it("by time collect with each period, wait where nothing is left, and catch up with the next payment", () => {
    const meter = prepaid({ opening: 10 * kWh, terms: { low1: 0, low2: 0, emergencyInitial: 0 } });
    meter.credit.charges.setPrices("standing", fixed(500));
    meter.credit.charges.configure("standing", { period: 3600 });
    meter.advance(start + 4 * hour);
    expect(meter.credit.balance).to.equal(10_000 - 4 * 1500);
    meter.advance(start + 10 * hour);
    // 6 h 40 min: the last 500 of 10 000 went with the seventh hour begun.
    expect([meter.relay.closed, meter.credit.balance]).to.deep.equal([false, 0]);
    const { owed } = meter.credit.charges.get("standing");
    meter.credit.topUp("energy", 50);
    expect(meter.credit.balance).to.equal(5000 - owed / 1000);
    expect(balances(meter)).to.equal(true);
  });

  it("of debts collect until they are paid", () => {
    const meter = prepaid({ opening: 100 * kWh });
    meter.credit.charges.setPrices("debt1", fixed(2000));
    meter.credit.charges.configure("debt1", { period: 3600 });
    meter.credit.charges.setRemaining("debt1", 5_000_000);
    meter.advance(start + day);
    expect(meter.credit.debt).to.equal(0);
    expect(meter.credit.balance).to.equal((100 - 24 - 5) * kWh);
    expect(meter.credit.collections.length).to.equal(3);
  });

  it("of payments collect shares and amounts of what is left when older debts are paid", () => {
    const meter = prepaid({ opening: 0, terms: { emergencyInitial: 0 } });
    meter.credit.charges.configure("tax", { proportion: 1900 });
    meter.credit.charges.setPrices("paymentDebt", fixed(3000));
    meter.credit.charges.setRemaining("paymentDebt", 4_000_000);
    meter.credit.topUp("energy", 100);
    expect(meter.credit.balance).to.equal(10_000 - 3000 - 1900);
    meter.credit.topUp("energy", 100);
    expect(meter.credit.balance).to.equal(5100 + 10_000 - 1000 - 1900);
    expect([meter.credit.total("tax"), meter.credit.total("paymentDebt"), meter.credit.debt]).to.deep.equal([3800, 4000, 0]);
    expect(balances(meter)).to.equal(true);
  });

  it("of payments take no more within a time than they are limited to", () => {
    const meter = prepaid({ opening: 0, terms: { emergencyInitial: 0, maximumProvision: 2500 } });
    meter.credit.configure({ maximumProvisionPeriod: 86_400 });
    meter.credit.charges.configure("tax", { proportion: 2000 });
    meter.credit.topUp("energy", 100);
    meter.credit.topUp("energy", 100);
    expect(meter.credit.total("tax")).to.equal(2500);
    meter.advance(start + day + second);
    meter.credit.topUp("energy", 100);
    expect(meter.credit.total("tax")).to.equal(4500);
  });
});

describe("a refund", () => {
  it("gives back what is left, once, and nothing that was lent", () => {
    const meter = prepaid({ opening: 5 * kWh, terms: { low1: 0, low2: 0, emergencyInitial: kWh } });
    meter.advance(start + hour);
    expect(meter.credit.clearCredit()).to.equal(4 * kWh);
    expect(meter.credit.clearCredit()).to.equal(0);
    expect(meter.credit.refunds.count).to.equal(1);
    meter.credit.selectEmergency();
    meter.advance(start + hour + minute);
    expect(meter.credit.clearCredit()).to.equal(0);
    expect(balances(meter)).to.equal(true);
  });
});

describe("the buzzer", () => {
  it("is heard by day, as many minutes apart as the customer wants", () => {
    const meter = prepaid({ opening: 1 * kWh });
    expect([meter.credit.audible, meter.credit.buzzer.repeat]).to.deep.equal([true, 10]);
    expect(meter.credit.setBuzzer({ repeat: 99 })).to.equal("accepted");
    for (const repeat of [0, 100, 1.5]) expect(meter.credit.setBuzzer({ repeat }), `${repeat}`).to.equal("out-of-range");
    meter.advance(start + 10 * hour - 1);
    expect(meter.credit.audible).to.equal(true);
    meter.advance(start + 10 * hour);
    expect(meter.credit.audible, "22:00").to.equal(false);
    expect(meter.credit.setBuzzer({ quiet: { start: 0, end: 60 } })).to.equal("accepted");
    expect([meter.credit.audible, meter.credit.buzzer.repeat]).to.deep.equal([true, 99]);
    expect(meter.credit.setBuzzer({ enabled: false })).to.equal("accepted");
    expect(meter.credit.audible).to.equal(false);
  });
});
