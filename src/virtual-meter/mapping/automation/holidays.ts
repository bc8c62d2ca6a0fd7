import { toHex } from "../../../bytes/hex.ts";
import { type SpecialDayEntry, SpecialDaysTable } from "../../../cosem-objects/classes/special-days-table.ts";
import type { LogicalName } from "../../../cosem-objects/logical-name.ts";
import { bind, type CosemObject, refuse } from "../../../cosem-objects/object.ts";
import { isDate, type Meter, tariffLimits } from "../../../meter-model/index.ts";
import { parametersOf } from "../setups/parameters-of.ts";
import { datePattern } from "./date-octets.ts";

const logicalName: LogicalName = "0.1.11.0.0.255";

/** The holidays on which credit is friendly: days that the meter keeps; whatever lets people off reads them here. */
export function holidaysObject(meter: Meter): CosemObject {
  const entries = parametersOf(meter, SpecialDaysTable, logicalName)("entries", [], areDays);
  return bind(SpecialDaysTable, {
    logicalName,
    attributes: { entries },
    methods: {
      insert: (day) =>
        entries.set([...entries.get().filter(({ index, date }) => index !== day.index && toHex(date) !== toHex(day.date)), day]),
      delete: (wanted) => {
        const left = entries.get().filter(({ index }) => index !== wanted);
        return left.length === entries.get().length ? refuse("other-reason") : entries.set(left);
      },
    },
  });
}

function areDays(entries: readonly SpecialDayEntry[]): boolean {
  const indexes = new Set(entries.map(({ index }) => index));
  const valid = entries.every(({ date }) => date.length === 5 && isDate(datePattern(date)));
  return valid && entries.length <= tariffLimits.specialDays && indexes.size === entries.length;
}
