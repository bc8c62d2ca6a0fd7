import type { CosemDateTime } from "../../dlms/axdr/date-time.ts";
import { formatDateTime } from "../../dlms/axdr/date-time.ts";
import type { KeypadAmount } from "../../keypad/keypad-status.ts";
import type { Meter } from "../../meter-model/index.ts";

const digitsOfDisplay = 8;

/** A value with as many decimals as eight digits leave room for, cut as registers are. */
export function decimal(value: number, divisor: number, decimals: number): string {
  const factor = 10 ** decimals;
  const text = (Math.trunc((value * factor) / divisor) / factor).toFixed(decimals);
  const fits = text.replace(".", "").length <= digitsOfDisplay || decimals === 0;
  return fits ? text : decimal(value, divisor, decimals - 1);
}

/** Wh, varh or VAh in thousands. */
export function energyOf(value: number, unit = "kWh"): KeypadAmount {
  return { value: decimal(value, 1000, 2), unit };
}

/** An amount of the account, in kWh or in its currency. */
export function creditAmount({ credit: { unit, currency } }: Pick<Meter, "credit">, amount: number): KeypadAmount {
  if (unit === "energy") return energyOf(amount);
  return { value: decimal(amount, 10 ** -currency.scale, Math.min(2, -currency.scale)), unit: currency.name };
}

/** Date and time of the day of a stamp: "2026-11-23", "12:00:00". */
export function stampTexts(stamp: CosemDateTime): { readonly date: string; readonly time: string } {
  const text = formatDateTime(stamp);
  return { date: text.slice(0, 10), time: text.slice(11, 19) };
}
