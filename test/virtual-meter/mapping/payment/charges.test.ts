import { expect } from "chai";
import { hour, minute } from "../../../../src/meter-model/index.ts";
import {
  array,
  darkTill,
  doubleLong,
  doubleLongUnsigned,
  longUnsigned,
  name,
  never,
  start,
  startOctets,
  structure,
  till,
} from "./support.ts";

const [energy, standing, debt1, debt2, paymentDebt, tax] = [0, 1, 2, 3, 4, 5].map((index) => `0.0.19.20.${index}.255`) as [
  string,
  string,
  string,
  string,
  string,
  string,
];

const ofEnergy = structure("120003", name("1.0.1.8.0.255"), "0F02");
const ofNothing = structure("120000", name("0.0.0.0.0.0"), "0F00");
const price = (octets: string, index = "0900") => structure(index, `10${octets}`);

/** unit_charge: powers of ten of the commodity and of the price, what is charged for, prices. */
const prices = (commodityScale: string, priceScale: string, commodity: string, ...table: readonly string[]) =>
  structure(structure(`0F${commodityScale}`, `0F${priceScale}`), commodity, array(...table));

const hourly = prices("00", "FE", ofNothing, price("0019"));

describe("Charges", () => {
  it("show what they are for before they cost anything", () => {
    const { bare } = till({ unit: "currency", opening: 100_000 });
    const zero = doubleLong(0);
    const free = (commodity: string, scale: string) => prices(scale, "FC", commodity);
    for (const [logicalName, type, priority, configuration, none] of [
      [energy, "1600", "1101", "040240", free(ofEnergy, "03")],
      [standing, "1601", "1102", "040240", free(ofNothing, "00")],
      [debt1, "1601", "1103", "040200", free(ofNothing, "00")],
      [debt2, "1601", "1104", "040200", free(ofNothing, "00")],
      [paymentDebt, "1602", "1105", "040200", free(ofNothing, "00")],
      [tax, "1602", "1106", "0402C0", free(ofNothing, "00")],
    ] as const) {
      const shown = Array.from({ length: 13 }, (_, index) => bare.read(`${logicalName}:${index + 1}`));
      expect(shown, logicalName).to.deep.equal([
        name(logicalName),
        zero,
        type,
        priority,
        none,
        none,
        never,
        doubleLongUnsigned(0),
        configuration,
        never,
        zero,
        zero,
        longUnsigned(0),
      ]);
    }
  });

  it("take parameters, each within its range", () => {
    const { bare, meter } = till();
    const charge = () => meter.credit.charges.get("debt1");
    for (const [attribute, right, wrong, kept] of [
      [4, "1109", undefined, () => charge().priority === 9],
      [8, doubleLongUnsigned(3600), undefined, () => charge().period === 3600],
      [9, "0402C0", undefined, () => charge().percentage && charge().continuous],
      [13, longUnsigned(10_000), longUnsigned(10_001), () => charge().proportion === 10_000],
      [7, "090C07EA0B17FF0D000000000000", "090C07EA0B17FFFF000000000000", () => charge().activateAt === start + hour],
      [6, hourly, prices("01", "FE", ofNothing), () => charge().passive.prices[0]?.price === 25 && charge().passive.priceScale === -2],
    ] as const) {
      const at = `${debt1}:${attribute}`;
      expect(bare.write(at, right), at).to.equal("success");
      if (wrong !== undefined) expect(bare.write(at, wrong), at).to.equal("other-reason");
      expect(bare.write(at, "1000FF"), at).to.equal("type-unmatched");
      expect(kept(), at).to.equal(true);
    }
    expect(bare.read(`${debt1}:7`)).to.equal("090C07EA0B17010D000000000000");
    expect(bare.write(`${debt1}:7`, never), "never again").to.equal("success");
    expect([charge().activateAt, bare.read(`${debt1}:7`)]).to.deep.equal([undefined, never]);
  });

  it("take no other attribute", () => {
    const { bare } = till();
    for (const attribute of [1, 2, 3, 5, 10, 11, 12]) {
      const at = `${debt1}:${attribute}`;
      expect(bare.write(at, bare.read(at)), at).to.equal("read-write-denied");
    }
  });

  it("take prices for what they are charged for, and for nothing else", () => {
    const { bare, meter } = till({ unit: "currency", opening: 100_000 });
    const passive = () => meter.credit.charges.get("energy").passive;
    const right = prices("03", "FC", ofEnergy, price("0BB8"), price("0FA0", "090122"));
    expect(bare.write(`${energy}:6`, right)).to.equal("success");
    expect(passive()).to.deep.equal({
      commodityScale: 3,
      priceScale: -4,
      prices: [
        { index: [], price: 3000 },
        { index: [0x22], price: 4000 },
      ],
    });
    for (const wrong of [
      prices("03", "FC", ofNothing, price("0001")),
      prices("00", "FC", ofEnergy, price("0001")),
      prices("03", "FA", ofEnergy, price("0001")),
      prices("03", "FC", ofEnergy, price("FFFF")),
      prices("03", "FC", ofEnergy, price("0001", "09021122")),
    ]) {
      expect(bare.write(`${energy}:6`, wrong), wrong).to.equal("other-reason");
    }
    expect(bare.write(`${standing}:6`, prices("00", "FC", ofEnergy, price("0001"))), "by time").to.equal("other-reason");
    expect(bare.read(`${energy}:6`)).to.equal(right);
  });

  it("change prices to come one by one, and put them in force by a method or by the clock", () => {
    const { bare, meter } = till({ unit: "currency", opening: 100_000 });
    const charge = () => meter.credit.charges.get("energy");
    expect(bare.invoke(`${energy}:1`, array(price("0064"), price("00C8", "090101")))).to.equal("success");
    expect(bare.invoke(`${energy}:1`, array(price("0065")))).to.equal("success");
    const first = [
      { index: [1], price: 200 },
      { index: [], price: 101 },
    ];
    expect([charge().active.prices, charge().passive.prices]).to.deep.equal([[], first]);
    expect(bare.invoke(`${energy}:1`, array(price("FFFF"))), "below nothing").to.equal("other-reason");
    expect(bare.invoke(`${energy}:1`, "0F00")).to.equal("type-unmatched");
    expect(charge().passive.prices).to.deep.equal(first);
    expect(bare.invoke(`${energy}:2`, "0F00")).to.equal("success");
    expect(bare.read(`${energy}:5`)).to.equal(prices("03", "FC", ofEnergy, price("00C8", "090101"), price("0065")));
    expect(bare.invoke(`${energy}:1`, array(price("0066")))).to.equal("success");
    expect(bare.write(`${energy}:7`, "090C07EA0B17FF0C0A0000000000")).to.equal("success");
    meter.advance(start + 10 * minute - 1);
    expect(charge().active.prices).to.deep.equal(first);
    meter.advance(start + 10 * minute);
    expect([charge().active.prices[1]?.price, bare.read(`${energy}:7`)]).to.deep.equal([102, never]);
  });

  it("collect by time, as far as there is credit, and tell of it", () => {
    const { bare, meter } = till();
    expect(bare.write(`${standing}:6`, hourly)).to.equal("success");
    expect(bare.invoke(`${standing}:2`)).to.equal("success");
    expect(bare.invoke(`${standing}:3`, "0F00")).to.equal("success");
    expect(meter.credit.balance, "25 hundredths of a kWh").to.equal(29_750);
    expect([2, 10, 11, 12].map((id) => bare.read(`${standing}:${id}`))).to.deep.equal([
      doubleLong(250),
      startOctets,
      doubleLong(250),
      doubleLong(0),
    ]);
    meter.credit.setAccount("closed");
    expect(bare.invoke(`${standing}:3`, "0F00"), "of no account").to.equal("other-reason");
    expect(meter.credit.balance).to.equal(29_750);
  });

  it("are no more collected by hand where they are not by time", () => {
    const { bare } = till();
    for (const logicalName of [energy, paymentDebt, tax]) expect(bare.invoke(`${logicalName}:3`, "0F00")).to.not.equal("success");
  });

  it("change a debt by an amount and to an amount, never below 0", () => {
    const { bare, meter } = till();
    const remaining = () => [meter.credit.remainingOf("debt2"), bare.read(`${debt2}:12`)];
    expect(bare.invoke(`${debt2}:5`, doubleLong(4000))).to.equal("success");
    expect(remaining()).to.deep.equal([4000, doubleLong(4000)]);
    expect(bare.invoke(`${debt2}:4`, doubleLong(-1500))).to.equal("success");
    expect(remaining()).to.deep.equal([2500, doubleLong(2500)]);
    expect(bare.invoke(`${debt2}:4`, doubleLong(-9999))).to.equal("success");
    expect(remaining()).to.deep.equal([0, doubleLong(0)]);
    for (const method of [4, 5]) expect(bare.invoke(`${debt2}:${method}`, "120001")).to.equal("type-unmatched");
    expect(bare.invoke(`${tax}:5`, doubleLong(4000)), "collected for ever").to.equal("success");
    expect(meter.credit.remainingOf("tax")).to.equal(0);
  });

  it("change nothing without supply", () => {
    const { bare, meter } = darkTill();
    const before = structuredClone(meter.credit.charges.get("standing"));
    for (const [attribute, octets] of [
      [4, "1109"],
      [6, hourly],
      [7, never],
      [8, doubleLongUnsigned(1)],
      [9, "0402C0"],
      [13, longUnsigned(1)],
    ] as const) {
      expect(bare.write(`${standing}:${attribute}`, octets), `${attribute}`).to.equal("temporary-failure");
    }
    for (const [method, octets] of [
      [1, array(price("0001"))],
      [2, "0F00"],
      [3, "0F00"],
      [4, doubleLong(1)],
      [5, doubleLong(1)],
    ] as const) {
      expect(bare.invoke(`${standing}:${method}`, octets), `${method}`).to.equal("temporary-failure");
    }
    expect(meter.credit.charges.get("standing")).to.deep.equal(before);
  });
});
