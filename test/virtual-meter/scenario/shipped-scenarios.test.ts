import { expect } from "chai";
import { day, type EventLogName, eventLogNames, hour, type Meter, minute, RowStatus } from "../../../src/meter-model/index.ts";
import { entries, meterIn, shipped, shippedNames, start } from "./support.ts";

/** A meter after so many days of a scenario that comes with the project. */
function lived(name: string, days: number): Meter {
  const meter = meterIn(shipped(name));
  meter.advance(start + days * day);
  return meter;
}

/** Codes of a log, and how often each was written. */
function counts(meter: Meter, log: EventLogName): Readonly<Record<string, number>> {
  const rows = meter.events.rows(log);
  const found: Record<string, number> = {};
  for (let index = 0; index < rows.length; index++) found[rows.valueAt(index, 0)] = (found[rows.valueAt(index, 0)] ?? 0) + 1;
  return found;
}

/** Logs in which there is anything; rates are switched whatever happens. */
const written = (meter: Meter) => eventLogNames.filter((log) => log !== "tariff" && meter.events.count(log) > 0);

/** Bits that are set. */
const bits = (word: number | undefined) => Array.from({ length: 32 }, (_, bit) => bit).filter((bit) => ((word ?? 0) >>> bit) % 2 === 1);

/** Bits of the alarm registers 1 to 3. */
const alarms = (meter: Meter) => meter.events.alarms.registers.map(bits);

describe("the scenarios that come with the project", () => {
  it("are these", () => {
    expect(shippedNames).to.have.members(["bad-clock", "overload-evening", "quiet-week", "solar-house", "stormy-day", "thief"]);
  });

  it("a quiet week leaves nothing to log, though the supply is disturbed within its limits", () => {
    const meter = lived("quiet-week", 7);
    expect(written(meter)).to.deep.equal([]);
    expect(alarms(meter)).to.deep.equal([[], [], []]);
    expect(meter.supply.failures).to.equal(0);
    expect(meter.tampers.latched).to.equal(0);
    expect(meter.energy("activeExport")).to.equal(0);
    expect(meter.profile("load").rows.length).to.equal(7 * 96);
    // The ground took 5 % of the current of six hours.
    expect(meter.energy("activeImport") - meter.neutralEnergy).to.be.within(10, 200);
  });

  it("a stormy day shows each disturbance in its log, and each cut", () => {
    const meter = lived("stormy-day", 1);
    expect(written(meter)).to.deep.equal(["standard", "powerQuality"]);
    expect(entries(meter, "powerQuality")).to.deep.equal([
      // Sags, each certain after a minute, and over after another one.
      "0d 01:01:00 76",
      "0d 01:06:00 85",
      "0d 01:41:00 76",
      "0d 01:44:00 85",
      // The swell.
      "0d 03:51:00 79",
      "0d 03:55:00 85",
      // Voltage that is missing, after ten seconds.
      "0d 05:00:10 82",
      "0d 05:01:40 85",
      // The sag that is interrupted by a cut: it begins anew with the supply, and there is no end in between.
      "0d 06:01:00 76",
      "0d 06:08:00 76",
      "0d 06:11:00 85",
    ]);
    expect(entries(meter, "standard")).to.deep.equal([
      "0d 02:30:00 1",
      "0d 02:30:00.400 2",
      "0d 02:30:20 1",
      "0d 02:30:23 2",
      "0d 02:31:00 1",
      "0d 02:31:30 2",
      "0d 02:35:00 1",
      "0d 03:20:00 2",
      "0d 06:05:00 1",
      "0d 06:07:00 2",
    ]);
    expect(meter.supply).to.include({ failures: 5, longFailures: 1, lastLongFailureDuration: 45 * minute });
    expect(meter.events.failures.length).to.equal(1);
    expect(meter.powerQuality.read("sag")).to.include({ count: 4, magnitude: 180_000 });
    expect(meter.powerQuality.read("swell")).to.include({ count: 1, magnitude: 272_000, duration: 4 * minute });
    expect(meter.powerQuality.read("missing")).to.include({ count: 1, magnitude: 70_000, duration: 90_000 });
    // Down, up, missing and normal again.
    expect(alarms(meter)).to.deep.equal([[], [0, 1, 2, 5], []]);
  });

  it("a thief is seen at everything, pays for most of it, and finds the supply disconnected", () => {
    const meter = lived("thief", 5);
    expect(written(meter)).to.deep.equal(["fraud", "disconnector"]);
    expect(entries(meter, "fraud")).to.deep.equal([
      // Terminal cover, with the bypass while it is open.
      "0d 10:00:01 40",
      "0d 10:05:15 207",
      "0d 10:15:01 41",
      "0d 16:05:15 208",
      // Return through the ground.
      "1d 10:00:15 207",
      "1d 14:00:15 208",
      // Reversed current, and the energy of it once it is significant: 100 Wh at 2300 W.
      "2d 10:00:10 91",
      "2d 10:02:36.522 211",
      "2d 12:00:10 206",
      // The magnet.
      "3d 10:00:02 42",
      "3d 10:30:02 43",
      // The cover, and the current through a relay that was told to be open.
      "4d 10:00:01 44",
      "4d 10:00:11 212",
      "4d 10:05:01 45",
    ]);
    // Disconnected by the meter, which the relay has not followed at six attempts.
    expect(entries(meter, "disconnector")).to.deep.equal(["4d 10:00:01 64", "4d 10:00:06 68"]);
    expect([meter.relay.controlState, meter.relay.closed, meter.relay.cause]).to.deep.equal(["ready-for-reconnection", true, 7]);
    // All but attacks on the secrets.
    expect(bits(meter.tampers.latched)).to.deep.equal([0, 1, 2, 3, 4, 5, 6]);
    expect(meter.tampers.tally("differential")).to.include({ count: 2, cumulative: 10 * hour });
    expect(meter.tampers.tally("magneticField")).to.include({ count: 1, cumulative: 30 * minute });
    // The reverse energy is over when 10 Wh were imported, which takes another 15.653 s.
    expect(meter.tampers.tally("metrology")).to.include({ count: 3, cumulative: 12 * hour + 15_653 });
    expect(alarms(meter)).to.deep.equal([[13], [10, 31], [7, 8, 9, 10, 11, 12, 13]]);
    expect([meter.energy("activeExport"), meter.reverseEnergy]).to.deep.equal([4600, 4600]);
    // The bypass cheats the meter for the fifteen seconds that it takes to be certain, of 7 Wh; the ground of nothing.
    expect(meter.energy("activeImport")).to.be.within((5 * 24 - 2) * 2300 - 8, (5 * 24 - 2) * 2300 - 6);
  });

  it("an overload evening disconnects each time it is too much for too long", () => {
    const meter = lived("overload-evening", 1);
    expect(written(meter)).to.deep.equal(["disconnector", "powerQuality"]);
    // 65 and 66 the limiter, 64 disconnected, 59 ready for a press, 61 pressed.
    const disconnection = (began: string, disconnected: string, ok: string, ready: string) => [
      `${began} 65`,
      `${disconnected} 64`,
      `${ok} 66`,
      `${ready} 59`,
    ];
    expect(entries(meter, "disconnector")).to.deep.equal([
      ...disconnection("0d 18:01:00", "0d 18:01:00", "0d 18:01:10", "0d 18:02:00"),
      "0d 18:05:00 61",
      ...disconnection("0d 18:06:00", "0d 18:06:00", "0d 18:06:10", "0d 18:07:00"),
      "0d 18:10:00 61",
      ...disconnection("0d 18:11:00", "0d 18:11:00", "0d 18:11:10", "0d 18:12:00"),
      "0d 18:20:00 61",
      ...disconnection("0d 18:21:00", "0d 18:21:00", "0d 18:21:10", "0d 18:22:00"),
      "0d 19:45:00 61",
      ...disconnection("0d 21:00:10", "0d 21:00:10", "0d 21:00:20", "0d 21:01:10"),
      "0d 21:10:00 61",
    ]);
    // Over-current once, not for the motors of eight seconds; overload five times.
    expect(counts(meter, "powerQuality")).to.deep.equal({ 218: 1, 219: 1, 220: 5, 221: 5 });
    expect(meter.powerQuality.read("overCurrent")).to.include({ count: 1, magnitude: 95_000 });
    expect(meter.relay).to.include({ closed: true, controlState: "connected", operations: 10 });
    expect(alarms(meter)).to.deep.equal([[], [], [16]]);
    // Three minutes of twelve kilowatts in a quarter of an hour.
    expect(meter.demand("activeImport")).to.include({ maximum: 2400, maximumAt: start + 18.25 * hour });
  });

  it("a solar house exports by day and by battery, which a meter for consumption takes for reverse energy", () => {
    const meter = lived("solar-house", 7);
    const exported = meter.energy("activeExport");
    expect(exported).to.be.within(150_000, 250_000);
    expect(meter.energy("netActive")).to.be.below(0);
    // All of it was at more than 20 W, or nearly so.
    expect(meter.reverseEnergy).to.be.within(exported - 100, exported);
    const fraud = counts(meter, "fraud");
    expect(Object.keys(fraud)).to.deep.equal(["91", "206", "211"]);
    // Twice on each day at least: sun, battery.
    expect(fraud["91"]).to.be.at.least(14);
    expect(fraud["206"]).to.equal(fraud["91"]);
    expect(fraud["211"]).to.be.at.least(14);
    expect(bits(meter.tampers.latched)).to.deep.equal([4, 6]);
    expect(alarms(meter)).to.deep.equal([[13], [10], [10, 12]]);
    // It does not disconnect for that.
    expect(meter.events.count("disconnector")).to.equal(0);
  });

  it("a bad clock drifts, is set, loses its time, and is set again", () => {
    const meter = lived("bad-clock", 5);
    expect(written(meter)).to.deep.equal(["standard", "programming"]);
    expect(entries(meter, "standard")).to.deep.equal([
      // 40 ppm of 32 hours are 4.608 s.
      "1d 08:00:04.608 4",
      "1d 08:25:00 5",
      "2d 08:25:03.456 4",
      "2d 08:00:00 5",
      // The battery is low when a tenth of its two hours is left, and the clock invalid when the supply is back.
      "3d 01:00:02.448 1",
      "3d 02:48:02.707 8",
      "3d 02:48:02.707 7",
      "3d 04:00:02.880 2",
      "3d 04:00:02.880 6",
      "3d 15:00:04.464 4",
      "3d 15:00:00 5",
      "4d 08:00:02.448 4",
      "4d 07:59:40 5",
    ]);
    expect(counts(meter, "programming")).to.deep.equal({ 1: 4 });
    expect([meter.clockValid, meter.battery.low]).to.deep.equal([true, false]);
    // 20 s behind, and what 16 hours have gained since.
    expect(meter.clockTime).to.equal(start + 5 * day - 20_000 + 2304);
    expect(alarms(meter)).to.deep.equal([[0, 1], [0, 1], []]);
  });

  it("a bad clock marks the rows of the time in which it is invalid, or was set far", () => {
    const { rows } = lived("bad-clock", 5).profile("load");
    const marked = (bit: number) =>
      Array.from({ length: rows.length }, (_, index) => index)
        .filter((index) => (rows.statusAt(index) & bit) !== 0)
        .map((index) => (rows.stampAt(index) - start) / hour);
    const invalid = marked(RowStatus.clockInvalid);
    // A row each quarter of an hour, from the return of the supply until the clock is set.
    expect([invalid.at(0), invalid.at(-1), invalid.length]).to.deep.equal([76.25, 87, 44]);
    expect(marked(RowStatus.clockAdjusted)).to.include.members([32.5]);
    expect(marked(RowStatus.powerDown).length).to.be.at.least(1);
  });
});
