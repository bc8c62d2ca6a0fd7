import { ByteReader } from "../bytes/byte-reader.ts";
import { toHex } from "../bytes/hex.ts";
import { logicalNameFromBytes } from "../cosem-objects/logical-name.ts";
import { readData } from "../dlms/axdr/data.ts";
import { type CosemDateTime, formatDateTime } from "../dlms/axdr/date-time.ts";
import type { DlmsData } from "../dlms/axdr/dlms-data.ts";
import { DecodeError } from "../errors.ts";
import type { ApduItem, Json } from "./explanation.ts";
import { secretFields } from "./secret-fields.ts";

/** Fields that hold tagged data; every other octet string is just octets. */
export const dataFields: ReadonlySet<string> = new Set(["data", "value", "values", "parameter", "parameters", "body"]);

/**
 * An APDU as JSON: octets as hex, logical names dotted, data as tagged values, sets as lists.
 * @param more members behind those of the APDU
 */
export function apduJson(apdu: { readonly type: string }, more: Readonly<Record<string, Json>> = {}): ApduItem {
  const { type, ...fields } = apdu;
  return Object.assign({ type }, membersJson(fields, holdsBlocks(type)), more);
}

/** The members that there are; a loop, since an input may hold a hundred thousand APDUs. */
function membersJson(value: object, blocks: boolean): Readonly<Record<string, Json>> {
  const json: Record<string, Json> = {};
  for (const [name, member] of Object.entries(value)) if (member !== undefined) json[name] = toJson(name, member, blocks);
  return json;
}

/** A value as JSON, by the rules of the field `key`. */
export function fieldJson(key: string, value: unknown): Json {
  return toJson(key, value, false);
}

/** True for APDUs that carry blocks: their raw data are a piece of something, not a value. */
export function holdsBlocks(type: string): boolean {
  return type.includes("block");
}

function toJson(key: string, value: unknown, blocks: boolean): Json {
  if (value instanceof Uint8Array) {
    if (secretFields.has(key)) return `(${value.length} octets)`;
    if (key === "logicalName" && value.length === 6) return logicalNameFromBytes(value);
    return dataFields.has(key) && !blocks ? dataOctets(value) : toHex(value);
  }
  if (value instanceof Set) return [...(value as Set<string>)];
  if (Array.isArray(value)) return value.map((item: unknown) => toJson(key, item, blocks));
  if (typeof value === "bigint") return integer(value);
  if (typeof value === "object" && value !== null) {
    if ("dayOfMonth" in value) return formatDateTime(value as CosemDateTime);
    return membersJson(value, blocks);
  }
  return (value ?? null) as Json;
}

function dataOctets(bytes: Uint8Array): Json {
  try {
    return dataJson(readData(new ByteReader(bytes)));
  } catch (error) {
    if (error instanceof DecodeError) return { error: error.message, octets: toHex(bytes) };
    throw error;
  }
}

/** A tagged value, with its tags: nothing is lost. */
export function dataJson(data: DlmsData): Json {
  switch (data.type) {
    case "array":
    case "structure":
      return { type: data.type, value: data.value.map(dataJson) };
    case "compact-array":
      return { type: data.type, value: data.value.rows.map(dataJson) };
    case "bit-string":
      return { type: data.type, length: data.value.length, value: toHex(data.value.bytes) };
    case "octet-string":
    case "date-time":
    case "date":
    case "time":
      return { type: data.type, value: toHex(data.value) };
    case "long64":
    case "long64-unsigned":
      return { type: data.type, value: integer(data.value) };
    default:
      return { type: data.type, value: data.value };
  }
}

function integer(value: bigint): Json {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}
