import { expect } from "chai";
import { day } from "../../../../src/meter-model/index.ts";
import { prepaid } from "../../../meter-model/credit/support.ts";
import { customerOf, Vendor } from "../../../meter-model/tokens/support.ts";
import { itFollowsTheObjectList } from "../bare-objects.ts";
import { darkTill, doubleLong, longUnsigned, start, structure, till, tillOf } from "./support.ts";

const register = (instance: number) => `0.0.96.60.${instance}.255`;
const wattHours = structure("0F00", "161E");

/** Registers with an amount that a client may change, and the term each is. */
const terms = {
  [register(3)]: "emergencyLimit",
  [register(6)]: "low1",
  [register(7)]: "low2",
  [register(8)]: "low3",
  "0.0.19.50.1.255": "maximumCredit",
  "0.0.19.50.2.255": "maximumToken",
} as const;

describe("Registers of the account", () => {
  itFollowsTheObjectList(() => till().bare);

  it("show what was paid, lent, used and given back", () => {
    const vendor = new Vendor();
    const meter = customerOf(vendor, { terms: { emergencyInitial: 6000, emergencyLimit: 8000 } });
    const { bare } = tillOf(meter);
    meter.credit.selectEmergency();
    meter.credit.setAmount("emergency", 4500);
    const shown = (...instances: readonly number[]) => instances.map((instance) => bare.read(`${register(instance)}:2`));
    expect(shown(0, 1, 4, 5)).to.deep.equal([4500, 0, 1500, 1500].map(doubleLong));
    meter.tokens.enter(vendor.credit(50, start), "manual");
    expect(shown(0, 1, 4, 5), "5 kWh, of which the loan took 1.5").to.deep.equal([3500, 5000, 0, 0].map(doubleLong));
    meter.credit.clearCredit();
    expect(shown(0, 1, 14)).to.deep.equal([0, 5000, 3500].map(doubleLong));
  });

  it("show what is used, by day and month, and how long credit lasts", () => {
    const meter = prepaid({ opening: 480_000 });
    const { bare } = tillOf(meter);
    meter.advance(start + 14 * day);
    expect(bare.read(`${register(2)}:2`), "a kilowatt for two weeks").to.equal(doubleLong(336_000));
    expect(bare.read(`${register(16)}:2`), "yesterday").to.equal(doubleLong(24_000));
    expect(bare.read(`${register(17)}:2`), "since the first of December").to.equal(doubleLong(156_000));
    expect(bare.read(`${register(0)}:2`)).to.equal(doubleLong(144_000));
    expect(bare.read(`${register(15)}:2`), "days").to.equal(longUnsigned(6));
  });

  it("have the unit of the account", () => {
    const [energy, money] = [till(), till({ unit: "currency", opening: 1000, currency: { name: "EUR", scale: -2 } })];
    for (const instance of [0, 1, 2, 3, 4, 5, 6, 7, 8, 14, 16, 17]) {
      expect(energy.bare.read(`${register(instance)}:3`), `${instance}`).to.equal(wattHours);
      expect(money.bare.read(`${register(instance)}:3`), `${instance}`).to.equal(structure("0FFE", "160A"));
    }
    expect(money.bare.read(`${register(0)}:2`)).to.equal(doubleLong(1000));
  });

  it("take the amounts that credit goes by, not below 0, and only as double-long", () => {
    const { bare, meter } = till();
    for (const [logicalName, term] of Object.entries(terms)) {
      const at = `${logicalName}:2`;
      expect(bare.read(at), at).to.equal(doubleLong(meter.credit.terms[term]));
      expect(bare.write(at, doubleLong(4321)), at).to.equal("success");
      expect(bare.write(at, doubleLong(-1)), at).to.equal("other-reason");
      for (const wrong of ["0600000001", "120001", "00"]) expect(bare.write(at, wrong), at).to.equal("type-unmatched");
      expect([meter.credit.terms[term], bare.read(at)], at).to.deep.equal([4321, doubleLong(4321)]);
      expect(bare.write(`${logicalName}:3`, wattHours), at).to.equal("read-write-denied");
    }
  });

  it("that show take nothing", () => {
    const { bare } = till();
    for (const instance of [0, 1, 2, 4, 5, 14, 16, 17]) {
      expect(bare.write(`${register(instance)}:2`, doubleLong(1)), `${instance}`).to.equal("read-write-denied");
    }
    expect(bare.write(`${register(15)}:2`, longUnsigned(1))).to.equal("read-write-denied");
  });

  it("stay at the end of a double-long for sums of many years", () => {
    const { bare, meter } = till();
    meter.state.credit.ledger.totals.token = 5e12;
    expect(bare.read(`${register(1)}:2`)).to.equal("057FFFFFFF");
  });

  it("change nothing without supply", () => {
    const { bare, meter } = darkTill();
    const before = structuredClone(meter.credit.terms);
    for (const logicalName of Object.keys(terms)) expect(bare.write(`${logicalName}:2`, doubleLong(1))).to.equal("temporary-failure");
    expect(meter.credit.terms).to.deep.equal(before);
  });
});
