import { expect } from "chai";
import { ConfigError } from "../../src/errors.ts";
import { hour, LocalTime, utc } from "../../src/meter-model/index.ts";
import { localReading, parseStart, zoneRule } from "../../src/virtual-meter/time-zone.ts";
import { paris } from "../meter-model/support.ts";

/** Whether the rule shows the hours of the zone all through a year. */
function agrees(name: string, year: number): boolean {
  const local = new LocalTime(zoneRule(name, year));
  const format = new Intl.DateTimeFormat("en-GB", { timeZone: name, minute: "2-digit", hour: "2-digit", hourCycle: "h23", day: "2-digit" });
  for (let instant = Date.UTC(year, 0, 2); instant < Date.UTC(year, 11, 30); instant += 2 * hour) {
    const shown = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
    const fields = local.fields(instant);
    if (shown["day"] !== fields.day || shown["hour"] !== fields.hour || shown["minute"] !== fields.minute) return false;
  }
  return true;
}

describe("zoneRule", () => {
  it("finds the wildcards of central Europe", () => {
    expect(zoneRule("Europe/Paris", 2026)).to.deep.equal(paris);
  });

  it("finds first and second Sundays, and Fridays before a Sunday", () => {
    const { begin, end } = zoneRule("America/New_York", 2026).dst;
    expect([begin, end]).to.deep.equal([
      { month: 3, day: 8, dayOfWeek: 7, hour: 2, minute: 0, second: 0 },
      { month: 11, day: 1, dayOfWeek: 7, hour: 2, minute: 0, second: 0 },
    ]);
    expect(zoneRule("Asia/Jerusalem", 2026).dst.begin).to.include({ month: 3, day: 23, dayOfWeek: 5 });
  });

  it("shows the time of the zone in its year, on either side of the equator and the Atlantic", function () {
    this.timeout(20_000);
    const names = [
      "Europe/London",
      "America/New_York",
      "Australia/Sydney",
      "Australia/Lord_Howe",
      "Asia/Kolkata",
      "America/Santiago",
      "Africa/Casablanca",
    ];
    expect(names.filter((name) => !agrees(name, 2026))).to.deep.equal([]);
  });

  it("holds for the years around too", function () {
    this.timeout(20_000);
    const rule = new LocalTime(zoneRule("Europe/Paris", 2026));
    for (const year of [2024, 2025, 2027, 2028]) {
      expect(new LocalTime(zoneRule("Europe/Paris", year)).nextTransition(Date.UTC(year, 0, 1))).to.equal(
        rule.nextTransition(Date.UTC(year, 0, 1)),
      );
    }
  });

  it("leaves daylight saving out where there is none", () => {
    expect(zoneRule("Asia/Kolkata", 2026)).to.deep.equal({ standardOffsetMinutes: 330, dst: utc.dst });
  });

  it("takes the machine's zone when none is named", () => {
    expect(zoneRule(undefined, 2026)).to.deep.equal(zoneRule(Intl.DateTimeFormat().resolvedOptions().timeZone, 2026));
  });

  it("refuses names that are none", () => {
    expect(() => zoneRule("Europe/Atlantis", 2026)).to.throw(ConfigError, "Europe/Atlantis");
  });
});

describe("parseStart", () => {
  it("takes a time with an offset as it is, and one without as the meter's local time", () => {
    expect(parseStart("2026-07-01T12:00:00+05:30", paris)).to.equal(Date.parse("2026-07-01T06:30:00Z"));
    expect(parseStart("2026-07-01T12:00Z", paris)).to.equal(Date.parse("2026-07-01T12:00:00Z"));
    expect(parseStart("2026-07-01T12:00", paris)).to.equal(Date.parse("2026-07-01T10:00:00Z"));
    expect(parseStart("2026-01-01", paris)).to.equal(Date.parse("2025-12-31T23:00:00Z"));
  });

  it("means the first of two, and refuses what does not exist or is no time", () => {
    expect(parseStart("2026-10-25T02:30", paris)).to.equal(Date.parse("2026-10-25T00:30:00Z"));
    for (const text of ["2026-03-29T02:30", "tomorrow", "2026-13-01", "2026-02-30T00:00", ""]) {
      expect(() => parseStart(text, paris), text).to.throw(ConfigError);
    }
  });
});

describe("localReading", () => {
  it("reads local times and nothing else", () => {
    expect(localReading("2026-01-02T03:04:05.6")).to.equal(Date.UTC(2026, 0, 2, 3, 4, 5, 600));
    expect(localReading("2024-02-29")).to.equal(Date.UTC(2024, 1, 29));
    for (const text of ["2025-02-29", "2026-01-31T24:00", "2026-01-02T25:00", "2026-01-02T03:04Z", "2026-1-2", "20260102"]) {
      expect(localReading(text), text).to.equal(undefined);
    }
  });
});
