import { expect } from "chai";
import { hour, minute } from "../../../../src/meter-model/index.ts";
import { array, darkTill, doubleLong, longUnsigned, never, start, structure, till } from "./support.ts";

const setting = (instance: number) => `0.0.96.61.${instance}.255:2`;
const time = (octets: string) => `0904${octets}`;

describe("Settings of payment", () => {
  it("show what the meter leaves the factory with", () => {
    const { bare } = till();
    const expected: Readonly<Record<string, string>> = {
      [setting(0)]: "1602",
      [setting(1)]: "1602",
      [setting(2)]: never,
      [setting(3)]: "1600",
      [setting(4)]: "0300",
      [setting(5)]: array(structure(time("14000000"), time("08000000"))),
      [setting(6)]: "0408FF",
      [setting(7)]: doubleLong(0),
      [setting(14)]: "1105",
      [setting(15)]: longUnsigned(3600),
      [setting(16)]: longUnsigned(0),
      [setting(17)]: structure("0301", time("16000000"), time("07000000")),
      [setting(18)]: "0301",
      [setting(19)]: doubleLong(0),
      "0.0.96.65.5.255:2": "0300",
    };
    for (const [attribute, octets] of Object.entries(expected)) expect(bare.read(attribute), attribute).to.equal(octets);
  });

  it("plan the change of the payment mode", () => {
    const { bare, meter } = till();
    expect(bare.write(setting(1), "1601")).to.equal("success");
    expect(bare.write(setting(2), "090C07EA0B17FF0D000000000000")).to.equal("success");
    expect([meter.credit.mode, meter.credit.nextMode, meter.credit.switchAt]).to.deep.equal(["prepaid", "postpaid", start + hour]);
    expect(bare.read(setting(2))).to.equal("090C07EA0B17010D000000000000");
    for (const wrong of ["090C07EA0B17FFFF000000000000", "0900", "090407EA0B17"]) {
      expect(bare.write(setting(2), wrong), wrong).to.equal("other-reason");
    }
    for (const wrong of ["1600", "1603"]) expect(bare.write(setting(1), wrong), wrong).to.equal("other-reason");
    expect([bare.write(setting(1), "1101"), bare.write(setting(2), "1101")]).to.deep.equal(["type-unmatched", "type-unmatched"]);
    meter.advance(start + hour);
    expect([bare.read(setting(0)), bare.read(setting(1)), bare.read(setting(2))]).to.deep.equal(["1601", "1601", never]);
    expect(bare.write(setting(2), never), "never").to.equal("success");
    expect(bare.write(setting(0), "1602"), "planned, not set").to.equal("read-write-denied");
  });

  it("change what credit is counted in, where there is none", () => {
    const { bare, meter } = till();
    expect(bare.write(setting(3), "1601"), "with credit").to.equal("other-reason");
    meter.credit.setAmount("token", 0);
    expect(bare.write(setting(3), "1602"), "no such unit").to.equal("other-reason");
    expect(bare.write(setting(3), "0301")).to.equal("type-unmatched");
    expect(bare.write(setting(3), "1601")).to.equal("success");
    expect([meter.credit.unit, bare.read(setting(3))]).to.deep.equal(["currency", "1601"]);
  });

  it("say when nobody is cut off", () => {
    const { bare, meter } = till();
    const windows = array(structure(time("151E0000"), time("18000000")), structure(time("00000000"), time("063B3B00")));
    for (const [instance, right] of [
      [4, "0301"],
      [5, windows],
      [6, "0408A1"],
      [7, doubleLong(5000)],
    ] as const) {
      expect(bare.write(setting(instance), right), `${instance}`).to.equal("success");
      expect(bare.read(setting(instance)), `${instance}`).to.equal(right);
    }
    const { friendly, terms } = meter.credit;
    expect(friendly.enabled).to.equal(true);
    expect(friendly.windows).to.deep.equal([
      { start: 21 * 3600 + 30 * 60, end: 24 * 3600 },
      { start: 0, end: 7 * 3600 - 1 },
    ]);
    expect(friendly.days).to.deep.equal([true, false, true, false, false, false, false, true]);
    expect(terms.overdraft).to.equal(5000);
  });

  it("take no times that are none, and no days that are none", () => {
    const { bare, meter } = till();
    const before = structuredClone(meter.credit.friendly);
    const noon = time("0C000000");
    for (const wrong of ["18000100", "19000000", "0C3C0000", "0C003C00", "FFFFFFFF"]) {
      expect(bare.write(setting(5), array(structure(noon, time(wrong)))), wrong).to.equal("other-reason");
    }
    expect(bare.write(setting(5), array(structure(noon, "09030C0000"))), "three octets").to.equal("other-reason");
    const window = structure(noon, time("0D000000"));
    expect(bare.write(setting(5), array(...Array.from({ length: 5 }, () => window))), "five windows").to.equal("other-reason");
    for (const wrong of ["0300", structure(noon, noon), array(structure(noon)), array(noon)]) {
      expect(bare.write(setting(5), wrong), wrong).to.equal("type-unmatched");
    }
    for (const wrong of ["0407FE", "0409FF80", "0400"]) expect(bare.write(setting(6), wrong), wrong).to.equal("other-reason");
    expect([bare.write(setting(6), "11FF"), bare.write(setting(4), "1101")]).to.deep.equal(["type-unmatched", "type-unmatched"]);
    expect([bare.write(setting(7), doubleLong(-1)), bare.write(setting(7), "120001")]).to.deep.equal(["other-reason", "type-unmatched"]);
    expect(meter.credit.friendly).to.deep.equal(before);
  });

  it("say how often somebody may fail at the keypad, and how long it is locked then", () => {
    const { bare, meter } = till();
    const { keypad } = meter.ports;
    expect([bare.write(setting(14), "1103"), bare.write(setting(15), longUnsigned(120))]).to.deep.equal(["success", "success"]);
    expect([keypad.settings.allowedFailures, keypad.settings.initialLockout]).to.deep.equal([3, 120]);
    expect([bare.write(setting(14), "1100"), bare.write(setting(14), "120003")]).to.deep.equal(["other-reason", "type-unmatched"]);
    expect(bare.write(setting(15), "1103")).to.equal("type-unmatched");
    for (let count = 0; count < 3; count++) keypad.failed();
    expect(bare.read(setting(16))).to.equal(longUnsigned(120));
    meter.advance(start + minute + 1);
    expect(bare.read(setting(16)), "begun seconds count").to.equal(longUnsigned(60));
    expect(bare.write(setting(16), longUnsigned(0))).to.equal("read-write-denied");
    expect(bare.write(setting(15), longUnsigned(40_000)), "longer than the longest so far").to.equal("success");
    expect(keypad.settings.longestLockout).to.equal(40_000);
  });

  it("say when low credit is heard", () => {
    const { bare, meter } = till();
    const right = structure("0300", time("151E0000"), time("06000000"));
    expect(bare.write(setting(17), right)).to.equal("success");
    const { enabled, quiet } = meter.credit.buzzer;
    expect([enabled, quiet]).to.deep.equal([false, { start: 21.5 * 3600, end: 6 * 3600 }]);
    expect(bare.write(setting(17), structure("0301", time("19000000"), time("06000000")))).to.equal("other-reason");
    for (const wrong of ["0301", structure("0301", time("15000000")), structure("1101", time("15000000"), time("15000000"))]) {
      expect(bare.write(setting(17), wrong), wrong).to.equal("type-unmatched");
    }
    expect(bare.read(setting(17))).to.equal(right);
  });

  it("say what begins with paying in advance, and what reconnects", () => {
    const { bare, meter } = till();
    expect([bare.write(setting(18), "0300"), bare.write(setting(19), doubleLong(700))]).to.deep.equal(["success", "success"]);
    expect([meter.credit.settings.negativeAtSwitch, meter.credit.terms.activationCredit]).to.deep.equal([false, 700]);
    expect([bare.write(setting(18), "1100"), bare.write(setting(19), "1100")]).to.deep.equal(["type-unmatched", "type-unmatched"]);
    expect(bare.write(setting(19), doubleLong(-1))).to.equal("other-reason");
    expect(bare.write("0.0.96.65.5.255:2", "0301")).to.equal("success");
    expect([meter.relay.pressAfterCredit, bare.read("0.0.96.65.5.255:2")]).to.deep.equal([true, "0301"]);
    expect(bare.write("0.0.96.65.5.255:2", "1101")).to.equal("type-unmatched");
  });

  it("change nothing without supply", () => {
    const { bare, meter } = darkTill();
    const before = structuredClone({ ...meter.state.credit, collections: undefined });
    for (const [attribute, octets] of [
      [setting(1), "1601"],
      [setting(2), never],
      [setting(3), "1601"],
      [setting(4), "0301"],
      [setting(5), "0100"],
      [setting(6), "0408FF"],
      [setting(7), doubleLong(1)],
      [setting(14), "1103"],
      [setting(15), longUnsigned(1)],
      [setting(17), structure("0301", time("16000000"), time("07000000"))],
      [setting(18), "0300"],
      [setting(19), doubleLong(1)],
      ["0.0.96.65.5.255:2", "0301"],
    ] as const) {
      expect(bare.write(attribute, octets), attribute).to.equal("temporary-failure");
    }
    expect({ ...meter.state.credit, collections: undefined }).to.deep.equal(before);
    expect([meter.ports.keypad.settings.allowedFailures, meter.relay.pressAfterCredit]).to.deep.equal([5, false]);
  });
});
