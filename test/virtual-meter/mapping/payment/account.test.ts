import { expect } from "chai";
import { hour } from "../../../../src/meter-model/index.ts";
import { array, darkTill, doubleLong, longUnsigned, name, never, start, startOctets, structure, till } from "./support.ts";

const account = "0.0.19.0.0.255";
const passive = "0.1.19.0.0.255";
const [token, emergency, friendly] = [0, 1, 2].map((index) => name(`0.0.19.10.${index}.255`)) as [string, string, string];
const charges = [0, 1, 2, 3, 4, 5].map((index) => name(`0.0.19.20.${index}.255`));
const whenever = "0403E0";

const prepayment = (status: number) => structure("1602", `160${status}`);
const credit = (status: number) => structure("1601", `160${status}`);

describe("Account", () => {
  it("shows what the account is and has", () => {
    const { bare } = till();
    const expected: Readonly<Record<number, string>> = {
      1: name(account),
      2: prepayment(2),
      3: "1100",
      4: "0408A0",
      5: doubleLong(30_000),
      6: doubleLong(0),
      7: doubleLong(0),
      8: doubleLong(0),
      9: array(token, emergency, friendly),
      10: array(...charges),
      11: array(
        ...charges.map((charge) => structure(token, charge, whenever)),
        ...[emergency, friendly].map((lent) => structure(lent, charges[0] as string, whenever)),
      ),
      12: "0100",
      13: startOctets,
      14: never,
      15: structure("0C036B5768", "0FFD", "1601"),
      16: doubleLong(20_000),
      17: doubleLong(0),
      18: longUnsigned(0),
      19: doubleLong(0),
    };
    for (const [attribute, octets] of Object.entries(expected)) expect(bare.read(`${account}:${attribute}`), attribute).to.equal(octets);
  });

  it("counts in the money of the meter, with its scale", () => {
    const { bare } = till({ unit: "currency", opening: 120_000 });
    expect(bare.read(`${account}:15`)).to.equal(structure("0C03455552", "0FFC", "1602"));
    expect(bare.read(`${account}:5`)).to.equal(doubleLong(120_000));
    expect(bare.read(`${account}:16`)).to.equal(doubleLong(50_000));
  });

  it("says which credit is in use, what comes next, and where", () => {
    const { bare, meter } = till({ terms: { emergencyOffer: 500, low1: 20_000, emergencyLow: 2000 } });
    const shown = () => [3, 4, 5, 6, 16, 17].map((attribute) => bare.read(`${account}:${attribute}`));
    const none = doubleLong(-(2 ** 31));
    meter.credit.setAmount("token", 10_000);
    expect(shown(), "low").to.deep.equal(["1100", "0408E0", doubleLong(10_000), doubleLong(0), doubleLong(20_000), doubleLong(500)]);
    meter.credit.setAmount("token", 500);
    expect(shown(), "offered").to.deep.equal(["1100", "0408D0", doubleLong(500), doubleLong(0), doubleLong(20_000), doubleLong(500)]);
    meter.credit.selectEmergency();
    expect(shown()[1], "selected").to.equal("0408C8");
    meter.credit.setAmount("token", 0);
    expect(shown(), "in use").to.deep.equal(["1101", "0408C4", doubleLong(10_000), doubleLong(0), doubleLong(2000), none]);
    meter.credit.setAmount("emergency", 0);
    expect(shown(), "used up").to.deep.equal(["1103", "040842", doubleLong(0), doubleLong(-10_000), doubleLong(0), none]);
  });

  it("adds up debts, and what has to be paid beyond them", () => {
    const { bare, meter } = till({ opening: 0, terms: { emergencyInitial: 0, emergencyLimit: 0 } });
    meter.credit.charges.setRemaining("debt1", 7_000_000);
    meter.credit.charges.setRemaining("paymentDebt", 500_000);
    expect(bare.read(`${account}:8`)).to.equal(doubleLong(7500));
    expect(bare.write(`${account}:7`, doubleLong(1500))).to.equal("success");
    expect(meter.credit.terms.clearance).to.equal(1500);
    expect(bare.read(`${account}:6`), "not above 0").to.equal(doubleLong(-1500));
  });

  it("lists charges in the order of their collection", () => {
    const { bare, meter } = till();
    meter.credit.charges.configure("tax", { priority: 0 });
    const [last, ...others] = charges.toReversed();
    expect(bare.read(`${account}:10`)).to.equal(array(last as string, ...others.toReversed()));
  });

  it("changes the payment mode, and not the status with it", () => {
    const { bare, meter } = till();
    for (const wrong of [credit(1), credit(3), structure("1603", "1602")]) {
      expect(bare.write(`${account}:2`, wrong), wrong).to.equal("other-reason");
    }
    for (const wrong of ["1601", structure("1101", "1602"), structure("1601")]) {
      expect(bare.write(`${account}:2`, wrong), wrong).to.equal("type-unmatched");
    }
    expect(meter.credit.mode).to.equal("prepaid");
    expect(bare.write(`${account}:2`, credit(2))).to.equal("success");
    expect([meter.credit.mode, meter.credit.account.status]).to.deep.equal(["postpaid", "active"]);
    expect([bare.read(`${account}:2`), bare.read(`${account}:3`), bare.read(`${passive}:2`)]).to.deep.equal([credit(2), "1103", credit(2)]);
  });

  it("changes amounts and rules of collection, each within its range", () => {
    const { bare, meter } = till();
    const rule = structure(emergency, charges[3] as string, "040340");
    const unknown = [structure(charges[0] as string, charges[1] as string, whenever), structure(token, token, whenever)];
    for (const [attribute, right, ...wrong] of [
      [7, doubleLong(250), doubleLong(-1)],
      [11, array(rule), ...unknown.map((one) => array(rule, one))],
      [18, longUnsigned(400)],
      [19, doubleLong(86_400), doubleLong(-1)],
    ] as const) {
      expect(bare.write(`${account}:${attribute}`, right), `${attribute}`).to.equal("success");
      for (const octets of wrong) expect(bare.write(`${account}:${attribute}`, octets), `${attribute}`).to.equal("other-reason");
      expect(bare.write(`${account}:${attribute}`, "0900"), `${attribute}`).to.equal("type-unmatched");
      expect(bare.read(`${account}:${attribute}`), `${attribute}`).to.equal(right);
    }
    const { terms, settings } = meter.credit;
    expect([terms.clearance, terms.maximumProvision, settings.maximumProvisionPeriod]).to.deep.equal([250, 400, 86_400]);
    expect(settings.collection).to.deep.equal([
      { credit: "emergency", charge: "debt2", disconnected: false, limited: true, friendly: false },
    ]);
    expect(bare.write(`${account}:11`, "0100"), "no rule at all").to.equal("success");
    expect(meter.credit.settings.collection).to.deep.equal([]);
  });

  it("takes no other attribute", () => {
    const { bare } = till();
    for (const attribute of [1, 3, 4, 5, 6, 8, 9, 10, 12, 13, 14, 15, 16, 17]) {
      expect(bare.write(`${account}:${attribute}`, bare.read(`${account}:${attribute}`)), `${attribute}`).to.equal("read-write-denied");
    }
  });

  it("is closed, emptied and opened by its methods", () => {
    const { bare, meter } = till();
    meter.advance(start + hour);
    const later = "090C07EA0B17010D000000000000";
    expect(bare.invoke(`${account}:1`, "0F00"), "open already").to.equal("other-reason");
    expect(bare.invoke(`${account}:2`, "0F00")).to.equal("success");
    expect([meter.credit.account.status, bare.read(`${account}:2`), bare.read(`${account}:14`)]).to.deep.equal([
      "closed",
      prepayment(3),
      later,
    ]);
    expect(bare.invoke(`${account}:2`, "0F00"), "closed already").to.equal("other-reason");
    expect(bare.invoke(`${account}:3`, "0F00")).to.equal("success");
    expect([meter.credit.account.status, meter.credit.balance]).to.deep.equal(["new", 0]);
    expect(bare.invoke(`${account}:2`, "0F00"), "never opened").to.equal("other-reason");
    expect(bare.invoke(`${account}:1`)).to.equal("success");
    expect([meter.credit.account.status, bare.read(`${account}:13`)]).to.deep.equal(["active", later]);
    expect(bare.invoke(`${account}:1`, "1100")).to.equal("type-unmatched");
  });

  it("changes nothing without supply", () => {
    const { bare, meter } = darkTill();
    const before = structuredClone({ terms: meter.credit.terms, account: meter.credit.account, mode: meter.credit.mode });
    for (const [attribute, octets] of [
      [2, credit(2)],
      [7, doubleLong(1)],
      [11, "0100"],
      [18, longUnsigned(1)],
      [19, doubleLong(1)],
    ] as const) {
      expect(bare.write(`${account}:${attribute}`, octets), `${attribute}`).to.equal("temporary-failure");
    }
    for (const method of [1, 2, 3]) expect(bare.invoke(`${account}:${method}`, "0F00"), `${method}`).to.equal("temporary-failure");
    expect({ terms: meter.credit.terms, account: meter.credit.account, mode: meter.credit.mode }).to.deep.equal(before);
  });
});

describe("The passive account", () => {
  it("keeps the mode that is planned, with its time, until it is activated", () => {
    const { bare, meter } = till();
    expect([bare.read(`${passive}:1`), bare.read(`${passive}:2`), bare.read(`${passive}:13`)]).to.deep.equal([
      name(passive),
      prepayment(2),
      never,
    ]);
    meter.credit.planMode("postpaid", start + hour);
    expect(bare.read(`${passive}:13`)).to.equal("090C07EA0B17010D000000000000");
    meter.credit.planMode("prepaid", undefined);
    expect(bare.write(`${passive}:2`, credit(2))).to.equal("success");
    expect([meter.credit.mode, meter.credit.nextMode]).to.deep.equal(["prepaid", "postpaid"]);
    expect([bare.read(`${account}:2`), bare.read(`${passive}:2`)]).to.deep.equal([prepayment(2), credit(2)]);
    expect(bare.invoke(`${passive}:1`, "0F00")).to.equal("success");
    expect([meter.credit.mode, bare.read(`${account}:2`)]).to.deep.equal(["postpaid", credit(2)]);
  });

  it("is neither closed nor emptied by itself", () => {
    const { bare, meter } = till();
    for (const method of [2, 3]) expect(bare.invoke(`${passive}:${method}`, "0F00")).to.not.equal("success");
    expect(meter.credit.account.status).to.equal("active");
  });
});
