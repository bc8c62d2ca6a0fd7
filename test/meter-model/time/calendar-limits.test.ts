import { expect } from "chai";
import { fromHex } from "../../../src/bytes/hex.ts";
import { decodeDateTime } from "../../../src/dlms/axdr/date-time.ts";
import { day, hour, type Instant, type Meter, type ProfileName, second } from "../../../src/meter-model/index.ts";
import { clockObjects } from "../../../src/virtual-meter/mapping/clock.ts";
import { BareObjects } from "../../virtual-meter/mapping/bare-objects.ts";
import { constantLoad, newMeter, rowsOf } from "../support.ts";

const datesOf = (meter: Meter, profile: ProfileName): readonly string[] =>
  rowsOf(meter.profile(profile).rows).map(({ stamp }) => new Date(stamp).toISOString().slice(0, 16));

/** A meter that lives from one instant to another, both of UTC. */
function livedFrom(start: Instant, end: Instant): Meter {
  const meter = newMeter(start, constantLoad());
  meter.advance(end);
  return meter;
}

/** What the clock object and the UNIX clock show, as text and as octets. */
function shownBy(meter: Meter): { readonly time: string; readonly unix: string } {
  const objects = new BareObjects(clockObjects(meter));
  const { year, month, dayOfMonth, hour: h, minute: m, second: s } = decodeDateTime(fromHex(objects.read("0.0.1.0.0.255:2")).subarray(2));
  return { time: [year, month, dayOfMonth, h, m, s].join(" "), unix: objects.read("0.0.1.1.0.255:2") };
}

describe("Freezes at the limits of the calendar", () => {
  for (const [year, leap] of [
    [2027, false],
    [2028, true],
    [2100, false],
    [2400, true],
  ] as const) {
    it(`have ${leap ? "a" : "no"} 29 February in ${year}`, () => {
      const meter = livedFrom(Date.UTC(year, 1, 27), Date.UTC(year, 2, 2));
      expect(datesOf(meter, "daily")).to.deep.equal([
        `${year}-02-28T00:00`,
        ...(leap ? [`${year}-02-29T00:00`] : []),
        `${year}-03-01T00:00`,
        `${year}-03-02T00:00`,
      ]);
      expect(datesOf(meter, "monthly")).to.deep.equal([`${year}-03-01T00:00`]);
      const [row] = rowsOf(meter.profile("monthly").rows);
      const column = meter.profile("monthly").definition.columns.indexOf("activeImport");
      expect(row?.values[column], "two or three days of a kilowatt").to.equal((leap ? 3 : 2) * 24_000);
      expect(datesOf(meter, "hourly").at(-25)).to.equal(`${year}-03-01T00:00`);
    });
  }

  it("close year, month, day and hour at the one instant of new year", () => {
    const meter = livedFrom(Date.UTC(2026, 11, 30), Date.UTC(2027, 0, 1));
    for (const profile of ["hourly", "daily", "monthly", "load"] as const) {
      expect(datesOf(meter, profile).at(-1), profile).to.equal("2027-01-01T00:00");
    }
    expect(meter.localTime).to.include({ year: 2027, month: 1, day: 1, hour: 0 });
  });

  for (const [why, limit] of [
    ["2038, where 31 bits of seconds end", 2 ** 31 * second],
    ["2106, where 32 bits of seconds end", 2 ** 32 * second],
  ] as const) {
    it(`pass ${why}, without a gap`, () => {
      const start = limit - (limit % day) - day;
      const meter = livedFrom(start, start + 3 * day);
      const stamps = rowsOf(meter.profile("load").rows).map(({ stamp }) => stamp);
      expect(stamps).to.deep.equal(Array.from({ length: 3 * 96 }, (_, index) => start + (index + 1) * 900 * second));
      expect(rowsOf(meter.profile("daily").rows).map(({ stamp }) => stamp)).to.deep.equal([start + day, start + 2 * day, start + 3 * day]);
      expect(meter.energy("activeImport")).to.equal(3 * 24_000);
    });
  }
});

describe("The clocks that a client reads", () => {
  it("go on in 2038", () => {
    const meter = livedFrom(2 ** 31 * second - hour, 2 ** 31 * second - 1);
    expect(shownBy(meter)).to.deep.equal({ time: "2038 1 19 3 14 7", unix: "067FFFFFFF" });
    meter.advance(2 ** 31 * second);
    expect(shownBy(meter)).to.deep.equal({ time: "2038 1 19 3 14 8", unix: "0680000000" });
  });

  it("go on in 2106, the UNIX clock from zero as its 32 bits are full", () => {
    const meter = livedFrom(2 ** 32 * second - hour, 2 ** 32 * second - 1);
    expect(shownBy(meter)).to.deep.equal({ time: "2106 2 7 6 28 15", unix: "06FFFFFFFF" });
    meter.advance(2 ** 32 * second);
    expect(shownBy(meter)).to.deep.equal({ time: "2106 2 7 6 28 16", unix: "0600000000" });
  });
});
