/** The years at whose beginning identifiers count from 0; a property of the vending key. */
export type BaseDate = 1993 | 2014 | 2035;

/** All base dates, the earliest first. */
export const baseDates: readonly BaseDate[] = [1993, 2014, 2035];

/** The largest identifier, 24 bits: nearly 32 years after the base date. */
export const largestTokenIdentifier = 0xff_ffff;

const minute = 60_000;
const minutesOfDay = 1_440;

/** The key expiry number of keys that never expire. */
export const neverExpires = 255;

/** Milliseconds since 1970 in UTC of an identifier's minute. */
export function issueTime(tokenIdentifier: number, baseDate: BaseDate): number {
  return Date.UTC(baseDate, 0, 1) + tokenIdentifier * minute;
}

/** Whether an identifier is of the minute 00:01, which is kept for special tokens (SpecialReservedTokenIdentifier). */
export function isReservedIdentifier(tokenIdentifier: number): boolean {
  return tokenIdentifier % minutesOfDay === 1;
}

/**
 * The identifier of a special token issued on the day of `now`, milliseconds since 1970 in UTC: the reserved minute of it.
 * Undefined where the base date gives no identifier.
 */
export function reservedIdentifier(now: number, baseDate: BaseDate): number | undefined {
  const minutes = minutesSince(now, baseDate);
  return valid(minutes - (((minutes % minutesOfDay) + minutesOfDay) % minutesOfDay) + 1);
}

/**
 * The identifier of a normal token issued at `now`, milliseconds since 1970 in UTC (older systems: of local time), to a meter
 * whose latest identifier was `latest`: the minute or the next free one, never the reserved. Undefined where the base date
 * gives no identifier, before it or 32 years later.
 */
export function nextTokenIdentifier(now: number, baseDate: BaseDate, latest = -1): number | undefined {
  const minutes = minutesSince(now, baseDate);
  if (minutes < 0) return undefined;
  const free = Math.max(minutes, latest + 1);
  return valid(isReservedIdentifier(free) ? free + 1 : free);
}

function minutesSince(now: number, baseDate: BaseDate): number {
  return Math.floor((now - Date.UTC(baseDate, 0, 1)) / minute);
}

function valid(tokenIdentifier: number): number | undefined {
  return tokenIdentifier >= 0 && tokenIdentifier <= largestTokenIdentifier ? tokenIdentifier : undefined;
}

/** Whether a token is too young for a key: its identifier's high octet is above the key expiry number. */
export function isKeyExpired(tokenIdentifier: number, keyExpiryNumber: number): boolean {
  return tokenIdentifier >>> 16 > keyExpiryNumber;
}

/** Whether a change between base dates makes identifiers start again, so that the key change must tell the meter to forget. */
export function needsRollover(from: BaseDate, to: BaseDate): boolean {
  return to > from;
}
