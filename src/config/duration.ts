const unitsInMs: ReadonlyMap<string, number> = new Map([
  ["ms", 1],
  ["s", 1_000],
  ["m", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
]);

/** A span of the calendar: months and days differ in length, so they stay apart from the milliseconds. */
export interface Period {
  readonly months: number;
  readonly days: number;
  readonly milliseconds: number;
}

/** What `parseDuration` accepts, for messages. */
export const durationExpected = "expected a duration such as 5s or 15m";

/** "500ms", "5s", "15m", "1.5h" or "2d" to milliseconds; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  const [, amount, unit = ""] = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h|d)$/.exec(text) ?? [];
  const factor = unitsInMs.get(unit);
  return amount === undefined || factor === undefined ? undefined : Math.round(Number(amount) * factor);
}

/** What `parsePeriod` accepts, for messages. */
export const periodExpected = "expected a period such as P14M, P2DT12H or 36h";

/** An ISO 8601 duration without fractions ("P1Y2M", "P2W", "P1DT12H"), or a plain duration, to a period; undefined for anything else. */
export function parsePeriod(text: string): Period | undefined {
  const plain = parseDuration(text);
  if (plain !== undefined) return { months: 0, days: 0, milliseconds: plain };
  const match =
    /^P(?=\d|T\d)(?:(\d{1,4})Y)?(?:(\d{1,5})M)?(?:(\d{1,5})W)?(?:(\d{1,6})D)?(?:T(?=\d)(?:(\d{1,7})H)?(?:(\d{1,8})M)?(?:(\d{1,9})S)?)?$/.exec(
      text,
    );
  if (match === null) return undefined;
  const [years = 0, months = 0, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((part) => Number(part ?? 0));
  return { months: years * 12 + months, days: weeks * 7 + days, milliseconds: ((hours * 60 + minutes) * 60 + seconds) * 1000 };
}
