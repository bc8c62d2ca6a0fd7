import {
  type CreditConfig,
  type CreditTerms,
  defaultCredit,
  defaultMeterConfig,
  type Instant,
  initialState,
  type LoadModel,
  Meter,
  type MeterConfig,
} from "../../../src/meter-model/index.ts";
import { constantLoad } from "../support.ts";

/** A Monday, noon in UTC. */
export const start: Instant = Date.UTC(2026, 10, 23, 12);

/** Wh */
export const kWh = 1000;

/** What a test says of a meter that is paid in advance. */
export interface Prepaid extends Partial<Omit<CreditConfig, "terms">> {
  readonly terms?: Partial<CreditTerms>;
}

/** A meter paid in advance, with a kilowatt of load: it uses a Wh in 3.6 s. */
export function prepaid(
  { terms = {}, unit = "energy", ...credit }: Prepaid,
  load: LoadModel = constantLoad(),
  config: Partial<MeterConfig> = {},
): Meter {
  const complete: MeterConfig = {
    ...defaultMeterConfig,
    controlMode: 6,
    ...config,
    credit: {
      ...defaultCredit,
      mode: "prepaid",
      unit,
      ...credit,
      terms: { ...defaultCredit.terms, [unit]: { ...defaultCredit.terms[unit], ...terms } },
    },
  };
  return new Meter(complete, initialState(complete, start), load);
}

/** What the meter logged since the last call, by name, with the seconds since the start. */
export function logged(meter: Meter): string[] {
  return meter.takeEvents().flatMap((event) => (event.type === "logged" ? [`${(event.at - start) / 1000} ${event.name}`] : []));
}

/** Whether all that was ever booked is what is held less what was lent. */
export function balances(meter: Meter): boolean {
  const { balance, borrowed, totals } = meter.state.credit.ledger;
  return Object.values(totals).reduce((sum, total) => sum + total, 0) === balance - borrowed;
}
