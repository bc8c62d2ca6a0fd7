const ending = /(?:(Z)|([+-])(\d\d):(\d\d))$/;

/** How far a stamp's clock is ahead of UTC, ms; 0 where it does not say. */
export function offsetOf(stamp: string): number {
  const [, , sign, hours, minutes] = ending.exec(stamp) ?? [];
  if (sign === undefined) return 0;
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}

/** The meter's wall clock: instants to what the clock showed then, as milliseconds that read right in UTC. */
export interface WallClock {
  readonly wallOf: (instant: number) => number;
}

/** The clock that stamped these rows; between rows and beyond them it is that of the row before. Times ascend. */
export function wallClock(times: readonly number[], stamps: readonly string[]): WallClock {
  // Only where the clock was changed there is something to know.
  const changes: { readonly from: number; readonly offset: number }[] = [];
  times.forEach((from, row) => {
    const offset = offsetOf(stamps[row] ?? "");
    if (offset !== changes.at(-1)?.offset) changes.push({ from, offset });
  });
  const [first] = changes;
  return {
    wallOf: (instant) => instant + (changes.findLast(({ from }) => from <= instant) ?? first ?? { offset: 0 }).offset,
  };
}

/** The clock of who looks. */
export const localClock: WallClock = { wallOf: (instant) => instant - new Date(instant).getTimezoneOffset() * 60_000 };

/** So many months later, at the same day and time. */
export function monthsLater(wall: number, months: number): number {
  const date = new Date(wall);
  return date.setUTCMonth(date.getUTCMonth() + months);
}

/** Months from one to the other, by the calendar. */
export function monthsBetween(from: number, to: number): number {
  const [one, other] = [new Date(from), new Date(to)];
  return (other.getUTCFullYear() - one.getUTCFullYear()) * 12 + other.getUTCMonth() - one.getUTCMonth();
}
