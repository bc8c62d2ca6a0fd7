import { DateTime, IANAZone, SystemZone, type Zone } from "luxon";
import { ConfigError } from "../errors.ts";
import { day, type Instant, type LocalFields, LocalTime, minute, type SwitchRule, type TimeZoneRule, utc } from "../meter-model/index.ts";

/** Years on either side whose switches tell which rule is behind the dates of one year. */
const yearsAround = 4;

/**
 * The rule of an IANA time zone ("Europe/Paris") as it is in `year`, of the machine's zone when no name is given; throws
 * `ConfigError` for a name that is none. Where a year has other than two switches there is no daylight saving, as a COSEM
 * clock cannot express it.
 */
export function zoneRule(name: string | undefined, year: number): TimeZoneRule {
  const zone = name === undefined ? SystemZone.instance : IANAZone.create(name);
  if (!zone.isValid) {
    throw new ConfigError("timezone", `unknown time zone "${name}"`, { hint: "use a name of the IANA database such as Europe/Paris" });
  }
  const pair = switchPair(zone, year);
  if (pair === undefined) return { standardOffsetMinutes: offsetAt(zone, Date.UTC(year, 0, 1)), dst: utc.dst };
  const around: SwitchPair[] = [];
  for (let other = year - yearsAround; other <= year + yearsAround; other++) {
    const otherPair = switchPair(zone, other);
    if (otherPair !== undefined) around.push(otherPair);
  }
  return {
    standardOffsetMinutes: pair.begin.before,
    dst: {
      enabled: true,
      deviationMinutes: pair.begin.after - pair.begin.before,
      begin: ruleOf(
        pair.begin,
        around.map(({ begin }) => begin),
      ),
      end: ruleOf(
        pair.end,
        around.map(({ end }) => end),
      ),
    },
  };
}

/**
 * The instant an ISO 8601 text means: with an offset what it says, without one by the meter's local time. Throws
 * `ConfigError` for anything else, and for a local time that daylight saving skips; of a repeated one the first is meant.
 */
export function parseStart(text: string, zone: TimeZoneRule): Instant {
  const reading = localReading(text);
  if (reading !== undefined) {
    const [instant] = new LocalTime(zone).instantsOf(reading);
    if (instant === undefined) throw new ConfigError("start", `${text} does not exist, daylight saving skips it`);
    return instant;
  }
  const parsed = DateTime.fromISO(text, { zone: "utc" });
  if (!parsed.isValid) {
    throw new ConfigError("start", `"${text}" is not a time`, { hint: "write it like 2026-01-31T12:00 or 2026-01-31T12:00:00+01:00" });
  }
  return parsed.toMillis();
}

/** Reads an ISO 8601 date or time without an offset as local milliseconds; undefined when it is not one. */
export function localReading(text: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?)?$/.test(text)) return undefined;
  const reading = Date.parse(text.length === 10 ? `${text}T00:00Z` : `${text}Z`);
  // A day that the month does not have is carried over into the next one instead of being refused.
  return Number.isNaN(reading) || new Date(reading).getUTCDate() !== Number(text.slice(8, 10)) ? undefined : reading;
}

/** A change of the offset (minutes ahead of UTC) and what the local clock shows just before it. */
interface Switch {
  readonly before: number;
  readonly after: number;
  readonly reading: LocalFields;
}

interface SwitchPair {
  readonly begin: Switch;
  readonly end: Switch;
}

function switchPair(zone: Zone, year: number): SwitchPair | undefined {
  const switches = switchesIn(zone, year);
  const begin = switches.find(({ before, after }) => after > before);
  const end = switches.find(({ before, after }) => after < before);
  return switches.length === 2 && begin !== undefined && end !== undefined ? { begin, end } : undefined;
}

function switchesIn(zone: Zone, year: number): Switch[] {
  const switches: Switch[] = [];
  for (let start = Date.UTC(year, 0, 1); start < Date.UTC(year + 1, 0, 1); start += day) {
    const before = offsetAt(zone, start);
    const after = offsetAt(zone, start + day);
    if (before === after) continue;
    let low = start;
    let high = start + day;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (offsetAt(zone, middle) === before) low = middle;
      else high = middle;
    }
    switches.push({ before, after, reading: new LocalTime(utc).fields(high + before * minute) });
  }
  return switches;
}

/** Minutes ahead of UTC; the machine's own zone says minus zero where it is UTC. */
function offsetAt(zone: Zone, instant: Instant): number {
  return zone.offset(instant) + 0;
}

/** The wildcard rule that a switch follows, judged by how many of the switches in the years around it explains. */
function ruleOf({ reading }: Switch, around: readonly Switch[]): SwitchRule {
  const { month, day: date, dayOfWeek, hour, minute: minutes, second } = reading;
  const time = { hour, minute: minutes, second };
  const weekStart = date - ((date - 1) % 7);
  const others = Array.from({ length: 7 }, (_, back) => date - back).filter((from) => from >= 1 && from !== weekStart);
  const candidates: SwitchRule[] = [
    ...(isLastWeek(reading) ? [{ month, day: "last" as const, dayOfWeek, ...time }] : []),
    ...[weekStart, ...others].map((from) => ({ month, day: from, dayOfWeek, ...time })),
    { month, day: date, ...time },
  ];
  const explained = (rule: SwitchRule) => around.filter((other) => follows(other.reading, rule)).length;
  return candidates.reduce((best, rule) => (explained(rule) > explained(best) ? rule : best));
}

function follows(reading: LocalFields, rule: SwitchRule): boolean {
  if (reading.month !== rule.month || reading.hour !== rule.hour || reading.minute !== rule.minute) return false;
  if (rule.dayOfWeek === undefined) return reading.day === rule.day;
  if (reading.dayOfWeek !== rule.dayOfWeek) return false;
  return typeof rule.day === "number" ? reading.day >= rule.day && reading.day < rule.day + 7 : isLastWeek(reading);
}

function isLastWeek({ year, month, day: date }: LocalFields): boolean {
  return date + 7 > new Date(Date.UTC(year, month, 0)).getUTCDate();
}
