import fc from "fast-check";
import {
  type CaptureRow,
  type CaptureRows,
  defaultMeterConfig,
  type Instant,
  initialState,
  type LoadModel,
  type LoadSegment,
  Meter,
  type MeterConfig,
  type MeterState,
  type OperatingPoint,
  second,
  stateCodec,
  type TimeZoneRule,
  utc,
} from "../../src/meter-model/index.ts";

/** Central European time. */
export const paris: TimeZoneRule = { standardOffsetMinutes: 60, dst: { ...utc.dst, enabled: true } };

export const kilowatt: OperatingPoint = {
  voltage: 230_000,
  current: 4348,
  neutralCurrent: 4348,
  activePower: 1_000_000,
  reactivePower: 0,
  frequency: 50_000,
};

export function point(changes: Partial<OperatingPoint>): OperatingPoint {
  return { ...kilowatt, ...changes };
}

/** The same for ever. */
export function constantLoad(always: OperatingPoint | undefined = kilowatt): LoadModel {
  return { at: () => ({ point: always, until: Number.POSITIVE_INFINITY }) };
}

/** From each instant on, what is given for it; a kilowatt before the first. */
export function scriptedLoad(steps: readonly (readonly [from: Instant, point: OperatingPoint | undefined])[]): LoadModel {
  return {
    at(instant): LoadSegment {
      let segment: LoadSegment = { point: kilowatt, until: Number.POSITIVE_INFINITY };
      for (const [from, at] of steps) {
        if (from > instant) return { point: segment.point, until: from };
        segment = { point: at, until: Number.POSITIVE_INFINITY };
      }
      return segment;
    },
  };
}

export function newMeter(at: Instant, load: LoadModel = constantLoad(), config: Partial<MeterConfig> = {}): Meter {
  const complete = { ...defaultMeterConfig, ...config };
  return new Meter(complete, initialState(complete, at), load);
}

export function rowsOf(rows: CaptureRows & { rowAt?(index: number): CaptureRow }): CaptureRow[] {
  return Array.from({ length: rows.length }, (_, index) => ({
    stamp: rows.stampAt(index),
    offsetMinutes: rows.offsetMinutesAt(index),
    status: rows.statusAt(index),
    values: rows.columns.map((_name, column) => rows.valueAt(index, column)),
  }));
}

/** A state as plain values, rows included, to be compared. */
export function plain(state: Readonly<MeterState>): unknown {
  const rows = stateCodec.rowsOf(state).map(([name, buffer]) => [name, buffer.columns, buffer.firstSequence, rowsOf(buffer)]);
  return structuredClone({ core: stateCodec.core(state), rows });
}

/** Stamps as UTC text to the second. */
export function stampsOf(rows: CaptureRows): string[] {
  return rowsOf(rows).map(({ stamp }) => new Date(stamp).toISOString().slice(0, 19));
}

export const anyPoint: fc.Arbitrary<OperatingPoint> = fc.record({
  voltage: fc.integer({ min: 0, max: 300_000 }),
  current: fc.integer({ min: 0, max: 100_000 }),
  neutralCurrent: fc.integer({ min: 0, max: 100_000 }),
  activePower: fc.integer({ min: -25_000_000, max: 25_000_000 }),
  reactivePower: fc.integer({ min: -25_000_000, max: 25_000_000 }),
  frequency: fc.integer({ min: 45_000, max: 55_000 }),
});

/** A load that changes, fails and returns at instants that are not round. */
export function anyLoad(start: Instant, seconds: number): fc.Arbitrary<LoadModel> {
  const step = fc.tuple(fc.integer({ min: 0, max: seconds * second }), fc.option(anyPoint, { nil: undefined, freq: 3 }));
  return fc
    .array(step, { minLength: 1, maxLength: 12 })
    .map((steps) => scriptedLoad(steps.sort((a, b) => a[0] - b[0]).map(([offset, at]) => [start + offset, at] as const)));
}
