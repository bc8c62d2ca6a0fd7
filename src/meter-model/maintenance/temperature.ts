import type { Measurement } from "../measurement.ts";

/** Tenths of a kelvin that the maximum current heats a meter by, and that current in mA. */
const rise = 300;
const maximumCurrent = 80_000;

/** Tenths of a degree Celsius inside a meter whose surroundings have `ambient`: heated by the square of its current. */
export function internalTemperature({ current }: Measurement, ambient: number): number {
  return ambient + Math.round(rise * (current / maximumCurrent) ** 2);
}
