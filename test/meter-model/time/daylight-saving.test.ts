import { expect } from "chai";
import { IANAZone } from "luxon";
import {
  day,
  hour,
  type Instant,
  type Meter,
  minute,
  type ProfileName,
  profileDefinitions,
  RowStatus,
} from "../../../src/meter-model/index.ts";
import { parseStart, zoneRule } from "../../../src/virtual-meter/time-zone.ts";
import { constantLoad, newMeter, rowsOf } from "../support.ts";

const year = 2026;

interface ZoneCase {
  readonly zone: string;
  readonly why: string;
  /** Local date of each switch: what the day lasts (minutes), and how many hours end on it. */
  readonly switches: Readonly<Record<string, { readonly minutes: number; readonly hours: number }>>;
}

const shortDay = { minutes: 1380, hours: 23 };
const longDay = { minutes: 1500, hours: 25 };

const zones: readonly ZoneCase[] = [
  { zone: "Europe/Paris", why: "last Sundays", switches: { "2026-03-29": shortDay, "2026-10-25": longDay } },
  { zone: "America/New_York", why: "second and first Sunday", switches: { "2026-03-08": shortDay, "2026-11-01": longDay } },
  {
    zone: "Australia/Lord_Howe",
    why: "half an hour, in the south",
    switches: { "2026-04-05": { minutes: 1470, hours: 24 }, "2026-10-04": { minutes: 1410, hours: 24 } },
  },
  { zone: "Asia/Kolkata", why: "half an hour off, and no switch", switches: {} },
  { zone: "America/Santiago", why: "the south; midnight is skipped", switches: { "2026-04-04": longDay, "2026-09-06": shortDay } },
  { zone: "America/Havana", why: "midnight is skipped, and repeated", switches: { "2026-03-08": shortDay, "2026-11-01": longDay } },
  { zone: "Africa/Casablanca", why: "standard time in Ramadan only", switches: { "2026-02-15": longDay, "2026-03-22": shortDay } },
];

/** A local year as the time zone database has it. */
interface DatabaseYear {
  /** Its first instant, and those at which one of its hours ends. */
  readonly hours: readonly Instant[];
  /** Its first instant, and those at which one of its days ends. */
  readonly days: readonly Instant[];
  /** Minutes ahead of UTC, at every half hour. */
  readonly offsets: ReadonlyMap<Instant, number>;
}

/** Every offset of these zones, and every switch, is a multiple of half an hour. */
function databaseYear(name: string): DatabaseYear {
  const zone = IANAZone.create(name);
  const hours: Instant[] = [];
  const days: Instant[] = [];
  const offsets = new Map<Instant, number>();
  const start = Date.UTC(year, 0, 1) - day;
  let offset = zone.offset(start);
  for (let instant = start; instant <= Date.UTC(year + 1, 0, 1) + day; instant += hour / 2) {
    const before = instant - 1 + offset * minute;
    offset = zone.offset(instant);
    offsets.set(instant, offset);
    const reading = instant + offset * minute;
    if (reading < Date.UTC(year, 0, 1) || reading > Date.UTC(year + 1, 0, 1)) continue;
    if (reading % hour === 0 || Math.floor(reading / hour) > Math.floor(before / hour)) hours.push(instant);
    if (Math.floor(reading / day) > Math.floor(before / day)) days.push(instant);
  }
  return { hours, days, offsets };
}

/** A meter in a zone that has lived through the year, and still has every row of it. */
function livedThrough(zone: string): Meter {
  const rule = zoneRule(zone, year);
  const { hourly, daily, monthly } = profileDefinitions;
  const profiles = {
    ...profileDefinitions,
    hourly: { ...hourly, capacity: 10_000 },
    daily: { ...daily, capacity: 400 },
    monthly: { ...monthly, capacity: 24 },
  };
  const meter = newMeter(parseStart(`${year}-01-01`, rule), constantLoad(), { zone: rule, profiles });
  meter.advance(parseStart(`${year + 1}-01-01`, rule));
  return meter;
}

const stampsOf = (meter: Meter, profile: ProfileName): readonly Instant[] => rowsOf(meter.profile(profile).rows).map(({ stamp }) => stamp);

describe("Freezes across daylight saving (rule 5)", () => {
  for (const { zone, why, switches } of zones) {
    describe(`${zone}: ${why}`, () => {
      let expected: DatabaseYear;
      let meter: Meter;
      const offsetAt = (instant: Instant): number => expected.offsets.get(instant) ?? Number.NaN;
      /** The local date that an instant belongs to. */
      const dateAt = (instant: Instant): string => new Date(instant + offsetAt(instant) * minute).toISOString().slice(0, 10);
      before(function () {
        this.timeout(20_000);
        expected = databaseYear(zone);
        meter = livedThrough(zone);
      });

      it("have every hour of the year once, and a repeated one twice", () => {
        expect(stampsOf(meter, "hourly")).to.deep.equal(expected.hours.slice(1));
      });

      it("have every day and every month once, stamped with its nominal beginning", () => {
        const ends = expected.days.slice(1);
        expect(ends).to.have.length(365);
        expect(stampsOf(meter, "daily")).to.deep.equal(ends);
        expect(stampsOf(meter, "monthly")).to.deep.equal(ends.filter((end) => dateAt(end).endsWith("-01")));
        expect(meter.billing.closed).to.equal(12);
      });

      it("give the days of the switches their own lengths, and all others 24 hours", () => {
        const hours = stampsOf(meter, "hourly");
        const unusual: Record<string, { minutes: number; hours: number }> = {};
        for (const [index, end] of stampsOf(meter, "daily").entries()) {
          const begin = expected.days[index] ?? Number.NaN;
          const ended = hours.filter((stamp) => stamp > begin && stamp <= end).length;
          if (end - begin === day) expect(ended, dateAt(begin)).to.equal(24);
          else unusual[dateAt(begin)] = { minutes: (end - begin) / minute, hours: ended };
        }
        expect(unusual).to.deep.equal(switches);
      });

      it("carry the energy of the time that passed, not of the clock", () => {
        const column = meter.profile("daily").definition.columns.indexOf("activeImport");
        for (const { stamp, values } of rowsOf(meter.profile("daily").rows)) {
          // A kilowatt: a watt-hour every 3.6 s.
          expect(values[column], dateAt(stamp)).to.equal((stamp - (expected.days[0] ?? Number.NaN)) / 3600);
        }
      });

      it("tell repeated hours apart by deviation and by the bit of daylight saving", () => {
        const rows = rowsOf(meter.profile("hourly").rows);
        const standard = meter.zone.standardOffsetMinutes;
        expect(rows.map(({ offsetMinutes }) => offsetMinutes)).to.deep.equal(rows.map(({ stamp }) => offsetAt(stamp)));
        expect(rows.map(({ status }) => status)).to.deep.equal(
          rows.map(({ stamp }) => (offsetAt(stamp) === standard ? 0 : RowStatus.daylightSaving)),
        );
        const shown = rows.map(({ stamp, offsetMinutes, status }) => `${stamp + offsetMinutes * minute} ${status}`);
        expect(new Set(shown).size).to.equal(rows.length);
      });
    });
  }
});
