import type { CosemObject } from "../../cosem-objects/object.ts";
import { type Meter, second } from "../../meter-model/index.ts";
import { data } from "./data-object.ts";
import { secondsLimit } from "./limit.ts";
import { dateTimeOctets } from "./past-time.ts";
import { quantities, register } from "./quantity.ts";

/** Record of the power failures. */
export function supplyObjects(meter: Meter): readonly CosemObject[] {
  return [
    data("0.0.96.7.21.255", () => ({ type: "long-unsigned", value: Math.min(meter.supply.failures, 0xffff) })),
    data("0.0.96.7.9.255", () => ({ type: "long-unsigned", value: Math.min(meter.supply.longFailures, 0xffff) })),
    data("0.0.96.7.14.255", () => ({ type: "octet-string", value: dateTimeOctets(meter, meter.supply.lastFailureAt) })),
    register("0.0.96.7.19.255", quantities.seconds, () => Math.floor(meter.supply.lastLongFailureDuration / second)),
    secondsLimit(meter, "0.0.96.7.20.255", "longFailureThreshold"),
  ];
}
