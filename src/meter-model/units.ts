/**
 * Quantities of the domain are integers, so that sums are exact and a year of metering drifts by nothing: millivolts,
 * milliamperes, milliwatts (and millivar, millivolt-amperes), millihertz, milliseconds; registers count whole watt-hours.
 */

/** A point in time: whole milliseconds since 1970-01-01T00:00Z. */
export type Instant = number;

/** Milliseconds in a second, a minute, an hour and a day of 24 hours. */
export const second = 1000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;
