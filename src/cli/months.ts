import { DateTime } from "luxon";

/** The same day and time `months` calendar months earlier, UTC milliseconds; the last day where the month is shorter. */
export function monthsBefore(instant: number, months: number): number {
  return DateTime.fromMillis(instant, { zone: "utc" }).minus({ months }).toMillis();
}
