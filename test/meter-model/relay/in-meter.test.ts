import { expect } from "chai";
import { hour, minute } from "../../../src/meter-model/index.ts";
import { kilowatt, newMeter, point, scriptedLoad } from "../support.ts";

const newYear = Date.UTC(2026, 0, 1);

describe("A meter with its supply off", () => {
  it("measures voltage and no current, and counts nothing", () => {
    const meter = newMeter(newYear);
    meter.advance(newYear + hour);
    expect(meter.relay.remoteDisconnect()).to.equal("accepted");
    expect(meter.measurement).to.include({ voltage: 230_000, current: 0, activeImport: 0 });
    meter.advance(newYear + 2 * hour);
    expect(meter.energy("activeImport")).to.equal(1000);
    expect(meter.relay.remoteReconnect()).to.equal("accepted");
    meter.advance(newYear + 3 * hour);
    expect(meter.energy("activeImport")).to.equal(2000);
    expect(meter.relay.operations).to.equal(2);
  });

  it("moves the switch only with voltage enough, and then at once", () => {
    const load = scriptedLoad([
      [newYear + 10 * minute, point({ voltage: 150_000 })],
      [newYear + 20 * minute, kilowatt],
    ]);
    const meter = newMeter(newYear, load);
    meter.advance(newYear + 15 * minute);
    meter.relay.remoteDisconnect();
    expect([meter.relay.controlState, meter.relay.closed]).to.deep.equal(["disconnected", true]);
    meter.advance(newYear + 20 * minute);
    expect(meter.relay.closed).to.equal(false);
  });

  it("stays so over a power cut, and is in the log", () => {
    const load = scriptedLoad([
      [newYear + 10 * minute, undefined],
      [newYear + 20 * minute, kilowatt],
    ]);
    const meter = newMeter(newYear, load);
    meter.advance(newYear + 5 * minute);
    meter.relay.remoteDisconnect();
    meter.advance(newYear + 15 * minute);
    expect(meter.relay.remoteReconnect()).to.equal("no-supply");
    meter.advance(newYear + 30 * minute);
    expect(meter.relay.closed).to.equal(false);
    expect(meter.events.rows("disconnector").valueAt(0, 0)).to.equal(62);
  });
});
