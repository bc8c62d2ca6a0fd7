import { expect } from "chai";
import { day, hour, type LoadModel, type Meter } from "../../../src/meter-model/index.ts";
import { kilowatt, newMeter, scriptedLoad } from "../support.ts";

const newYear = Date.UTC(2026, 0, 1);

/** Supply that fails from each day on for so many hours. */
function outages(...failures: readonly (readonly [onDay: number, hours: number])[]): LoadModel {
  return scriptedLoad(
    failures.flatMap(([onDay, hours]) => [
      [newYear + onDay * day, undefined] as const,
      [newYear + onDay * day + hours * hour, kilowatt] as const,
    ]),
  );
}

const standardCodes = ({ events }: Meter): readonly number[] => {
  const rows = events.rows("standard");
  return Array.from({ length: rows.length }, (_, row) => rows.valueAt(row, 0));
};

describe("The battery of the clock", () => {
  it("is used by outages alone, and shows so while one goes on", () => {
    const meter = newMeter(newYear, outages([1, 30], [5, 12]), { batteryReserve: 100 * hour });
    meter.advance(newYear + day + 10 * hour);
    expect([meter.battery.used, meter.battery.remaining]).to.deep.equal([10 * hour, 90 * hour]);
    meter.advance(newYear + 10 * day);
    expect([meter.battery.used, meter.battery.remaining]).to.deep.equal([42 * hour, 58 * hour]);
    expect(meter.battery.voltage).to.equal(3600);
  });

  it("is reported low once, at the moment at which it was, whether or not the meter ran", () => {
    const config = { batteryReserve: 100 * hour };
    const meter = newMeter(newYear, outages([1, 95], [8, 2]), config);
    meter.advance(newYear + 9 * day);
    expect(standardCodes(meter)).to.deep.equal([1, 8, 7, 2, 1, 2]);
    expect(meter.events.rows("standard").stampAt(1)).to.equal(newYear + day + 90 * hour);
    expect(meter.events.alarms.registers[0]).to.equal(2);
    expect(meter.battery.voltage).to.equal(2480);
    const stopped = newMeter(newYear, undefined, config);
    stopped.advance(newYear + day);
    stopped.powerUp(newYear + day + 95 * hour);
    expect(stopped.events.rows("standard").stampAt(stopped.events.rows("standard").length - 1)).to.equal(newYear + day + 90 * hour);
    stopped.battery.replace();
    expect([stopped.battery.low, stopped.battery.remaining]).to.deep.equal([false, 100 * hour]);
  });

  it("loses the time when it is empty, and not a moment earlier", () => {
    for (const [hours, valid] of [
      [100, true],
      [101, false],
    ] as const) {
      const meter = newMeter(newYear, outages([1, hours]), { batteryReserve: 100 * hour });
      meter.advance(newYear + 10 * day);
      expect(meter.clockValid, `${hours} h`).to.equal(valid);
      expect(meter.battery.voltage).to.equal(2000);
    }
  });
});
