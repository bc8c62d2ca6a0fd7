import { expect } from "chai";
import * as fc from "fast-check";
import { SnapshotValues } from "../../src/dashboard/snapshot-values.ts";
import { stateReading } from "../../src/dashboard/state-reading.ts";
import { MeterState } from "../../src/mqtt-bridge/meter-state.ts";
import { statePayload } from "../../src/mqtt-bridge/payload.ts";
import type { MeterSnapshot, Reading } from "../../src/mqtt-bridge/reading.ts";

const meterId = "house";
const readTime = Date.UTC(2026, 10, 23, 20);
const of = (logicalName: string, name: string, value: Reading["value"], unit?: string, attribute = 2): Reading => ({
  meterId,
  logicalName,
  attribute,
  name,
  value,
  ...(unit === undefined ? {} : { unit }),
});

const readings = [
  of("1.0.1.8.0.255", "Active energy import", 4_408_736, "Wh"),
  of("1.0.1.7.0.255", "Active power import", 2893, "W"),
  of("1.0.32.7.0.255", "Voltage L1", 234.1, "V"),
  of("1.0.13.7.0.255", "Power factor", 0.98),
  of("0.0.19.0.0.255", "Account", 12.5, "EUR", 5),
  of("0.0.96.3.10.255", "Relay", 1, undefined, 3),
  of("0.0.97.98.0.255", "Alarm register 1", 1),
  of("0.0.97.98.2.255", "Alarm register 3", 0),
];

const snapshot = (rest: Partial<MeterSnapshot> = {}): MeterSnapshot => ({
  meterId,
  readings,
  readTime,
  quality: "good",
  source: "poll",
  meterTime: "2026-11-23T21:00:01+01:00",
  clockDriftSeconds: 1,
  ...rest,
});

describe("present values of a page", () => {
  it("are those of the state topic, whether they come by a snapshot or by the topic", () => {
    const direct = new SnapshotValues().fold(snapshot(), 5);
    const state = new MeterState();
    state.fold(snapshot());
    const published = stateReading(JSON.parse(statePayload(state.values(undefined), snapshot(), 7)));
    expect(direct?.values.map(({ key }) => key)).to.deep.equal([
      "active_energy_import_total",
      "active_power_import",
      "voltage_l1",
      "power_factor",
      "credit_balance",
      "relay_state",
      "alarms",
    ]);
    const byKey = (values: typeof direct) => Object.fromEntries(values?.values.map((value) => [value.key, value]) ?? []);
    expect(byKey(published)).to.deep.equal(byKey(direct));
    expect({ ...published, values: [] }).to.deep.equal({ ...direct, values: [] });
  });

  it("hold back a counter that went down, as the bridge does", () => {
    const values = new SnapshotValues();
    values.fold(snapshot(), 5);
    const low = values.fold(snapshot({ readings: [of("1.0.1.8.0.255", "Active energy import", 0, "Wh")], readTime: readTime + 5000 }), 5);
    expect(low?.values.find(({ key }) => key === "active_energy_import_total")?.value).to.equal(4408.736);
  });

  it("begin anew with another device", () => {
    const values = new SnapshotValues();
    values.describe("1", undefined);
    values.fold(snapshot(), 5);
    values.describe("2", undefined);
    const fresh = values.fold(snapshot({ readings: [of("1.0.1.8.0.255", "Active energy import", 1000, "Wh")] }), 5);
    expect(fresh?.values.map(({ key, value }) => [key, value])).to.deep.equal([["active_energy_import_total", 1]]);
  });

  it("leave out momentary values that nobody has read for long", () => {
    const values = new SnapshotValues();
    values.fold(snapshot(), 5);
    const later = values.fold(snapshot({ readings: [readings[0] as Reading], readTime: readTime + 120_000 }), 5);
    expect(later?.values.map(({ key }) => key)).not.to.include("voltage_l1");
  });

  it("have the name of their object where the table has no key for it", () => {
    const direct = new SnapshotValues().fold(snapshot({ readings: [of("1.0.16.7.0.255", "Net power", 5, "W")] }), 5);
    expect(direct?.values).to.deep.equal([
      { key: "net_power", logicalName: "1.0.16.7.0.255", attribute: 2, name: "Net power", value: 5, unit: "W" },
    ]);
    const published = stateReading({ read_time: "2026-11-23T20:00:00Z", net_power: 5 });
    expect(published?.values).to.deep.equal([{ key: "net_power", logicalName: "", attribute: 2, name: "net power", value: 5, unit: null }]);
  });

  it("are none without the time at which they were read", () => {
    expect(stateReading({ active_power_import: 1 })).to.equal(undefined);
    expect(stateReading({ active_power_import: 1, read_time: "yesterday" })).to.equal(undefined);
  });

  it("come of any JSON without harm", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (state) => {
        const reading = stateReading({ read_time: "2026-11-23T20:00:00Z", ...state });
        for (const { value } of reading?.values ?? []) expect(typeof value === "object" && !Array.isArray(value)).to.equal(false);
      }),
      { numRuns: 200 },
    );
  });
});
