import { expect } from "chai";
import { darkTill, doubleLong, name, never, till } from "./support.ts";

const [token, emergency, friendly] = ["0.0.19.10.0.255", "0.0.19.10.1.255", "0.0.19.10.2.255"] as const;

/** Attributes 1 to 11. */
const attributes = Array.from({ length: 11 }, (_, index) => index + 1);

describe("Credits", () => {
  const terms = { low1: 7000, emergencyInitial: 4000, emergencyLimit: 5000, emergencyLow: 600, emergencyOffer: 900, overdraft: 800 };

  it("show what was paid, what is lent and what is let off", () => {
    const { bare } = till({ terms });
    const shown = (logicalName: string) => attributes.map((attribute) => bare.read(`${logicalName}:${attribute}`));
    const zero = doubleLong(0);
    expect(shown(token)).to.deep.equal([
      name(token),
      doubleLong(30_000),
      "1600",
      "1101",
      doubleLong(7000),
      zero,
      "040598",
      "1603",
      zero,
      zero,
      never,
    ]);
    expect(shown(emergency)).to.deep.equal([
      name(emergency),
      doubleLong(4000),
      "1602",
      "1102",
      doubleLong(600),
      zero,
      "0405E0",
      "1600",
      doubleLong(5000),
      doubleLong(900),
      never,
    ]);
    expect(shown(friendly)).to.deep.equal([
      name(friendly),
      zero,
      "1601",
      "1103",
      zero,
      doubleLong(-800),
      "0405A0",
      "1600",
      zero,
      zero,
      never,
    ]);
  });

  it("show a balance below nothing as what was let off", () => {
    const { bare, meter } = till();
    meter.credit.setAmount("token", -1200);
    expect([bare.read(`${token}:2`), bare.read(`${friendly}:2`)]).to.deep.equal([doubleLong(0), doubleLong(-1200)]);
    expect(bare.read(`${token}:8`)).to.equal("1604");
  });

  it("take the amounts that they go by, not below 0", () => {
    const { bare, meter } = till({ terms });
    for (const [attribute, term] of [
      [`${token}:5`, "low1"],
      [`${emergency}:5`, "emergencyLow"],
      [`${emergency}:9`, "emergencyLimit"],
      [`${emergency}:10`, "emergencyOffer"],
    ] as const) {
      expect(bare.write(attribute, doubleLong(333)), attribute).to.equal("success");
      expect(bare.write(attribute, doubleLong(-1)), attribute).to.equal("other-reason");
      expect(bare.write(attribute, "120001"), attribute).to.equal("type-unmatched");
      expect([meter.credit.terms[term], bare.read(attribute)], attribute).to.deep.equal([333, doubleLong(333)]);
    }
    expect(bare.write(`${friendly}:6`, doubleLong(-450))).to.equal("success");
    expect(bare.write(`${friendly}:6`, doubleLong(1)), "a limit above nothing").to.equal("other-reason");
    expect([meter.credit.terms.overdraft, bare.read(`${friendly}:6`)]).to.deep.equal([450, doubleLong(-450)]);
  });

  it("take nothing else", () => {
    const { bare } = till();
    const writable = new Set([`${token}:5`, `${emergency}:5`, `${emergency}:7`, `${emergency}:9`, `${emergency}:10`, `${friendly}:6`]);
    for (const attribute of [token, emergency, friendly].flatMap((credit) => attributes.map((id) => `${credit}:${id}`))) {
      const result = bare.write(attribute, bare.read(attribute));
      expect(result, attribute).to.equal(writable.has(attribute) ? "success" : "read-write-denied");
    }
  });

  it("let emergency credit wait for the customer, or begin by itself, and are configured no other way", () => {
    const { bare, meter } = till();
    for (const [octets, confirmed] of [
      ["0405A0", false],
      ["0408E0", true],
      ["0408A0", false],
      ["0405E0", true],
    ] as const) {
      expect(bare.write(`${emergency}:7`, octets), octets).to.equal("success");
      expect(meter.credit.settings.emergencyConfirmed, octets).to.equal(confirmed);
    }
    for (const wrong of ["0405F0", "040560", "040540", "0403E0", "0409E000", "0400"]) {
      expect(bare.write(`${emergency}:7`, wrong), wrong).to.equal("other-reason");
    }
    expect(bare.write(`${emergency}:7`, "09020000")).to.equal("type-unmatched");
    expect([meter.credit.settings.emergencyConfirmed, bare.read(`${emergency}:7`)]).to.deep.equal([true, "0405E0"]);
  });

  it("are changed by an amount, which for what was paid may also be below 0", () => {
    const { bare, meter } = till({ terms });
    expect(bare.invoke(`${token}:1`, doubleLong(500))).to.equal("success");
    expect(meter.credit.balance).to.equal(30_500);
    expect(bare.invoke(`${token}:1`, doubleLong(-31_000))).to.equal("success");
    expect(meter.credit.balance).to.equal(-500);
    expect(bare.invoke(`${emergency}:1`, doubleLong(-1500))).to.equal("success");
    expect([meter.credit.emergencyLeft, meter.credit.emergencyUsed]).to.deep.equal([2500, 1500]);
    for (const [method, octets, result] of [
      [`${token}:1`, doubleLong(9_999_901), "other-reason"],
      [`${emergency}:1`, doubleLong(1501), "other-reason"],
      [`${emergency}:1`, doubleLong(-2501), "other-reason"],
      [`${token}:1`, "120001", "type-unmatched"],
    ] as const) {
      expect(bare.invoke(method, octets), `${method} ${octets}`).to.equal(result);
    }
    expect([meter.credit.balance, meter.credit.emergencyLeft]).to.deep.equal([-500, 2500]);
  });

  it("are set to an amount, and answer what they were", () => {
    const { bare, meter } = till({ terms });
    expect(bare.returned(`${token}:2`, doubleLong(12_345))).to.equal(doubleLong(30_000));
    expect(meter.credit.balance).to.equal(12_345);
    expect(bare.returned(`${emergency}:2`, doubleLong(1000))).to.equal(doubleLong(4000));
    expect([meter.credit.emergencyLeft, meter.credit.emergencyUsed]).to.deep.equal([1000, 3000]);
    expect(bare.returned(`${token}:2`, doubleLong(9_999_901)), "more than may be stored").to.equal("other-reason");
    expect(bare.returned(`${emergency}:2`, doubleLong(4001)), "more than is lent").to.equal("other-reason");
    expect(bare.returned(`${emergency}:2`, doubleLong(-1))).to.equal("other-reason");
    expect(bare.returned(`${token}:2`, "0600000000")).to.equal("type-unmatched");
    expect([meter.credit.balance, meter.credit.emergencyLeft]).to.deep.equal([12_345, 1000]);
  });

  it("are selected where there is something to select", () => {
    const { bare, meter } = till({ terms });
    expect(bare.invoke(`${emergency}:3`, "0F00"), "not needed").to.equal("other-reason");
    meter.credit.setAmount("token", 900);
    expect(bare.read(`${emergency}:8`)).to.equal("1601");
    expect(bare.invoke(`${emergency}:3`, "0F00")).to.equal("success");
    expect([meter.credit.statusOf("emergency"), bare.read(`${emergency}:8`)]).to.deep.equal(["selected", "1602"]);
    expect(bare.invoke(`${emergency}:3`, "0F00"), "selected already").to.equal("other-reason");
    meter.credit.setAmount("token", 0);
    expect(bare.read(`${emergency}:8`)).to.equal("1603");
    expect(bare.invoke(`${token}:3`, "0F00")).to.not.equal("success");
    for (const method of [1, 2]) expect(bare.invoke(`${friendly}:${method}`, doubleLong(0))).to.not.equal("success");
    expect(bare.invoke(`${friendly}:3`, "0F00")).to.not.equal("success");
  });

  it("change nothing without supply", () => {
    const { bare, meter } = darkTill({ terms });
    for (const attribute of [`${token}:5`, `${emergency}:5`, `${emergency}:9`, `${emergency}:10`, `${friendly}:6`]) {
      expect(bare.write(attribute, doubleLong(0)), attribute).to.equal("temporary-failure");
    }
    expect(bare.write(`${emergency}:7`, "0405A0")).to.equal("temporary-failure");
    for (const method of [`${token}:1`, `${token}:2`, `${emergency}:1`, `${emergency}:2`]) {
      expect(bare.invoke(method, doubleLong(1)), method).to.equal("temporary-failure");
    }
    expect(meter.credit.terms).to.include(terms);
    expect(meter.credit.emergencyLeft).to.equal(4000);
  });
});
