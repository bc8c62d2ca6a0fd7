import type { CosemDateTime } from "../../../dlms/axdr/date-time.ts";
import type { DatePattern, ExecutionTime } from "../../../meter-model/index.ts";

/** "Not specified" in dates and times. */
const any = 0xff;
const anyYear = 0xffff;
const lastDay = 0xfe;
const secondLastDay = 0xfd;

type TimeOfDay = Pick<ExecutionTime, "hour" | "minute" | "second" | "hundredths">;

/** The five octets of a COSEM date: year, month, day, day of the week. */
export function dateOctets({ year, month, day, dayOfWeek: weekday }: DatePattern): Uint8Array {
  const wholeYear = year ?? anyYear;
  return Uint8Array.of(wholeYear >> 8, wholeYear & 0xff, month ?? any, dayOctet(day) ?? any, weekday ?? any);
}

/** A date of five octets with its wildcards. */
export function datePattern(octets: Uint8Array): Pick<DatePattern, "year" | "month" | "day" | "dayOfWeek"> {
  const [high = any, low = any, month = any, day = any, weekday = any] = octets;
  const year = high * 0x100 + low;
  return { year: year === anyYear ? undefined : year, month: known(month), day: dayOfMonth(day), dayOfWeek: known(weekday) };
}

/** A date-time with its wildcards, as local time. */
export function dateTimePattern({ dayOfMonth: day, hour, minute, second, year, month, dayOfWeek }: CosemDateTime): DatePattern {
  return { year, month, day: dayOfMonth(day), dayOfWeek, hour, minute, second };
}

/** The four octets of a COSEM time: hour, minute, second, hundredths. */
export function timeOctets({ hour, minute, second, hundredths }: TimeOfDay): Uint8Array {
  return Uint8Array.of(hour ?? any, minute ?? any, second ?? any, hundredths ?? any);
}

/** A time of four octets with its wildcards. */
export function timeOfDay(octets: Uint8Array): TimeOfDay {
  const [hour = any, minute = any, second = any, hundredths = any] = octets;
  return { hour: known(hour), minute: known(minute), second: known(second), hundredths: known(hundredths) };
}

/** A day of the month as COSEM counts it, also from the end. */
export function dayOfMonth(octet: number | undefined): DatePattern["day"] {
  if (octet === undefined || octet === any) return undefined;
  return octet === lastDay ? "last" : octet === secondLastDay ? "second-last" : octet;
}

/** The octet of a day of the month; undefined for any. */
export function dayOctet(day: DatePattern["day"]): number | undefined {
  return day === "last" ? lastDay : day === "second-last" ? secondLastDay : day;
}

const known = (octet: number): number | undefined => (octet === any ? undefined : octet);
