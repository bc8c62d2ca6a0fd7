import { fromHex, toHex } from "../../bytes/hex.ts";
import { type TariffFile, weekdays } from "../../config/tariff-file.ts";
import type { SpecialDayEntry } from "../../cosem-objects/classes/special-days-table.ts";
import { formatObis } from "../../cosem-objects/logical-name.ts";
import { type CosemDateTime, decodeDateTime, encodeDateTime, unspecifiedDateTime } from "../../dlms/axdr/date-time.ts";
import type { TariffTable } from "../../field/tariff-table.ts";
import { parseObject } from "../object-argument.ts";

const lastDay = 0xfe;
const secondLastDay = 0xfd;
const weekdayNames = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;

/** The tariff of a meter as a file has it. */
export function tariffOf(table: TariffTable, specialDays?: readonly SpecialDayEntry[]): TariffFile {
  return {
    name: nameText(table.name),
    seasons: table.seasons.map(({ name, start, weekName }) => ({ name: nameText(name), from: dateText(start), week: nameText(weekName) })),
    weeks: table.weeks.map((week) => ({ name: nameText(week.name), days: weekdayNames.map((weekday) => week[weekday]) })),
    days: table.days.map(({ dayId, schedule }) => ({
      id: dayId,
      schedule: schedule.map(({ startTime, scriptLogicalName, scriptSelector }) => ({
        at: timeText(startTime),
        script: scriptSelector,
        table: formatObis(scriptLogicalName).replace(/\*255$|\.255$/, ""),
      })),
    })),
    ...(specialDays === undefined ? {} : { specialDays: specialDays.map(({ date, dayId }) => ({ date: dayText(date), day: dayId })) }),
  };
}

/** A file's tariff as a meter takes it. */
export function tableOf(tariff: TariffFile): TariffTable {
  return {
    name: nameOctets(tariff.name),
    seasons: tariff.seasons.map(({ name, from, week }) => ({ name: nameOctets(name), start: dateOf(from), weekName: nameOctets(week) })),
    weeks: tariff.weeks.map(({ name, days }) => {
      const [monday = 0, tuesday = 0, wednesday = 0, thursday = 0, friday = 0, saturday = 0, sunday = 0] = days;
      return { name: nameOctets(name), monday, tuesday, wednesday, thursday, friday, saturday, sunday };
    }),
    days: tariff.days.map(({ id, schedule }) => ({
      dayId: id,
      schedule: schedule.map(({ at, script, table }) => ({
        startTime: timeOctets(at),
        scriptLogicalName: parseObject(table, { find: () => undefined }).logicalName,
        scriptSelector: script,
      })),
    })),
  };
}

/** A file's special days, numbered as they stand. */
export function specialDaysOf({ specialDays = [] }: TariffFile): readonly SpecialDayEntry[] {
  return specialDays.map(({ date, day }, index) => ({ index, date: encodeDateTime(dateOf(date)).subarray(0, 5), dayId: day }));
}

/** "*-04-01", with a time where it has one, of a date-time with wildcards. */
export function dateText(date: CosemDateTime): string {
  const { year, month, dayOfMonth, dayOfWeek, hour, minute } = date;
  const usual = [month ?? 1, hour ?? 0, minute ?? 0].every((part) => part < 60) && (month ?? 1) <= 12 && (dayOfWeek ?? 1) <= 7;
  if (!usual || (hour === undefined) !== (minute === undefined)) return `hex:${toHex(encodeDateTime(date))}`;
  const weekday = dayOfWeek === undefined ? "" : ` ${weekdays[dayOfWeek - 1]}`;
  const time = hour === undefined ? "" : `T${two(hour)}:${two(minute)}`;
  return `${year === undefined ? "*" : String(year).padStart(4, "0")}-${two(month)}-${dayOfMonthText(dayOfMonth)}${weekday}${time}`;
}

/** The date-time of a text that `tariffSchema` took. */
export function dateOf(text: string): CosemDateTime {
  if (text.startsWith("hex:")) return decodeDateTime(fromHex(text.slice(4).padEnd(24, "F")));
  const [, year = "*", month = "*", day = "*", weekday, hour, minute] =
    /^(\d{4}|\*)-(\d\d|\*)-(\d\d|\*|last|last2)(?: (\w{3}))?(?:T(\d\d):(\d\d))?$/.exec(text) ?? [];
  const known = (part: string | undefined): number | undefined => (part === undefined || part === "*" ? undefined : Number(part));
  return {
    ...unspecifiedDateTime,
    year: known(year),
    month: known(month),
    dayOfMonth: day === "last" ? lastDay : day === "last2" ? secondLastDay : known(day),
    dayOfWeek: weekday === undefined ? undefined : (weekdays as readonly string[]).indexOf(weekday) + 1,
    hour: known(hour),
    minute: known(minute),
    ...(hour === undefined ? {} : { second: 0, hundredths: 0 }),
  };
}

function dayText(octets: Uint8Array): string {
  if (octets.length !== 5) return `hex:${toHex(octets)}`;
  return dateText(decodeDateTime(Uint8Array.of(...octets, 0xff, 0xff, 0xff, 0xff, 0x80, 0x00, 0xff)));
}

function dayOfMonthText(day: number | undefined): string {
  return day === lastDay ? "last" : day === secondLastDay ? "last2" : two(day);
}

function two(part: number | undefined): string {
  return part === undefined ? "*" : String(part).padStart(2, "0");
}

/** Hour, minute, second, hundredths. */
function timeText([hour = 0, minute = 0, second = 0]: Uint8Array): string {
  return [hour, minute, ...(second === 0 || second === 0xff ? [] : [second])].map(two).join(":");
}

function timeOctets(text: string): Uint8Array {
  const [hour = 0, minute = 0, second = 0] = text.split(":").map(Number);
  return Uint8Array.of(hour, minute, second, 0);
}

function nameText(octets: Uint8Array): string {
  const text = String.fromCharCode(...octets);
  return /^[!-~][ -~]{0,15}$/.test(text) && !text.startsWith("hex:") ? text : `hex:${toHex(octets)}`;
}

function nameOctets(text: string): Uint8Array {
  return text.startsWith("hex:") ? fromHex(text.slice(4)) : new TextEncoder().encode(text);
}
