import { bitAt, bitString } from "../../../bytes/bit-string.ts";
import { Schedule, type ScheduleEntry } from "../../../cosem-objects/classes/schedule.ts";
import { bind, type CosemObject, refuse } from "../../../cosem-objects/object.ts";
import type { Meter, TimetableEntry } from "../../../meter-model/index.ts";
import { dateOctets, datePattern, timeOctets, timeOfDay } from "./date-octets.ts";
import { scriptCall, scriptReference } from "./script-references.ts";

/** The schedule: scripts at times of chosen days. */
export function timetableObject(meter: Meter): CosemObject {
  const { scheduler } = meter.automation;
  const replace = (entries: readonly (TimetableEntry | undefined)[]) => {
    if (!meter.supplied) return refuse("temporary-failure");
    return entries.every(isEntry) && scheduler.setEntries(entries) ? undefined : refuse("other-reason");
  };
  return bind(Schedule, {
    logicalName: "0.0.12.0.0.255",
    attributes: {
      entries: { get: () => scheduler.entries.map(toData), set: (entries) => replace(entries.map(toEntry)) },
    },
    methods: {
      // The disabled ones come first, so that an index in both ranges is enabled (Blue Book 4.5.3).
      enableDisable: ({ firstDisabled, lastDisabled, firstEnabled, lastEnabled }) =>
        replace(
          scheduler.entries.map((entry) => {
            if (isWithin(entry, firstEnabled, lastEnabled)) return { ...entry, enabled: true };
            return isWithin(entry, firstDisabled, lastDisabled) ? { ...entry, enabled: false } : entry;
          }),
        ),
      insert: (entry) => replace([...scheduler.entries.filter(({ index }) => index !== entry.index), toEntry(entry)]),
      delete: ({ first, last }) => replace(scheduler.entries.filter((entry) => !isWithin(entry, first, last))),
    },
  });
}

function isEntry(entry: TimetableEntry | undefined): entry is TimetableEntry {
  return entry !== undefined;
}

function isWithin({ index }: TimetableEntry, first: number, last: number): boolean {
  return index >= first && index <= last;
}

function toData(entry: TimetableEntry): ScheduleEntry {
  return {
    index: entry.index,
    enable: entry.enabled,
    ...scriptReference(entry.script),
    switchTime: timeOctets(entry.time),
    validityWindow: entry.validity,
    weekdays: toBits(entry.weekdays),
    specialDays: toBits(entry.specialDays),
    beginDate: dateOctets(entry.begin),
    endDate: dateOctets(entry.end),
  };
}

/** Undefined for a script of a table that there is not. */
function toEntry(entry: ScheduleEntry): TimetableEntry | undefined {
  const script = scriptCall(entry);
  if (script === undefined) return undefined;
  return {
    index: entry.index,
    enabled: entry.enable,
    script,
    time: timeOfDay(entry.switchTime),
    validity: entry.validityWindow,
    weekdays: toDigits(entry.weekdays),
    specialDays: toDigits(entry.specialDays),
    begin: datePattern(entry.beginDate),
    end: datePattern(entry.endDate),
  };
}

function toBits(digits: string): ScheduleEntry["weekdays"] {
  return bitString(
    digits.length,
    [...digits].flatMap((digit, index) => (digit === "1" ? [index] : [])),
  );
}

function toDigits(bits: ScheduleEntry["weekdays"]): string {
  return Array.from({ length: bits.length }, (_, index) => (bitAt(bits, index) ? "1" : "0")).join("");
}
