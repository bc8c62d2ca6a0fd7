import { largestQuantity, type OperatingPoint } from "../../meter-model/load-model.ts";
import type { LoadDraw } from "./scenario.ts";

/** The point at another voltage (mV): a household draws like a resistance does. */
export function atVoltage(point: OperatingPoint, voltage: number): OperatingPoint {
  if (point.voltage === 0) return { ...point, voltage };
  const ratio = voltage / point.voltage;
  return {
    ...point,
    voltage,
    current: Math.round(point.current * ratio),
    neutralCurrent: Math.round(point.neutralCurrent * ratio),
    activePower: Math.round(point.activePower * ratio * ratio),
    reactivePower: Math.round(point.reactivePower * ratio * ratio),
  };
}

/** The point with a load of its own and no other, which returns through the neutral. */
export function withLoad(point: OperatingPoint, draw: LoadDraw): OperatingPoint {
  const idle = { ...point, current: 0, neutralCurrent: 0, activePower: 0, reactivePower: 0 };
  return withExtra(idle, draw);
}

/** The point with a load besides its own. */
export function withExtra(point: OperatingPoint, { quantity, amount, powerFactor, leading }: LoadDraw): OperatingPoint {
  const active = quantity === "power" ? amount : (point.voltage * amount * powerFactor) / 1000;
  const reactive = (active / powerFactor) * Math.sqrt(1 - powerFactor * powerFactor);
  return withPower(point, point.activePower + active, point.reactivePower + (leading ? -reactive : reactive));
}

/** The point with so many mW generated behind the meter. */
export function withGeneration(point: OperatingPoint, power: number): OperatingPoint {
  return withPower(point, point.activePower - power, point.reactivePower);
}

/** The point with the current the other way round. */
export function reversed(point: OperatingPoint): OperatingPoint {
  // Adding zero makes zero of minus zero.
  return { ...point, activePower: -point.activePower + 0, reactivePower: -point.reactivePower + 0 };
}

/** The point with so many percent of the phase current in the neutral: the rest returns through the ground, or more than it. */
export function withNeutral(point: OperatingPoint, percent: number): OperatingPoint {
  return { ...point, neutralCurrent: Math.round((point.current * percent) / 100) };
}

/** The point with so many percent of the load led past the phase terminals; the neutral carries all of it. */
export function bypassed(point: OperatingPoint, percent: number): OperatingPoint {
  const { current, activePower, reactivePower } = point;
  const rest = 100 - percent;
  return {
    ...point,
    current: Math.round((current * rest) / 100),
    activePower: Math.round((activePower * rest) / 100) + 0,
    reactivePower: Math.round((reactivePower * rest) / 100) + 0,
  };
}

/** The point with powers and currents that a load model may have. */
export function bounded(point: OperatingPoint): OperatingPoint {
  return {
    ...point,
    current: bound(point.current),
    neutralCurrent: bound(point.neutralCurrent),
    activePower: bound(point.activePower),
    reactivePower: bound(point.reactivePower),
  };
}

function bound(value: number): number {
  return Math.min(Math.max(value, -largestQuantity), largestQuantity);
}

/** The point with other powers and the current that belongs to them; the neutral differs from the phase as it did. */
function withPower(point: OperatingPoint, active: number, reactive: number): OperatingPoint {
  const { voltage } = point;
  // Milliwatts over millivolts are amperes.
  const current = voltage === 0 ? 0 : Math.round((1000 * Math.sqrt(active * active + reactive * reactive)) / voltage);
  return {
    ...point,
    current,
    neutralCurrent: Math.max(0, current + point.neutralCurrent - point.current),
    activePower: Math.round(active) + 0,
    reactivePower: Math.round(reactive) + 0,
  };
}
