import { expect } from "chai";
import { fieldOf } from "../../src/mqtt-bridge/state-keys.ts";
import { reading } from "./support.ts";

/** The table of mqtt.md: logical name, attribute, unit and value as read -> key and value as published. */
const contract: readonly (readonly [string, number, string | undefined, unknown, string, unknown])[] = [
  ["1.0.1.8.0.255", 2, "Wh", 4_408_736, "active_energy_import_total", 4408.736],
  ...[1, 2, 3, 4, 5, 6, 7, 8].map((rate) => [`1.0.1.8.${rate}.255`, 2, "Wh", rate * 1000, `active_energy_import_t${rate}`, rate] as const),
  ["1.0.2.8.0.255", 2, "Wh", 1, "active_energy_export_total", 0.001],
  ["1.0.3.8.0.255", 2, "varh", 1500, "reactive_energy_import_total", 1.5],
  ["1.0.4.8.0.255", 2, "varh", 1500, "reactive_energy_export_total", 1.5],
  ["1.0.9.8.0.255", 2, "VAh", 1500n, "apparent_energy_import_total", 1.5],
  ["1.0.10.8.0.255", 2, "VAh", 1500, "apparent_energy_export_total", 1.5],
  ["0.0.96.66.0.255", 2, "Wh", 10, "significant_reverse_energy_total", 0.01],
  ["1.0.1.7.0.255", 2, "W", 2893, "active_power_import", 2893],
  ["1.0.2.7.0.255", 2, "W", 0, "active_power_export", 0],
  ["1.0.3.7.0.255", 2, "var", 12, "reactive_power_import", 12],
  ["1.0.4.7.0.255", 2, "var", 12, "reactive_power_export", 12],
  ["1.0.9.7.0.255", 2, "VA", 12, "apparent_power_import", 12],
  ["1.0.32.7.0.255", 2, "V", 2341 * 0.1, "voltage_l1", 234.1],
  ["1.0.31.7.0.255", 2, "A", 12.600000000000001, "current_l1", 12.6],
  ["1.0.91.7.0.255", 2, "A", 0.02, "current_neutral", 0.02],
  ["1.0.13.7.0.255", 2, undefined, 0.98, "power_factor", 0.98],
  ["1.0.14.7.0.255", 2, "Hz", 49.98, "frequency", 49.98],
  ["1.0.1.6.0.255", 2, "W", 5300, "demand_import_max", 5300],
  ["1.0.1.6.0.255", 5, undefined, "2026-11-02T18:15:00+01:00", "demand_import_max_time", "2026-11-02T18:15:00+01:00"],
  ["0.0.19.0.0.255", 5, "Wh", 38_200, "credit_balance_kwh", 38.2],
  ["0.0.96.60.0.255", 2, "Wh", -1500, "credit_balance_kwh", -1.5],
  ["0.0.96.60.0.255", 2, "ZAR", 12.345, "credit_balance", 12.345],
  ["0.0.19.0.0.255", 5, "currency", 12, "credit_balance", 12],
  ["0.0.96.60.15.255", 2, undefined, 17, "credit_days_left", 17],
  ["0.0.19.0.0.255", 4, undefined, ["inCredit"], "credit_status", "in-credit"],
  ["0.0.19.0.0.255", 4, undefined, 0b11, "credit_status", "low"],
  ["0.0.19.0.0.255", 4, undefined, ["low_credit", "selectable_credit_in_use"], "credit_status", "emergency"],
  ["0.0.19.0.0.255", 4, undefined, "friendly", "credit_status", "friendly"],
  ["0.0.19.0.0.255", 4, undefined, ["out_of_credit", "low_credit"], "credit_status", "out"],
  ["0.0.19.0.0.255", 4, undefined, "11000000", "credit_status", "low"],
  ["0.0.19.10.2.255", 8, undefined, 3, "credit_status", "friendly"],
  ["0.0.19.10.2.255", 8, undefined, 0, "credit_status", null],
  ["0.0.96.61.0.255", 2, undefined, 2, "payment_mode", "prepaid"],
  ["0.0.96.61.0.255", 2, undefined, 1, "payment_mode", "postpaid"],
  ["0.0.96.14.0.255", 2, undefined, 1, "tariff", 1],
  ["0.0.96.14.0.255", 2, undefined, "03", "tariff", 3],
  ["0.0.96.61.12.255", 2, undefined, 3, "step", 3],
  ["0.0.96.3.10.255", 3, undefined, 0, "relay_state", "disconnected"],
  ["0.0.96.3.10.255", 3, undefined, 1, "relay_state", "connected"],
  ["0.0.96.3.10.255", 3, undefined, 2, "relay_state", "ready"],
  ["0.0.96.65.3.255", 2, undefined, 1, "relay_reason", "out-of-credit"],
  ["0.0.97.98.0.255", 2, undefined, 0b11, "alarms", ["clock_invalid", "battery_replace"]],
  ["0.0.97.98.1.255", 2, undefined, 1n << 31n, "alarms", ["disconnect_reconnect_failure"]],
  ["0.0.97.98.2.255", 2, undefined, 1 << 30, "alarms", ["bit_30"]],
  ["0.0.1.0.0.255", 2, undefined, "2026-11-22T20:57:30+01:00", "meter_time", "2026-11-22T20:57:30+01:00"],
];

describe("fieldOf", () => {
  describe("for objects of the contract", () => {
    for (const [logicalName, attribute, unit, raw, key, value] of contract) {
      it(`publishes ${logicalName} attribute ${attribute} of ${String(raw)} ${unit ?? ""} as ${key}`, () => {
        const field = fieldOf({ logicalName, attribute, name: "whatever", ...(unit === undefined ? {} : { unit }) });
        expect(field.key).to.equal(key);
        expect(field.convert(raw)).to.deep.equal(value);
      });
    }
  });

  describe("for values that say nothing", () => {
    const unknowns: readonly (readonly [string, number, string | undefined, unknown])[] = [
      ["1.0.1.8.0.255", 2, "Wh", Number.NaN],
      ["1.0.1.8.0.255", 2, "Wh", Number.POSITIVE_INFINITY],
      ["1.0.1.8.0.255", 2, "Wh", "4408"],
      ["1.0.1.8.0.255", 2, "Wh", undefined],
      ["0.0.96.3.10.255", 3, undefined, 9],
      ["0.0.96.3.10.255", 3, undefined, "toString"],
      ["0.0.96.61.0.255", 2, undefined, 0],
      ["0.0.19.0.0.255", 4, undefined, []],
      ["0.0.97.98.0.255", 2, undefined, -1],
      ["0.0.1.0.0.255", 2, undefined, "2026-11-22T20:57:30"],
      ["0.0.1.0.0.255", 2, undefined, "2026-13-45T99:57:30Z"],
    ];
    for (const [logicalName, attribute, unit, raw] of unknowns) {
      it(`publishes nothing for ${logicalName} of ${JSON.stringify(raw) ?? "undefined"} (${String(raw)})`, () => {
        expect(fieldOf({ logicalName, attribute, name: "x", ...(unit === undefined ? {} : { unit }) }).convert(raw)).to.equal(undefined);
      });
    }

    it("publishes a zero that was read", () => {
      expect(fieldOf(reading("1.0.1.7.0.255", 0, { unit: "W" })).convert(0)).to.equal(0);
    });

    it("has no negative zero", () => {
      const value = fieldOf(reading("1.0.1.8.0.255", 0, { unit: "Wh" })).convert(-0.0001);
      expect(Object.is(value, 0)).to.equal(true);
    });
  });

  describe("for other objects", () => {
    it("uses the name in snake_case and scales energy", () => {
      const field = fieldOf(reading("1.0.2.8.3.255", 1500, { unit: "Wh", name: "Active energy export (−A) rate 3" }));
      expect(field.key).to.equal("active_energy_export_a_rate_3");
      expect(field.convert(1500)).to.equal(1.5);
      expect(field.entity).to.include({ deviceClass: "energy", stateClass: "total_increasing", unit: "kWh" });
    });

    it("takes a table object that comes in another unit for something else", () => {
      const field = fieldOf(reading("1.0.1.8.0.255", 5, { unit: "varh", name: "Active energy import" }));
      expect(field.key).to.equal("active_energy_import");
      expect(field.entity.unit).to.equal("kvarh");
    });

    it("tells attributes of one object apart", () => {
      expect(fieldOf(reading("0.0.96.3.10.255", 1, { attribute: 4, name: "Disconnect control" })).key).to.equal("disconnect_control_4");
    });

    for (const name of ["quality", "seq", "read_time", "Relay state", "currency"]) {
      it(`does not let an object named ${name} take a key of the contract`, () => {
        expect(fieldOf(reading("0.0.96.50.1.255", 1, { name })).key).to.match(/_0_0_96_50_1_255$/);
      });
    }

    it("names an object without a usable name by its logical name", () => {
      expect(fieldOf(reading("0.0.96.50.1.255", 1, { name: "−−" })).key).to.equal("0_0_96_50_1_255");
    });

    it("guards energy registers, but not net energy, which is signed", () => {
      expect(fieldOf(reading("1.0.15.8.0.255", 1, { unit: "Wh", name: "absolute" })).counter).to.equal(true);
      expect(fieldOf(reading("1.0.16.8.0.255", 1, { unit: "Wh", name: "net" })).counter).to.equal(false);
    });

    it("gives whole numbers beyond 2^53 as text", () => {
      expect(fieldOf(reading("0.0.96.50.1.255", 1, { name: "Counter" })).convert(2n ** 60n)).to.equal("1152921504606846976");
      expect(fieldOf(reading("0.0.96.50.1.255", 1, { name: "Counter" })).convert(42n)).to.equal(42);
    });
  });
});
