import type { TimeWindow } from "../../cosem-objects/classes/auto-connect.ts";
import { type Instant, type LocalTime, nextMatch } from "../../meter-model/index.ts";
import { dateTimePattern } from "../mapping/automation/date-octets.ts";

const never = Number.POSITIVE_INFINITY;

/**
 * ms of the meter's clock until one of the windows is open: 0 where one is, or where there are none; Infinity for never
 * again. A window is open from a time that its start names until the next that its end names.
 */
export function untilOpen(windows: readonly TimeWindow[], now: Instant, local: LocalTime): number {
  if (windows.length === 0) return 0;
  return Math.min(...windows.map((window) => untilOneOpens(window, now, local)));
}

function untilOneOpens({ start, end }: TimeWindow, now: Instant, local: LocalTime): number {
  const begins = nextMatch(dateTimePattern(start), now, local);
  const ends = nextMatch(dateTimePattern(end), now, local);
  return ends < begins ? 0 : begins === never ? never : begins - now;
}
