import { Register } from "../../cosem-objects/classes/register.ts";
import type { LogicalName } from "../../cosem-objects/logical-name.ts";
import { bind, type CosemObject, refuse } from "../../cosem-objects/object.ts";
import { Unit } from "../../cosem-objects/unit.ts";
import type { DisturbanceName, PowerQuality } from "../../meter-model/guard/power-quality.ts";
import { second } from "../../meter-model/index.ts";
import { data } from "./data-object.ts";
import { type Quantity, quantities, quantityData, register } from "./quantity.ts";

interface DisturbanceObjects {
  readonly threshold: LogicalName;
  readonly quantity: Quantity;
  readonly time?: LogicalName;
  readonly count?: LogicalName;
  readonly duration?: LogicalName;
  readonly magnitude?: LogicalName;
}

const decimalAmperes: Quantity = { type: "long-unsigned", scaler: -1, unit: Unit.ampere, step: 100 };

/** Which objects each kind of disturbance has; the others are the meter's own business. */
const disturbances: Readonly<Record<DisturbanceName, DisturbanceObjects>> = {
  sag: {
    threshold: "1.0.12.31.0.255",
    quantity: quantities.voltage,
    time: "1.0.12.43.0.255",
    count: "1.0.32.32.0.255",
    duration: "1.0.32.33.0.255",
    magnitude: "1.0.32.34.0.255",
  },
  swell: {
    threshold: "1.0.12.35.0.255",
    quantity: quantities.voltage,
    time: "1.0.12.44.0.255",
    count: "1.0.32.36.0.255",
    duration: "1.0.32.37.0.255",
    magnitude: "1.0.32.38.0.255",
  },
  missing: { threshold: "1.0.12.39.0.255", quantity: quantities.voltage, time: "1.0.12.45.0.255", count: "1.0.32.40.0.255" },
  overCurrent: { threshold: "1.0.11.35.0.255", quantity: decimalAmperes, time: "1.0.11.44.0.255", count: "1.0.31.36.0.255" },
  lowPowerFactor: { threshold: "1.0.13.31.0.255", quantity: quantities.powerFactor },
};

/** Thresholds and times of disturbances, how many there were, and how long and how bad the last was. */
export function powerQualityObjects(quality: PowerQuality): readonly CosemObject[] {
  return (Object.keys(disturbances) as DisturbanceName[]).flatMap((name) => {
    const { threshold, quantity, time, count, duration, magnitude } = disturbances[name];
    const objects = [limit(quality, name, "threshold", threshold, quantity)];
    if (time !== undefined) objects.push(limit(quality, name, "time", time, quantities.shortSeconds));
    if (count !== undefined)
      objects.push(data(count, () => ({ type: "long-unsigned", value: Math.min(quality.read(name).count, 0xffff) })));
    if (duration !== undefined) {
      objects.push(register(duration, quantities.seconds, () => Math.floor(quality.read(name).duration / second)));
    }
    if (magnitude !== undefined) objects.push(register(magnitude, quantity, () => quality.read(name).magnitude));
    return objects;
  });
}

function limit(
  quality: PowerQuality,
  name: DisturbanceName,
  part: "threshold" | "time",
  logicalName: LogicalName,
  quantity: Quantity,
): CosemObject {
  return bind(Register, {
    logicalName,
    attributes: {
      value: {
        get: () => quantityData(quantity, quality.limit(name)[part]),
        set: (written) => {
          if (written.type !== quantity.type) return refuse("type-unmatched");
          return quality.setLimit(name, { [part]: Number(written.value) * quantity.step }) ? undefined : refuse("other-reason");
        },
      },
      scalerUnit: { scaler: quantity.scaler, unit: quantity.unit },
    },
  });
}
