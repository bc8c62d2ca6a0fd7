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

/** UTC milliseconds of a clock reading; undefined where it is none. */
export function instantOf(reading: AttributeReading | undefined): number | undefined {
  const value = reading?.value;
  return value?.type === "octet-string" && value.value.length === 12 ? dateTimeToInstant(decodeDateTime(value.value)) : undefined;
}
