import { Register } from "../../cosem-objects/classes/register.ts";
import type { LogicalName } from "../../cosem-objects/logical-name.ts";
import { bind, type CosemObject, refuse } from "../../cosem-objects/object.ts";
import { type Meter, type MeterLimits, second } from "../../meter-model/index.ts";
import { settle } from "./outcome.ts";
import { quantities, quantityData } from "./quantity.ts";

/** A register of a limit of the meter, in seconds, that clients may change. */
export function secondsLimit(meter: Meter, logicalName: LogicalName, name: keyof MeterLimits): CosemObject {
  const { type, scaler, unit } = quantities.shortSeconds;
  return bind(Register, {
    logicalName,
    attributes: {
      value: {
        get: () => quantityData(quantities.shortSeconds, meter.limits[name] / second),
        set: (written) => (written.type === type ? settle(meter.setLimit(name, written.value)) : refuse("type-unmatched")),
      },
      scalerUnit: { scaler, unit },
    },
  });
}
