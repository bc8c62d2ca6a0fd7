import type { AttributeReading } from "../client/object-reader.ts";
import { plainValue } from "../cosem-objects/plain-value.ts";
import { unitSymbol } from "../cosem-objects/unit.ts";
import { dateTimeToInstant, decodeDateTime } from "../dlms/axdr/date-time.ts";
import type { Reading, ReadingIdentity, ReadingValue } from "../mqtt-bridge/index.ts";

/** What an attribute is, for whoever has to describe it before a value is there. */
export function identityOf(reading: AttributeReading): ReadingIdentity {
  const symbol = reading.scalerUnit && unitSymbol(reading.scalerUnit.unit);
  return {
    logicalName: reading.logicalName,
    attribute: reading.attribute,
    name: reading.name ?? reading.logicalName,
    ...(symbol === undefined ? {} : { unit: symbol }),
  };
}

/** A value as subscribers get it; undefined where the meter gave none, or nothing that stands for itself. */
export function toReading(meterId: string, reading: AttributeReading): Reading | undefined {
  if (reading.value === undefined) return undefined;
  const value = plainValue(reading.value, reading.scalerUnit?.scaler);
  if (value === null || Array.isArray(value)) return undefined;
  return { meterId, ...identityOf(reading), value: value as ReadingValue };
}

/** Current and voltage transformers in front of a meter that does not reckon with them. */
export interface TransformerRatio {
  readonly current: number;
  readonly voltage: number;
}

/** How the values of a meter become those that are told. */
export interface Scaling {
  readonly ratio: TransformerRatio;
  /** Corrections of scalers that are wrong in the meter. */
  readonly multiply: ReadonlyMap<string, number>;
}

/** What a value of an object is multiplied by; energies and powers by both ratios. */
export function factorOf(logicalName: string, unit: string | undefined, { ratio, multiply }: Scaling): number {
  return ratioOf(unit, ratio) * (multiply.get(logicalName) ?? 1);
}

function ratioOf(unit: string | undefined, { current, voltage }: TransformerRatio): number {
  switch (unit) {
    case "A":
      return current;
    case "V":
      return voltage;
    case "W":
    case "var":
    case "VA":
    case "Wh":
    case "varh":
    case "VAh":
      return current * voltage;
    default:
      return 1;
  }
}

/** The reading as it is told: on the other side of the transformers, with its scaler put right. */
export function scaled(reading: Reading | undefined, scaling: Scaling): Reading | undefined {
  if (reading === undefined) return undefined;
  const factor = factorOf(reading.logicalName, reading.unit, scaling);
  const { value } = reading;
  return factor !== 1 && (typeof value === "number" || typeof value === "bigint") ? { ...reading, value: Number(value) * factor } : reading;
}

/** UTC milliseconds of a clock reading; undefined where it is none. */
export function instantOf(reading: AttributeReading | undefined): number | undefined {
  const value = reading?.value;
  return value?.type === "octet-string" && value.value.length === 12 ? dateTimeToInstant(decodeDateTime(value.value)) : undefined;
}
