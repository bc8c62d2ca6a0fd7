import { type LogicalName, logicalNameFromBytes } from "../cosem-objects/logical-name.ts";
import { nameOf } from "../cosem-objects/names.ts";
import { plainValue } from "../cosem-objects/plain-value.ts";
import { unitSymbol } from "../cosem-objects/unit.ts";
import type { DlmsData } from "../dlms/axdr/dlms-data.ts";
import type { ExplainedReading } from "./explanation.ts";

interface Place {
  readonly logicalName?: LogicalName;
  readonly attribute?: number;
  readonly position?: number;
}

/** A value that belongs to an attribute. */
export function readingOf(place: Place, value: DlmsData, scale?: { readonly scaler: number; readonly unit: number }): ExplainedReading {
  const name = place.logicalName && nameOf(place.logicalName);
  const unit = scale && unitSymbol(scale.unit);
  return {
    ...place,
    ...(name === undefined ? {} : { name }),
    value: plainValue(value, scale?.scaler),
    ...(unit === undefined ? {} : { unit }),
    raw: plainValue(value),
    type: value.type,
  };
}

const valueAttribute = 2;

/**
 * The values of a push. Meters put them into structures of many shapes; a logical name is taken to speak of the value
 * that follows it, and structure { scaler, unit } of the one before it. Definitions of what is pushed are no values.
 */
export function readingsOfNotification(body: DlmsData): readonly ExplainedReading[] {
  const readings: ExplainedReading[] = [];
  const walk = (items: readonly DlmsData[]): void => {
    let logicalName: LogicalName | undefined;
    for (let index = 0; index < items.length; index++) {
      const item = items[index] as DlmsData;
      const scale = scaleOf(items[index + 1]);
      if (isLogicalName(item)) {
        logicalName = logicalNameFromBytes(item.value);
      } else if (isList(item)) {
        if (scaleOf(item) === undefined && !isDefinition(item)) walk(item.value);
      } else {
        const place = logicalName === undefined ? { position: readings.length + 1 } : { logicalName, attribute: valueAttribute };
        readings.push(readingOf(place, item, scale));
        logicalName = undefined;
      }
    }
  };
  walk([body]);
  return readings;
}

function isLogicalName(data: DlmsData): data is DlmsData & { readonly type: "octet-string" } {
  return data.type === "octet-string" && data.value.length === 6 && data.value[5] === 0xff;
}

function isList(data: DlmsData): data is DlmsData & { readonly type: "array" | "structure" } {
  return data.type === "array" || data.type === "structure";
}

function scaleOf(data: DlmsData | undefined): { readonly scaler: number; readonly unit: number } | undefined {
  if (data?.type !== "structure" || data.value.length !== 2) return undefined;
  const [scaler, unit] = data.value as readonly [DlmsData, DlmsData];
  return scaler.type === "integer" && unit.type === "enum" ? { scaler: scaler.value, unit: unit.value } : undefined;
}

/** class, logical name, attribute, data index: the element of a push object list. */
function isDefinition(data: DlmsData & { readonly type: "array" | "structure" }): boolean {
  const [classId, logicalName, attribute, dataIndex] = data.value;
  return (
    data.value.length === 4 &&
    classId?.type === "long-unsigned" &&
    logicalName?.type === "octet-string" &&
    attribute?.type === "integer" &&
    dataIndex?.type === "long-unsigned"
  );
}
