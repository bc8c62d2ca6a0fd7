import type { PageAmount, PageValue } from "../../src/dashboard/contract.ts";

/** A number by the locale, of as many decimals as it needs and no more than three. */
export function number(value: number, locale: string | undefined, decimals = 3): string {
  return new Intl.NumberFormat(locale, { maximumFractionDigits: decimals }).format(value);
}

/** "12.5 kWh", "3.20 EUR": energies in thousands, money in the currency of the meter. */
export function amountText({ value, unit }: PageAmount, currency: string | undefined, locale: string | undefined): string {
  if (unit === "Wh") return `${number(value / 1000, locale, 2)} kWh`;
  return [number(value, locale, 2), unit === "currency" ? currency : unit].filter(Boolean).join(" ");
}

/** Any value for people. */
export function valueText(value: PageValue, locale: string | undefined): string {
  if (value === null) return "–";
  if (typeof value === "number") return number(value, locale);
  if (typeof value === "boolean") return value ? "yes" : "no";
  return typeof value === "string" ? value : value.length === 0 ? "none" : value.join(", ");
}

/** The wall clock where the meter is, by the locale, of an ISO 8601 stamp whose offset is the meter's. */
export function stampText(stamp: string, locale: string | undefined): string {
  const wall = Date.parse(`${stamp.replace(/(Z|[+-]\d\d:\d\d)$/, "")}Z`);
  if (Number.isNaN(wall)) return stamp;
  return new Intl.DateTimeFormat(locale, { timeZone: "UTC", dateStyle: "medium", timeStyle: "medium" }).format(wall);
}

/** From one time of a wall clock to another; of whole days the last one is meant, not its end. */
export function rangeText(from: number, to: number, wholeDays: boolean, locale: string | undefined): string {
  const options: Intl.DateTimeFormatOptions = { timeZone: "UTC", dateStyle: "medium", ...(wholeDays ? {} : { timeStyle: "short" }) };
  return new Intl.DateTimeFormat(locale, options).formatRange(from, wholeDays ? to - 1 : to);
}

/** A moment by the locale and the zone of who looks. */
export function timeText(instant: number, locale: string | undefined): string {
  return new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(instant);
}

/** A moment as people speak of it at another one: the time of day, and the day where it is another. */
export function momentText(instant: number, now: number, locale: string | undefined): string {
  if (now - instant < 43_200_000) return timeText(instant, locale);
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }).format(instant);
}

/** "12 s", "5 min", "3 h", "2 d". */
export function age(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 90) return `${seconds} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return seconds < 129_600 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} d`;
}
