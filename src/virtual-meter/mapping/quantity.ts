import type { ByteWriter } from "../../bytes/byte-writer.ts";
import { Register } from "../../cosem-objects/classes/register.ts";
import type { LogicalName } from "../../cosem-objects/logical-name.ts";
import { bind, type CosemObject } from "../../cosem-objects/object.ts";
import { type ScalerUnit, Unit } from "../../cosem-objects/unit.ts";
import { writeData } from "../../dlms/axdr/data.ts";
import type { DlmsData } from "../../dlms/axdr/dlms-data.ts";

/** How a quantity of the domain appears in COSEM: type on the wire, scaler and unit. */
export interface Quantity extends ScalerUnit {
  readonly type: "double-long-unsigned" | "double-long" | "long-unsigned" | "long" | "unsigned";
  /** Domain units in one step of the register: 100 mV in 0.1 V. */
  readonly step: number;
}

/** Quantities of this meter (its own choice of types and scalers; the domain counts in thousandths). */
export const quantities = {
  activeEnergy: { type: "double-long-unsigned", scaler: 0, unit: Unit.wattHour, step: 1 },
  netActiveEnergy: { type: "double-long", scaler: 0, unit: Unit.wattHour, step: 1 },
  reactiveEnergy: { type: "double-long-unsigned", scaler: 0, unit: Unit.varHour, step: 1 },
  apparentEnergy: { type: "double-long-unsigned", scaler: 0, unit: Unit.voltAmpereHour, step: 1 },
  voltage: { type: "long-unsigned", scaler: -1, unit: Unit.volt, step: 100 },
  current: { type: "double-long-unsigned", scaler: -3, unit: Unit.ampere, step: 1 },
  differenceCurrent: { type: "double-long", scaler: -3, unit: Unit.ampere, step: 1 },
  activePower: { type: "double-long-unsigned", scaler: 0, unit: Unit.watt, step: 1000 },
  netActivePower: { type: "double-long", scaler: 0, unit: Unit.watt, step: 1000 },
  reactivePower: { type: "double-long-unsigned", scaler: 0, unit: Unit.var, step: 1000 },
  apparentPower: { type: "double-long-unsigned", scaler: 0, unit: Unit.voltAmpere, step: 1000 },
  powerFactor: { type: "long", scaler: -3, unit: Unit.none, step: 1 },
  frequency: { type: "long-unsigned", scaler: -2, unit: Unit.hertz, step: 10 },
  activeDemand: { type: "double-long-unsigned", scaler: 0, unit: Unit.watt, step: 1 },
  reactiveDemand: { type: "double-long-unsigned", scaler: 0, unit: Unit.var, step: 1 },
  apparentDemand: { type: "double-long-unsigned", scaler: 0, unit: Unit.voltAmpere, step: 1 },
  angle: { type: "long", scaler: -1, unit: Unit.degree, step: 1 },
  temperature: { type: "long", scaler: -1, unit: Unit.degreeCelsius, step: 1 },
  batteryVoltage: { type: "long-unsigned", scaler: -2, unit: Unit.volt, step: 10 },
  hours: { type: "double-long-unsigned", scaler: 0, unit: Unit.hour, step: 3_600_000 },
  seconds: { type: "double-long-unsigned", scaler: 0, unit: Unit.second, step: 1 },
  shortSeconds: { type: "long-unsigned", scaler: 0, unit: Unit.second, step: 1 },
  ratedVoltage: { type: "long-unsigned", scaler: -1, unit: Unit.volt, step: 100 },
  ratedCurrent: { type: "long-unsigned", scaler: -1, unit: Unit.ampere, step: 100 },
  ratedFrequency: { type: "long-unsigned", scaler: -1, unit: Unit.hertz, step: 100 },
  activeConstant: { type: "double-long-unsigned", scaler: -3, unit: Unit.perWattHour, step: 1 },
  reactiveConstant: { type: "double-long-unsigned", scaler: -3, unit: Unit.perVarHour, step: 1 },
} as const satisfies Readonly<Record<string, Quantity>>;

const limits: Readonly<Record<Quantity["type"], readonly [least: number, modulus: number]>> = {
  "double-long-unsigned": [0, 2 ** 32],
  "double-long": [-(2 ** 31), 2 ** 32],
  "long-unsigned": [0, 2 ** 16],
  long: [-(2 ** 15), 2 ** 16],
  unsigned: [0, 2 ** 8],
};

/** The value of a register. One that has counted beyond its type rolls over, as its digits would. */
export function quantityData(quantity: Quantity, value: number): DlmsData {
  const [least, modulus] = limits[quantity.type];
  const steps = Math.round(value / quantity.step);
  return { type: quantity.type, value: ((((steps - least) % modulus) + modulus) % modulus) + least };
}

/** Appends the value as a profile's cell: the same octets as the register itself gives. */
export function writeQuantity(writer: ByteWriter, quantity: Quantity, value: number): void {
  writeData(writer, quantityData(quantity, value));
}

/** A register that shows a quantity of the domain. */
export function register(logicalName: LogicalName, quantity: Quantity, value: () => number): CosemObject {
  return bind(Register, {
    logicalName,
    attributes: { value: () => quantityData(quantity, value()), scalerUnit: { scaler: quantity.scaler, unit: quantity.unit } },
  });
}
