import type { OperatingPoint } from "./load-model.ts";

/** Instantaneous values; all zero without supply. Powers in mW, mvar, mVA. */
export interface Measurement {
  /** mV */
  readonly voltage: number;
  /** mA in the phase */
  readonly current: number;
  /** mA in the neutral */
  readonly neutralCurrent: number;
  /** mHz */
  readonly frequency: number;
  readonly activeImport: number;
  readonly activeExport: number;
  /** Signed: import positive. */
  readonly activeNet: number;
  readonly reactiveImport: number;
  readonly reactiveExport: number;
  /** Signed: quadrants I and II positive. */
  readonly reactiveNet: number;
  readonly apparentImport: number;
  readonly apparentExport: number;
  /** Thousandths, with the sign of the active power; 1000 when nothing flows. */
  readonly powerFactor: number;
}

/** What the meter shows while it has no supply. */
export const noMeasurement: Measurement = {
  voltage: 0,
  current: 0,
  neutralCurrent: 0,
  frequency: 0,
  activeImport: 0,
  activeExport: 0,
  activeNet: 0,
  reactiveImport: 0,
  reactiveExport: 0,
  reactiveNet: 0,
  apparentImport: 0,
  apparentExport: 0,
  powerFactor: 0,
};

/** What the terminals see while the supply switch is open: voltage, and no current. */
export function withoutLoad(point: OperatingPoint): OperatingPoint {
  return { ...point, current: 0, neutralCurrent: 0, activePower: 0, reactivePower: 0 };
}

/** Measures a point; below `startCurrent` (mA) no power registers (start-up condition of IEC 62053-21). */
export function measure(point: OperatingPoint | undefined, startCurrent: number): Measurement {
  if (point === undefined) return noMeasurement;
  const started = point.current >= startCurrent;
  const active = started ? point.activePower : 0;
  const reactive = started ? point.reactivePower : 0;
  const apparent = Math.round(Math.sqrt(active * active + reactive * reactive));
  return {
    voltage: point.voltage,
    current: point.current,
    neutralCurrent: point.neutralCurrent,
    frequency: point.frequency,
    activeImport: Math.max(active, 0),
    activeExport: Math.max(-active, 0),
    activeNet: active,
    reactiveImport: Math.max(reactive, 0),
    reactiveExport: Math.max(-reactive, 0),
    reactiveNet: reactive,
    apparentImport: active >= 0 ? apparent : 0,
    apparentExport: active < 0 ? apparent : 0,
    powerFactor: apparent === 0 ? 1000 : Math.round((1000 * active) / apparent),
  };
}
