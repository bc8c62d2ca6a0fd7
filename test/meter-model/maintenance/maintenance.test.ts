import { expect } from "chai";
import { day, hour, minute, second } from "../../../src/meter-model/index.ts";
import { constantLoad, kilowatt, newMeter, point, scriptedLoad } from "../support.ts";

const newYear = Date.UTC(2026, 0, 1);

describe("The average voltage", () => {
  it("is that of the last ten minutes by the clock, of the time with supply in them", () => {
    const load = scriptedLoad([
      [newYear + 10 * minute, point({ voltage: 200_000 })],
      [newYear + 15 * minute, point({ voltage: 240_000 })],
      [newYear + 25 * minute, undefined],
      [newYear + 26 * minute, point({ voltage: 250_000 })],
    ]);
    const meter = newMeter(newYear, load);
    const seen: number[] = [];
    for (const minutes of [9, 10, 19, 20, 29, 30]) {
      meter.advance(newYear + minutes * minute);
      seen.push(meter.averageVoltage.last);
    }
    expect(seen).to.deep.equal([0, 230_000, 230_000, 220_000, 220_000, 250_000]);
  });

  it("begins anew when the clock is set", () => {
    const meter = newMeter(newYear, scriptedLoad([[newYear + 5 * minute, point({ voltage: 240_000 })]]));
    meter.advance(newYear + 5 * minute);
    meter.setClock(newYear + hour + 9 * minute);
    meter.advance(newYear + 6 * minute);
    expect(meter.averageVoltage.last).to.equal(240_000);
  });
});

describe("The maintenance of a meter", () => {
  it("tells how long it was supplied, and how warm it is", () => {
    const load = scriptedLoad([
      [newYear + hour, undefined],
      [newYear + 3 * hour, point({ current: 40_000, neutralCurrent: 40_000, activePower: 9_200_000 })],
    ]);
    const meter = newMeter(newYear, load);
    meter.advance(newYear + 4 * hour);
    expect(meter.operatingTime.total).to.equal(2 * hour);
    expect(meter.temperature).to.equal(230 + 75);
  });

  it("keeps the time of what was done last", () => {
    const meter = newMeter(newYear);
    expect(meter.milestones.clockSet).to.equal(undefined);
    meter.advance(newYear + hour);
    meter.setClock(newYear + 2 * hour);
    expect(meter.milestones.clockSet).to.equal(newYear + 2 * hour);
  });

  it("has limits that clients may change", () => {
    const meter = newMeter(newYear);
    expect(meter.setLimit("clockShiftLimit", 10)).to.equal("accepted");
    for (const wrong of [-1, 0.5, 0x1_0000, Number.NaN]) expect(meter.setLimit("clockShiftLimit", wrong)).to.equal("out-of-range");
    meter.setClock(newYear + 20 * second);
    expect(meter.takeEvents()).to.deep.include({ type: "clock-set", at: newYear + 20 * second, before: newYear, small: false });
  });
});

describe("The energy of the neutral", () => {
  it("is what its current would have, whatever the phase carries", () => {
    const meter = newMeter(newYear, constantLoad(point({ neutralCurrent: kilowatt.current / 2 })));
    meter.advance(newYear + hour);
    expect(meter.neutralEnergy).to.equal(500);
  });
});

describe("Significant reverse energy", () => {
  const exporting = constantLoad(point({ activePower: -1_000_000 }));
  const fraudCodes = (meter: ReturnType<typeof newMeter>) => {
    const rows = meter.events.rows("fraud");
    return Array.from({ length: rows.length }, (_, row) => rows.valueAt(row, 0));
  };

  it("is tampering from a threshold on that a client may change, and is counted for ever", () => {
    const meter = newMeter(newYear, exporting);
    expect(meter.tampers.configure({ reverseThreshold: 500 })).to.equal(true);
    meter.advance(newYear + 29 * minute);
    expect(fraudCodes(meter)).to.deep.equal([91]);
    meter.advance(newYear + 30 * minute);
    expect(fraudCodes(meter)).to.deep.equal([91, 211]);
    meter.advance(newYear + 2 * day);
    expect(meter.reverseEnergy).to.equal(48_000);
    expect(meter.relay.closed).to.equal(true);
  });

  it("is ignored, or disconnects, as it is treated", () => {
    const ignoring = newMeter(newYear, exporting);
    ignoring.tampers.configure({ reverseTreatment: "ignore" });
    ignoring.advance(newYear + day);
    expect(fraudCodes(ignoring)).to.deep.equal([91]);
    const strict = newMeter(newYear, exporting);
    strict.tampers.configure({ reverseTreatment: "disconnect" });
    strict.advance(newYear + 6 * minute);
    expect(strict.relay.closed).to.equal(false);
  });
});
