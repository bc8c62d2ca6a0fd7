/** The longest state Home Assistant stores, and enough for anything a meter has to say. */
const longestText = 255;
const longestKey = 64;
const longestInput = 65_536;

/** A credit token is 20 digits, in groups or not (IEC 62055-41); whoever reads one can spend it. */
const tokenDigits = /(?<!\d)\d(?:[ -]?\d){19,}/g;

/**
 * Text fit for publishing: without control characters and lone surrogates, at most `limit` UTF-16 units, and with whatever
 * looks like a token number blotted out.
 */
export function plainText(text: string, limit = longestText): string {
  // Cut after blotting: a token cut in half is still most of a token. Lone surrogates last, for cutting makes them.
  return text
    .slice(0, longestInput)
    .replace(/\p{Cc}/gu, "")
    .replace(tokenDigits, "<token>")
    .slice(0, limit)
    .replace(/\p{Cs}/gu, "");
}

/** A name as a JSON key: lower-case ASCII letters and digits in words joined by "_"; empty when none are left. */
export function snakeCase(name: string): string {
  return name
    .slice(0, 4 * longestKey)
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "")
    .join("_")
    .slice(0, longestKey)
    .replace(/_$/, "");
}

const isoWithOffset = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;

/** The text itself when it is a moment in ISO 8601 with offset, else undefined. */
export function isoMoment(text: string): string | undefined {
  return text.length <= 40 && isoWithOffset.test(text) && Number.isFinite(Date.parse(text)) ? text : undefined;
}

/** Milliseconds since the epoch as ISO 8601 in UTC; undefined outside the range of dates. */
export function isoUtc(milliseconds: number): string | undefined {
  return Math.abs(milliseconds) <= 8.64e15 ? new Date(milliseconds).toISOString() : undefined;
}
