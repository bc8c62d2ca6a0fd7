import { ByteReader } from "../../bytes/byte-reader.ts";
import { ByteWriter } from "../../bytes/byte-writer.ts";
import { octetString } from "./data-schemas.ts";
import { dataTag } from "./data-type.ts";
import type { Schema } from "./schema.ts";

/**
 * COSEM date-time (Blue Book 4.1.6.1), field by field; undefined is "not specified". Months 0xFD and 0xFE mean the end
 * and begin of daylight saving, days 0xFD and 0xFE the second last and last day of the month.
 */
export interface CosemDateTime {
  readonly year: number | undefined;
  readonly month: number | undefined;
  readonly dayOfMonth: number | undefined;
  /** 1 = Monday ... 7 = Sunday */
  readonly dayOfWeek: number | undefined;
  readonly hour: number | undefined;
  readonly minute: number | undefined;
  readonly second: number | undefined;
  readonly hundredths: number | undefined;
  /** Minutes to add to local time to get UTC: -60 for Central Europe in winter. */
  readonly deviation: number | undefined;
  readonly clockStatus: number | undefined;
}

/** Bits of `clockStatus`. */
export const clockStatus = {
  invalidValue: 0x01,
  doubtfulValue: 0x02,
  differentClockBase: 0x04,
  invalidClockStatus: 0x08,
  daylightSavingActive: 0x80,
} as const;

/** Octets of a date-time on the wire. */
export const dateTimeLength = 12;

const unspecified8 = 0xff;
const unspecified16 = 0xffff;
const earliestPlausibleYear = 1970;
const latestPlausibleYear = 2200;
/** The deviation on the wire that means "not specified". */
export const unspecifiedDeviation = -0x8000;

export function readDateTime(reader: ByteReader): CosemDateTime {
  return {
    year: specified(reader.u16("year"), unspecified16),
    month: specified(reader.u8("month"), unspecified8),
    dayOfMonth: specified(reader.u8("day of month"), unspecified8),
    dayOfWeek: specified(reader.u8("day of week"), unspecified8),
    hour: specified(reader.u8("hour"), unspecified8),
    minute: specified(reader.u8("minute"), unspecified8),
    second: specified(reader.u8("second"), unspecified8),
    hundredths: specified(reader.u8("hundredths"), unspecified8),
    deviation: specified(reader.i16("deviation"), unspecifiedDeviation),
    clockStatus: specified(reader.u8("clock status"), unspecified8),
  };
}

export function writeDateTime(writer: ByteWriter, value: CosemDateTime): void {
  writer.u16(value.year ?? unspecified16);
  writer.u8(value.month ?? unspecified8);
  writer.u8(value.dayOfMonth ?? unspecified8);
  writer.u8(value.dayOfWeek ?? unspecified8);
  writer.u8(value.hour ?? unspecified8);
  writer.u8(value.minute ?? unspecified8);
  writer.u8(value.second ?? unspecified8);
  writer.u8(value.hundredths ?? unspecified8);
  writer.i16(value.deviation ?? unspecifiedDeviation);
  writer.u8(value.clockStatus ?? unspecified8);
}

/** The value as twelve octets. */
export function encodeDateTime(value: CosemDateTime): Uint8Array {
  const writer = new ByteWriter(dateTimeLength);
  writeDateTime(writer, value);
  return writer.finish();
}

/** The twelve octets as a value. @throws DecodeError `truncated` | `trailing-data` */
export function decodeDateTime(bytes: Uint8Array): CosemDateTime {
  const reader = new ByteReader(bytes);
  const value = readDateTime(reader);
  reader.expectEnd("date-time");
  return value;
}

/**
 * date-time as attributes carry it: octet-string of 12. The bare type 25 is accepted on read, as peers send both
 * (Green Book 4.2 of our notes; class tables always say octet-string).
 */
export const dateTime: Schema<CosemDateTime> = {
  type: { name: "date-time" },
  read: (reader) => {
    if (reader.peek() === dataTag["date-time"]) {
      reader.skip(1);
      return readDateTime(reader);
    }
    const start = reader.offset;
    const bytes = octetString.read(reader);
    if (bytes.length !== dateTimeLength) throw reader.error("bad-length", "date-time", `${bytes.length} octets`, start);
    return decodeDateTime(bytes);
  },
  write: (writer, value) => {
    writer.u8(dataTag["octet-string"]);
    writer.u8(dateTimeLength);
    writeDateTime(writer, value);
  },
};

/** "Never": every field not specified. */
export const unspecifiedDateTime: CosemDateTime = {
  year: undefined,
  month: undefined,
  dayOfMonth: undefined,
  dayOfWeek: undefined,
  hour: undefined,
  minute: undefined,
  second: undefined,
  hundredths: undefined,
  deviation: undefined,
  clockStatus: undefined,
};

/**
 * UTC milliseconds since 1970, or undefined where the date or hour is a wildcard or any field is out of range.
 * @param assumedDeviation minutes to add to local time where the value does not say
 */
export function dateTimeToInstant(value: CosemDateTime, assumedDeviation = 0): number | undefined {
  const instant = instantOf(
    value.year ?? unspecified16,
    value.month ?? unspecified8,
    value.dayOfMonth ?? unspecified8,
    value.hour ?? unspecified8,
    value.minute ?? unspecified8,
    value.second ?? unspecified8,
    value.hundredths ?? unspecified8,
    value.deviation ?? assumedDeviation,
  );
  return Number.isNaN(instant) ? undefined : instant;
}

/**
 * {@link dateTimeToInstant} of the twelve octets at `at`, which the caller has checked to be there; NaN for undefined.
 * For columns of thousands, where building each value would cost more than all the rest.
 */
export function instantAt(view: DataView, at: number, assumedDeviation = 0): number {
  const deviation = view.getInt16(at + 9);
  return instantOf(
    view.getUint16(at),
    view.getUint8(at + 2),
    view.getUint8(at + 3),
    view.getUint8(at + 5),
    view.getUint8(at + 6),
    view.getUint8(at + 7),
    view.getUint8(at + 8),
    deviation === unspecifiedDeviation ? assumedDeviation : deviation,
  );
}

/** Fields as on the wire; wildcards of the minute and below count as zero. */
function instantOf(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  hundredths: number,
  deviation: number,
): number {
  // Hour 24 is how some meters write the end of a day.
  if (year === unspecified16 || month < 1 || month > 12 || day < 1 || day > 31 || hour > 24) return Number.NaN;
  if (day > 28 && day > daysInMonth(year, month)) return Number.NaN;
  if (minute === unspecified8) minute = 0;
  if (second === unspecified8) second = 0;
  if (hundredths === unspecified8) hundredths = 0;
  if (minute > 59 || second > 59 || hundredths > 99) return Number.NaN;
  const minutes = daysFromCivil(year, month, day) * 1440 + hour * 60 + minute + deviation;
  return minutes * 60_000 + second * 1000 + hundredths * 10;
}

/** True when the twelve octets at `at` can be a date-time: no field is outside what the Blue Book allows (4.1.6.1). */
export function plausibleDateTime(view: DataView, at: number): boolean {
  const year = view.getUint16(at);
  const month = view.getUint8(at + 2);
  const day = view.getUint8(at + 3);
  const dayOfWeek = view.getUint8(at + 4);
  const deviation = view.getInt16(at + 9);
  return (
    ((year >= earliestPlausibleYear && year <= latestPlausibleYear) || year === unspecified16) &&
    ((month >= 1 && month <= 12) || month >= 0xfd) &&
    ((day >= 1 && day <= 31) || day >= 0xfd) &&
    // Some meters number Sunday 0.
    (dayOfWeek <= 7 || dayOfWeek === unspecified8) &&
    wildcardOr(view.getUint8(at + 5), 24) &&
    wildcardOr(view.getUint8(at + 6), 59) &&
    wildcardOr(view.getUint8(at + 7), 59) &&
    wildcardOr(view.getUint8(at + 8), 99) &&
    ((deviation >= -840 && deviation <= 840) || deviation === unspecifiedDeviation)
  );
}

function wildcardOr(value: number, maximum: number): boolean {
  return value <= maximum || value === unspecified8;
}

/** The date-time of an instant, local by `deviation` minutes (UTC = local + deviation). */
export function instantToDateTime(instant: number, deviation: number, status = 0): CosemDateTime {
  const local = instant - deviation * 60_000;
  const days = Math.floor(local / 86_400_000);
  const inDay = local - days * 86_400_000;
  const { year, month, day } = civilFromDays(days);
  return {
    year,
    month,
    dayOfMonth: day,
    dayOfWeek: ((((days + 3) % 7) + 7) % 7) + 1,
    hour: Math.floor(inDay / 3_600_000),
    minute: Math.floor(inDay / 60_000) % 60,
    second: Math.floor(inDay / 1000) % 60,
    hundredths: Math.floor(inDay / 10) % 100,
    deviation,
    clockStatus: status,
  };
}

/**
 * ISO 8601 with offset where the deviation is known, without where not; wildcards of the date or hour as `*`.
 * "2026-11-22T20:45:00+01:00"
 */
export function formatDateTime(value: CosemDateTime): string {
  const date = `${pad(value.year, 4)}-${pad(value.month)}-${pad(value.dayOfMonth)}`;
  const time = `${pad(value.hour)}:${pad(value.minute ?? 0)}:${pad(value.second ?? 0)}`;
  const fraction = value.hundredths === undefined || value.hundredths === 0 ? "" : `.${pad(value.hundredths)}`;
  return `${date}T${time}${fraction}${formatDeviation(value.deviation)}`;
}

function formatDeviation(deviation: number | undefined): string {
  if (deviation === undefined) return "";
  const offset = Math.abs(deviation);
  return `${deviation > 0 ? "-" : "+"}${pad(Math.floor(offset / 60))}:${pad(offset % 60)}`;
}

function pad(value: number | undefined, width = 2): string {
  return value === undefined ? "*".repeat(width) : String(value).padStart(width, "0");
}

function specified(value: number, unspecified: number): number | undefined {
  return value === unspecified ? undefined : value;
}

function daysInMonth(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
}

/** Day number since 1970-01-01 of a proleptic Gregorian date; the inverse of {@link civilFromDays}. */
function daysFromCivil(year: number, month: number, day: number): number {
  const yearFromMarch = month <= 2 ? year - 1 : year;
  const era = Math.floor(yearFromMarch / 400);
  const yearOfEra = yearFromMarch - era * 400;
  const dayOfYear = Math.floor((153 * (month <= 2 ? month + 9 : month - 3) + 2) / 5) + day - 1;
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468;
}

/** Proleptic Gregorian date of a day number since 1970-01-01. */
function civilFromDays(days: number): { year: number; month: number; day: number } {
  // Counting from 1 March 0000 puts the leap day at the end of the year, which makes the arithmetic exact.
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day: dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1 };
}
