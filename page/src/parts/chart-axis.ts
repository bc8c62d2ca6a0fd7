import type { WallClock } from "../wall-clock.ts";

const day = 86_400;
const month = 28 * day;

/** A date whose local fields read what the wall clock shows: in this form the chart wants times of another zone. */
export function dateOnWall(seconds: number, clock: WallClock): Date {
  const wall = new Date(clock.wallOf(seconds * 1000));
  return new Date(
    wall.getUTCFullYear(),
    wall.getUTCMonth(),
    wall.getUTCDate(),
    wall.getUTCHours(),
    wall.getUTCMinutes(),
    wall.getUTCSeconds(),
  );
}

/** Labels of a time axis by locale: times between days, days between months. `step` and `splits` in seconds. */
export function timeLabels(splits: readonly number[], step: number, clock: WallClock, locale: string): readonly string[] {
  const shown = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, { timeZone: "UTC", ...options });
  const seconds = step < 60 ? ({ second: "2-digit" } as const) : {};
  const time = shown({ hour: "2-digit", minute: "2-digit", ...seconds });
  const date = shown({ day: "numeric", month: "short" });
  const months = shown({ month: "short", year: "numeric" });
  return splits.map((split) => {
    const wall = clock.wallOf(split * 1000);
    if (step >= month) return months.format(wall);
    return step >= day || wall % (day * 1000) === 0 ? date.format(wall) : time.format(wall);
  });
}

/** A moment in full. */
export function momentLabel(seconds: number, clock: WallClock, locale: string): string {
  return new Intl.DateTimeFormat(locale, { timeZone: "UTC", dateStyle: "medium", timeStyle: "short" }).format(clock.wallOf(seconds * 1000));
}
