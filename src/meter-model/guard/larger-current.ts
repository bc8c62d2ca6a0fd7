import { largestQuantity, type OperatingPoint } from "../load-model.ts";

/**
 * The point as it counts for energy while the currents of phase and neutral differ by tampering: with the larger of the
 * two, so that nothing is gained by leading current past one of them.
 */
export function onLargerCurrent(point: OperatingPoint): OperatingPoint {
  return point.neutralCurrent <= point.current ? point : onNeutralCurrent(point);
}

/** The point as the current of the neutral shows it. A phase without current has no angle: power factor 1. */
export function onNeutralCurrent(point: OperatingPoint): OperatingPoint {
  const { voltage, current, neutralCurrent, activePower, reactivePower } = point;
  if (neutralCurrent === current) return point;
  if (current === 0 || (activePower === 0 && reactivePower === 0)) {
    return { ...point, current: neutralCurrent, activePower: Math.round((voltage * neutralCurrent) / 1000), reactivePower: 0 };
  }
  const scaled = (power: number) => bounded(Math.round((power * neutralCurrent) / current));
  return { ...point, current: neutralCurrent, activePower: scaled(activePower), reactivePower: scaled(reactivePower) };
}

function bounded(power: number): number {
  return Math.min(Math.max(power, -largestQuantity), largestQuantity);
}
