import { toHex } from "../../bytes/hex.ts";
import { logicalNameFromBytes } from "../../cosem-objects/logical-name.ts";
import { nameOf } from "../../cosem-objects/names.ts";
import { type PlainValue, plainValue } from "../../cosem-objects/plain-value.ts";
import { unitSymbol } from "../../cosem-objects/unit.ts";
import { type CosemDateTime, formatDateTime } from "../../dlms/axdr/date-time.ts";
import type { DlmsData } from "../../dlms/axdr/dlms-data.ts";

const logicalNameLength = 6;

/** A logical name with the name people know it by. */
export function meaningOfLogicalName(bytes: Uint8Array): string {
  const logicalName = logicalNameFromBytes(bytes);
  const name = nameOf(logicalName);
  return name === undefined ? logicalName : `${logicalName} ${name}`;
}

/** A decoded field in words: numbers, names, what is set of a group of flags. */
export function meaningOf(value: unknown): string {
  if (value === undefined) return "absent";
  if (value instanceof Uint8Array) return value.length === 0 ? "empty" : toHex(value);
  if (value instanceof Set) return [...(value as Set<string>)].join(", ");
  if (typeof value !== "object" || value === null) return String(value);
  if ("dayOfMonth" in value) return formatDateTime(value as CosemDateTime);
  return Object.entries(value)
    .filter(([name, member]) => member !== false && member !== undefined && !(name === "reserved" && member === 0))
    .map(([name, member]) => (member === true ? words(name) : `${words(name)} ${meaningOf(member)}`))
    .join(", ");
}

/** "maxReceivePduSize" as "max receive pdu size". */
function words(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** A tagged value in words: its type and what it says, with the unit or object it may name. */
export function meaningOfData(data: DlmsData): string {
  if (data.type === "octet-string" && data.value.length === logicalNameLength && data.value[5] === 0xff)
    return `${data.type} ${meaningOfLogicalName(data.value)}`;
  const value = plainText(plainValue(data));
  // Most enumerations of pushes and registers are units; one that is another is still shown as its number.
  const unit = data.type === "enum" ? unitSymbol(data.value) : undefined;
  return unit === undefined || unit === "" ? `${data.type} ${value}`.trimEnd() : `${data.type} ${value} (as a unit: ${unit})`;
}

/** A value without its tags, on one line. */
export function plainText(value: PlainValue): string {
  if (value === null) return "";
  return Array.isArray(value) ? `[${value.map((item: PlainValue) => plainText(item)).join(", ")}]` : String(value);
}
