import { expect } from "chai";
import type { KeypadMeter } from "../../../src/keypad/index.ts";
import { displayItemShape, statusShape } from "../../../src/keypad/keypad-status.ts";
import { type KeypadItem, shortCodes } from "../../../src/keypad/short-codes.ts";
import { day, hour, type Meter, minute } from "../../../src/meter-model/index.ts";
import { meterKeypad } from "../../../src/virtual-meter/keypad/meter-keypad.ts";
import { kWh, type Prepaid, prepaid, start } from "../../meter-model/credit/support.ts";
import { stsConfig, Vendor } from "../../meter-model/tokens/support.ts";
import { constantLoad, identity } from "../../support/sample-meter.ts";

interface Bench {
  readonly meter: Meter;
  readonly keypad: KeypadMeter;
  readonly vendor: Vendor;
  /** Times the state was kept. */
  readonly kept: () => number;
}

function bench(credit: Prepaid, watts = 1000): Bench {
  const vendor = new Vendor();
  const meter = prepaid(credit, constantLoad(watts), { sts: stsConfig(vendor, start - hour) });
  let kept = 0;
  const keypad = meterKeypad({
    meter: () => meter,
    identity,
    afterChange: () => {
      kept += 1;
    },
  });
  return { meter, keypad, vendor, kept: () => kept };
}

/** Every item of the short codes, with the last index it has. */
const items = shortCodes.flatMap((row): readonly (readonly [KeypadItem, number])[] =>
  row.kind === "show" ? [[row.item, "count" in row ? row.count : 0]] : [],
);

const value = (keypad: KeypadMeter, item: KeypadItem, index = 0) =>
  keypad.show(item, index)?.map(({ value, unit }) => (unit === undefined ? value : `${value} ${unit}`));

describe("The meter at its keypad unit", () => {
  it("shows every item within the width of the display, in any unit and mode, young and old", () => {
    const currency = { name: "EUR", scale: -4 } as const;
    for (const credit of [{ opening: 900 * kWh }, { unit: "currency", currency, opening: 9_000_000 }, { mode: "postpaid" }] as const) {
      const { meter, keypad } = bench(credit, 5000);
      for (const passed of [minute, 70 * day]) {
        meter.advance(start + passed);
        for (const [item, last] of items) {
          for (const index of last === 0 ? [0] : [1, last]) {
            const pages = keypad.show(item, index);
            for (const page of pages ?? []) expect(displayItemShape.read(page, item), item).to.deep.equal(page);
            if (last === 0 && item !== "lastEvent") expect(pages, item).to.have.length.greaterThan(0);
          }
        }
        expect(statusShape.read(keypad.status(), "status")).to.deep.equal(keypad.status());
      }
    }
  });

  it("shows what clients read", () => {
    const { meter, keypad } = bench({ opening: 100 * kWh });
    meter.advance(start + 2 * hour);
    expect(value(keypad, "totalActiveImport")).to.deep.equal(["2.00 kWh"]);
    expect(value(keypad, "remainingCredit")).to.deep.equal(["98.00 kWh"]);
    expect(value(keypad, "voltage")).to.deep.equal(["230.0 V"]);
    expect(value(keypad, "activePower")).to.deep.equal(["1.000 kW"]);
    expect(value(keypad, "meterNumber")).to.deep.equal(["01234567897"]);
    expect(value(keypad, "supplyGroupCode")).to.deep.equal(["123456"]);
    expect(value(keypad, "encryptionAlgorithm")).to.deep.equal(["EA11"]);
    expect(value(keypad, "relayState")).to.deep.equal(["On", "closed"]);
    expect([value(keypad, "date"), value(keypad, "time")]).to.deep.equal([["2026-11-23"], ["14:00:00"]]);
    expect(value(keypad, "tokenHistory", 1)).to.equal(undefined);
    expect(value(keypad, "activeImportOfDay", 1)).to.equal(undefined);
  });

  it("shows what was used on a day and the register at its end", () => {
    const { meter, keypad } = bench({ opening: 500 * kWh });
    meter.advance(start + 3 * day);
    expect(keypad.show("activeImportOfDay", 1)).to.deep.equal([
      { value: "24.00", unit: "kWh" },
      { value: "60.00", unit: "kWh", label: "Until 2026-11-26" },
    ]);
    expect(value(keypad, "activeImportOfDay", 3)).to.deep.equal(["12.00 kWh"]);
    expect(value(keypad, "activeImportOfDay", 4)).to.equal(undefined);
  });

  it("takes a token, keeps it before it answers, and remembers it", () => {
    const { meter, keypad, vendor, kept } = bench({ opening: kWh });
    meter.advance(start + minute);
    const digits = vendor.credit(256, start);
    expect(keypad.enterToken(digits)).to.deep.equal({
      result: "accepted",
      amount: { value: "25.60", unit: "kWh" },
      credit: { value: "26.58", unit: "kWh" },
    });
    expect(kept()).to.equal(1);
    expect(keypad.enterToken(digits)).to.deep.equal({ result: "used-error" });
    expect(value(keypad, "tokenHistory", 1)).to.deep.equal(["25.60 kWh", digits.match(/\d{4}/g)?.join(" "), "12:01:00"]);
  });

  it("lends emergency credit to who asks for it, and says why not", () => {
    const { meter, keypad } = bench({ opening: kWh, terms: { emergencyInitial: 2 * kWh } });
    expect(keypad.act("selectEmergencyCredit")).to.equal("not-needed");
    meter.advance(start + hour + minute);
    expect(keypad.status()).to.include({ relay: "open", emergency: "selectable", lowLevel: 3 });
    expect(keypad.act("selectEmergencyCredit")).to.equal("done");
    meter.advance(start + hour + 2 * minute);
    expect(keypad.status()).to.deep.include({ relay: "closed", emergency: "in-use", owed: { value: "0.01", unit: "kWh" } });
    expect(keypad.act("selectEmergencyCredit")).to.equal("already-active");
  });

  it("lets the customer say what is low, and how often that is heard", () => {
    const { meter, keypad, kept } = bench({ opening: 100 * kWh });
    expect([keypad.set("lowCreditThreshold", 99), keypad.set("alarmDelay", 5), keypad.set("alarmDelay", 0)]).to.deep.equal([
      "done",
      "done",
      "out-of-range",
    ]);
    expect(kept()).to.equal(3);
    expect([meter.credit.terms.low1, meter.credit.buzzer.repeat]).to.deep.equal([99 * kWh, 5]);
    expect([value(keypad, "lowCreditThreshold"), value(keypad, "alarmDelay")]).to.deep.equal([["99.00 kWh"], ["5 min"]]);
  });

  it("connects where a key is waited for, and not where there is no credit", () => {
    const { meter, keypad } = bench({ opening: 10 * kWh });
    meter.advance(start + minute);
    expect(keypad.act("closeRelay")).to.equal("not-needed");
    meter.advance(start + 11 * hour);
    expect(keypad.status().relay).to.equal("open");
    expect(keypad.act("closeRelay")).to.equal("refused");
  });

  it("brings the supply back that was cut to warn", () => {
    const { meter, keypad } = bench({ opening: 10 * kWh, terms: { low3: 5 * kWh } });
    meter.advance(start + 5 * hour + minute);
    expect(keypad.status()).to.include({ relay: "ready", lowLevel: 3 });
    expect(keypad.act("closeRelay")).to.equal("done");
    meter.advance(start + 5 * hour + 2 * minute);
    expect(keypad.status().relay).to.equal("closed");
  });
});
