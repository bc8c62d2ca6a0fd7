import type { AttributeReading } from "../client/object-reader.ts";
import { formatObis } from "../cosem-objects/logical-name.ts";
import { type PlainValue, plainValue } from "../cosem-objects/plain-value.ts";
import { unitSymbol } from "../cosem-objects/unit.ts";

/** One attribute as `dlms read --json` shows it; the keys are an interface. */
export interface ReadingJson {
  readonly logicalName: string;
  readonly obis: string;
  readonly classId: number;
  readonly attribute: number;
  readonly name: string;
  readonly value?: PlainValue;
  readonly unit?: string;
  readonly raw?: PlainValue;
  readonly type?: string;
  readonly error?: string;
}

export function readingToJson(reading: AttributeReading): ReadingJson {
  const { logicalName, classId, attribute, value, scalerUnit } = reading;
  const base = { logicalName, obis: formatObis(logicalName), classId, attribute, name: displayName(reading) };
  if (value === undefined) return { ...base, error: String(reading.error ?? "other-reason") };
  const unit = scalerUnit && unitSymbol(scalerUnit.unit);
  return {
    ...base,
    value: plainValue(value, scalerUnit?.scaler),
    ...(unit === undefined ? {} : { unit }),
    raw: plainValue(value),
    type: value.type,
  };
}

/** The object's name, with the attribute's where it is not the main one. */
export function displayName({ name, logicalName, attribute, attributeName }: AttributeReading): string {
  const object = name ?? formatObis(logicalName);
  return attribute === 2 || attributeName === undefined ? object : `${object}, ${attributeName}`;
}

/** A value on one line, for tables. */
export function displayValue(reading: ReadingJson): string {
  if (reading.error !== undefined) return `(${reading.error})`;
  return displayPlain(reading.value ?? null);
}

export function displayPlain(value: PlainValue): string {
  if (value === null) return "-";
  if (Array.isArray(value)) return `[${value.map((item: PlainValue) => displayPlain(item)).join(", ")}]`;
  return String(value);
}
