import { Register } from "../../cosem-objects/classes/register.ts";
import { ScriptTable } from "../../cosem-objects/classes/script-table.ts";
import { bind, type CosemObject } from "../../cosem-objects/object.ts";
import { day, type Meter, second } from "../../meter-model/index.ts";
import { data } from "./data-object.ts";
import { secondsLimit } from "./limit.ts";
import { settle } from "./outcome.ts";
import { dateTimeOctets } from "./past-time.ts";
import { quantities, quantityData, register } from "./quantity.ts";

/** Script of 0.0.10.0.1 that closes the billing period. */
const closePeriod = 1;

/** Billing periods: how many, when, and how to close one by hand. */
export function billingObjects(meter: Meter): readonly CosemObject[] {
  return [
    data("0.0.0.1.0.255", () => ({ type: "long-unsigned", value: meter.billing.closed & 0xffff })),
    data("0.0.0.1.1.255", () => ({ type: "unsigned", value: meter.profile("monthly").rows.length })),
    data("0.0.0.1.2.255", () => ({ type: "octet-string", value: dateTimeOctets(meter, meter.billing.lastClosedAt) })),
    register("1.0.0.8.6.255", quantities.seconds, () => billingLength(meter)),
    bind(Register, {
      logicalName: "1.0.0.8.4.255",
      attributes: {
        value: {
          get: () => quantityData(quantities.shortSeconds, meter.profile("load").period),
          set: (value) => settle(typeof value.value === "number" ? meter.setCapturePeriod("load", value.value) : "out-of-range"),
        },
        scalerUnit: { scaler: quantities.shortSeconds.scaler, unit: quantities.shortSeconds.unit },
      },
    }),
    secondsLimit(meter, "1.0.0.9.12.255", "billingLockout"),
    bind(ScriptTable, {
      logicalName: "0.0.10.0.1.255",
      attributes: { scripts: [{ scriptIdentifier: closePeriod, actions: [] }] },
      methods: {
        execute: (script) => (script === 0 ? undefined : settle(script === closePeriod ? meter.closeBillingPeriod() : "out-of-range")),
      },
    }),
  ];
}

/** Seconds from the start of the running month to its end. */
function billingLength(meter: Meter): number {
  const { year, month } = meter.localTime;
  return ((Date.UTC(year, month, 1) - Date.UTC(year, month - 1, 1)) / day) * (day / second);
}
