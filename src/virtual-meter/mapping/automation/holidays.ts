import { toHex } from "../../../bytes/hex.ts";
import { type SpecialDayEntry, SpecialDaysTable } from "../../../cosem-objects/classes/special-days-table.ts";
import { bind, type CosemObject, refuse } from "../../../cosem-objects/object.ts";
import { isDate, type Meter, type SpecialDay, tariffLimits } from "../../../meter-model/index.ts";
import { settle } from "../outcome.ts";
import { dateOctets, datePattern } from "./date-octets.ts";

/** The holidays on which credit is friendly. */
export function holidaysObject(meter: Meter): CosemObject {
  const { credit } = meter;
  const entries = (): readonly SpecialDayEntry[] =>
    credit.friendly.holidays.map(({ index, date, dayId }) => ({ index, date: dateOctets(date), dayId }));
  const replace = (days: readonly SpecialDayEntry[]) =>
    areDays(days) ? settle(credit.setFriendly({ holidays: days.map(specialDay) })) : refuse("other-reason");
  return bind(SpecialDaysTable, {
    logicalName: "0.1.11.0.0.255",
    attributes: { entries: { get: entries, set: replace } },
    methods: {
      insert: (day) => replace([...entries().filter(({ index, date }) => index !== day.index && toHex(date) !== toHex(day.date)), day]),
      delete: (wanted) => {
        const left = entries().filter(({ index }) => index !== wanted);
        return left.length === entries().length ? refuse("other-reason") : replace(left);
      },
    },
  });
}

function specialDay({ index, date, dayId }: SpecialDayEntry): SpecialDay {
  return { index, date: datePattern(date), dayId };
}

function areDays(entries: readonly SpecialDayEntry[]): boolean {
  const indexes = new Set(entries.map(({ index }) => index));
  const valid = entries.every(({ date }) => date.length === 5 && isDate(datePattern(date)));
  return valid && entries.length <= tariffLimits.specialDays && indexes.size === entries.length;
}
