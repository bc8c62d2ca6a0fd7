import { DateTime } from "luxon";
import { type CosemDateTime, unspecifiedDateTime } from "../dlms/axdr/date-time.ts";
import { ConfigError } from "../errors.ts";

/**
 * A limit of a range as the meter is asked for it: with the deviation where the text has an offset, without where it has
 * none, which leaves it to the meter's own zone.
 * @throws ConfigError
 */
export function parseTimeLimit(option: string, text: string): CosemDateTime {
  const parsed = DateTime.fromISO(text, { setZone: true });
  if (!parsed.isValid) {
    throw new ConfigError(option, `expected a time such as 2026-11-22T12:00 or 2026-11-22T12:00:00+01:00, got ${JSON.stringify(text)}`);
  }
  const hasOffset = /(Z|[+-]\d{2}(:?\d{2})?)$/i.test(text.slice("0000-00-00".length));
  return {
    ...unspecifiedDateTime,
    year: parsed.year,
    month: parsed.month,
    dayOfMonth: parsed.day,
    hour: parsed.hour,
    minute: parsed.minute,
    second: parsed.second,
    hundredths: 0,
    deviation: hasOffset ? -parsed.offset : undefined,
  };
}
