import { useEffect, useState } from "preact/hooks";
import type { LiveMeter, PageRows } from "../../../src/dashboard/contract.ts";
import { number } from "../format.ts";
import { averageUse, historyOf } from "../series.ts";
import { get, info } from "../server.ts";

/** Days whose use is taken for that of the days to come. */
const looksBack = 7;
const daily = "1.0.99.2.0.255";

/** How long the credit lasts, in words: as the meter says, else by what it used in the last days; undefined where nobody knows. */
export function useDaysLeft(meter: LiveMeter | undefined, locale: string): string | undefined {
  const told = meter?.values.find(({ key }) => key === "credit_days_left")?.value;
  const credit = meter?.row.credit;
  const id = meter?.row.id;
  const wanted = info.value?.reads === true && told === undefined && credit?.unit === "kWh" && id !== undefined;
  const [used, setUsed] = useState<number>();
  useEffect(() => {
    let current = true;
    if (wanted)
      get<PageRows>(`/meters/${encodeURIComponent(id)}/profiles/${daily}?last=${looksBack + 1}`).then(
        (rows) => current && setUsed(averageUse(historyOf(rows, null, undefined))),
        // A meter without days of its own, or one that is not there now: then nobody knows.
        () => undefined,
      );
    return () => {
      current = false;
    };
  }, [id, wanted]);
  if (typeof told === "number") return days(told, locale);
  if (!wanted || used === undefined || used <= 0) return undefined;
  return `${days(Math.max(0, credit.value) / used, locale)} at the use of last week`;
}

function days(count: number, locale: string): string {
  const shown = Math.floor(count);
  return `about ${number(shown, locale, 0)} ${shown === 1 ? "day" : "days"} left`;
}
