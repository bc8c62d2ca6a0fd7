import { fromHex, toHex } from "../../bytes/hex.ts";
import {
  ActivityCalendar,
  type DayProfileTable,
  type SeasonProfile,
  type WeekProfileTable,
} from "../../cosem-objects/classes/activity-calendar.ts";
import { ScriptTable } from "../../cosem-objects/classes/script-table.ts";
import { type SpecialDayEntry, SpecialDaysTable } from "../../cosem-objects/classes/special-days-table.ts";
import type { LogicalName } from "../../cosem-objects/logical-name.ts";
import { bind, type CosemObject, refuse } from "../../cosem-objects/object.ts";
import type { CosemDateTime } from "../../dlms/axdr/date-time.ts";
import {
  type Calendar,
  type DatePattern,
  type DayProfile,
  hour,
  type Meter,
  minute,
  rateCount,
  type SpecialDay,
  second,
} from "../../meter-model/index.ts";
import { dateOctets, datePattern, dateTimePattern, dayOctet } from "./automation/date-octets.ts";
import { scriptTables } from "./automation/script-references.ts";
import { data } from "./data-object.ts";
import { settle } from "./outcome.ts";

/** The table whose scripts 1 to 8 put a rate in force. */
const tariffScripts: LogicalName = scriptTables.tariff;

/** Calendar, special days, scripts and the rate in force. */
export function tariffObjects(meter: Meter): readonly CosemObject[] {
  const { tariff } = meter;
  const setPassive = (changes: Partial<Calendar> | undefined) => {
    if (changes === undefined || !tariff.setPassive({ ...tariff.passive, ...changes }, meter.clockTime)) return refuse("other-reason");
    return undefined;
  };
  return [
    bind(ActivityCalendar, {
      logicalName: "0.0.13.0.0.255",
      attributes: {
        calendarNameActive: () => fromHex(tariff.active.name),
        seasonProfileActive: () => seasonsOf(tariff.active),
        weekProfileTableActive: () => weeksOf(tariff.active),
        dayProfileTableActive: () => daysOf(tariff.active),
        calendarNamePassive: { get: () => fromHex(tariff.passive.name), set: (name: Uint8Array) => setPassive({ name: toHex(name) }) },
        seasonProfilePassive: { get: () => seasonsOf(tariff.passive), set: (seasons) => setPassive(toSeasons(seasons)) },
        weekProfileTablePassive: { get: () => weeksOf(tariff.passive), set: (weeks) => setPassive(toWeeks(weeks)) },
        dayProfileTablePassive: { get: () => daysOf(tariff.passive), set: (days) => setPassive(toDays(days)) },
        activatePassiveCalendarTime: {
          get: () => (tariff.activateAt === undefined ? patternDateTime({}) : patternDateTime(tariff.activateAt)),
          set: (time) => {
            const pattern = dateTimePattern(time);
            tariff.setActivation(Object.values(pattern).every((part) => part === undefined) ? undefined : pattern);
            meter.tariffChanged();
            return undefined;
          },
        },
      },
      methods: { activatePassiveCalendar: () => settle(meter.activatePassiveCalendar()) },
    }),
    specialDaysObject(meter),
    bind(ScriptTable, {
      logicalName: tariffScripts,
      attributes: {
        scripts: Array.from({ length: rateCount }, (_, index) => ({ scriptIdentifier: index + 1, actions: [] })),
      },
      methods: {
        execute: (script) => (script === 0 ? undefined : settle(meter.forceRate(script))),
      },
    }),
    ...(["0.0.96.14.0.255", "0.0.96.14.1.255"] as const).map((name) =>
      data(name, () => ({ type: "octet-string", value: Uint8Array.of(meter.rate) })),
    ),
  ];
}

function specialDaysObject(meter: Meter): CosemObject {
  const { tariff } = meter;
  const replace = (specialDays: readonly SpecialDay[] | undefined) => {
    if (specialDays === undefined || !tariff.setSpecialDays(specialDays, meter.clockTime)) return refuse("other-reason");
    meter.tariffChanged();
    return undefined;
  };
  return bind(SpecialDaysTable, {
    logicalName: "0.0.11.0.0.255",
    attributes: {
      entries: {
        get: () => tariff.specialDays.map(({ index, date, dayId }) => ({ index, date: dateOctets(date), dayId })),
        set: (entries) => {
          const days = entries.map(toSpecialDay);
          return replace(days.includes(undefined) ? undefined : (days as readonly SpecialDay[]));
        },
      },
    },
    methods: {
      insert: (entry) => {
        const day = toSpecialDay(entry);
        if (day === undefined) return refuse("other-reason");
        const sameDate = toHex(entry.date);
        return replace([
          ...tariff.specialDays.filter((other) => other.index !== day.index && toHex(dateOctets(other.date)) !== sameDate),
          day,
        ]);
      },
      delete: (index) => {
        const left = tariff.specialDays.filter((day) => day.index !== index);
        return left.length === tariff.specialDays.length ? refuse("other-reason") : replace(left);
      },
    },
  });
}

const seasonsOf = ({ seasons }: Calendar): SeasonProfile =>
  seasons.map(({ name, start, week }) => ({ name: fromHex(name), start: patternDateTime(start), weekName: fromHex(week) }));

const weeksOf = ({ weeks }: Calendar): WeekProfileTable =>
  weeks.map(({ name, days: [monday = 0, tuesday = 0, wednesday = 0, thursday = 0, friday = 0, saturday = 0, sunday = 0] }) => ({
    name: fromHex(name),
    monday,
    tuesday,
    wednesday,
    thursday,
    friday,
    saturday,
    sunday,
  }));

const daysOf = ({ days }: Calendar): DayProfileTable =>
  days.map(({ id, actions }) => ({
    dayId: id,
    schedule: actions.map(({ time, rate }) => ({
      startTime: Uint8Array.of(Math.floor(time / hour), Math.floor((time % hour) / minute), Math.floor((time % minute) / second), 0),
      scriptLogicalName: tariffScripts,
      scriptSelector: rate,
    })),
  }));

function toSeasons(seasons: SeasonProfile): Pick<Calendar, "seasons"> {
  return {
    seasons: seasons.map(({ name, start, weekName }) => ({ name: toHex(name), start: dateTimePattern(start), week: toHex(weekName) })),
  };
}

function toWeeks(weeks: WeekProfileTable): Pick<Calendar, "weeks"> {
  return {
    weeks: weeks.map(({ name, ...days }) => ({
      name: toHex(name),
      days: [days.monday, days.tuesday, days.wednesday, days.thursday, days.friday, days.saturday, days.sunday],
    })),
  };
}

/** Undefined for what is no time of the day, or another script than that of a rate. */
function toDays(days: DayProfileTable): Pick<Calendar, "days"> | undefined {
  const profiles: DayProfile[] = [];
  for (const { dayId, schedule } of days) {
    const actions: { time: number; rate: number }[] = [];
    for (const { startTime, scriptLogicalName, scriptSelector } of schedule) {
      const time = timeOfDay(startTime);
      if (time === undefined || scriptLogicalName !== tariffScripts) return undefined;
      actions.push({ time, rate: scriptSelector });
    }
    profiles.push({ id: dayId, actions });
  }
  return { days: profiles };
}

/** ms after midnight; undefined unless hour and minute are said. */
function timeOfDay(octets: Uint8Array): number | undefined {
  const [h = any, m = any, s = any] = octets;
  if (octets.length !== 4 || h > 23 || m > 59) return undefined;
  return h * hour + m * minute + (s > 59 ? 0 : s * second);
}

/** "Not specified" in times. */
const any = 0xff;

function toSpecialDay({ index, date, dayId }: SpecialDayEntry): SpecialDay | undefined {
  return date.length === 5 ? { index, date: datePattern(date), dayId } : undefined;
}

function patternDateTime({ year, month, day, dayOfWeek, hour: h, minute: m, second: s }: DatePattern): CosemDateTime {
  return {
    year,
    month,
    dayOfMonth: dayOctet(day),
    dayOfWeek,
    hour: h,
    minute: m,
    second: s,
    hundredths: undefined,
    deviation: undefined,
    clockStatus: undefined,
  };
}
