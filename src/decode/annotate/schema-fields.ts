import type { ByteReader } from "../../bytes/byte-reader.ts";
import { dataTag } from "../../dlms/axdr/data-type.ts";
import { dateTimeLength } from "../../dlms/axdr/date-time.ts";
import { readCount, readLength } from "../../dlms/axdr/length.ts";
import type { Schema, TypeDescription } from "../../dlms/axdr/schema.ts";
import { boolean, i8, octetString, rest, u8, u16, u32 } from "../../dlms/axdr/untagged.ts";
import { returnParameters } from "../../dlms/xdlms/action.ts";
import { conformance } from "../../dlms/xdlms/conformance.ts";
import { attributeDescriptor, invokeIdAndPriority, longInvokeIdAndPriority } from "../../dlms/xdlms/descriptors.ts";
import { getDataResult } from "../../dlms/xdlms/get.ts";
import { optionalTime } from "../../dlms/xdlms/optional-time.ts";
import { rawData } from "../../dlms/xdlms/raw-data.ts";
import { DecodeError } from "../../errors.ts";
import { secretFields } from "../secret-fields.ts";
import { markData } from "./data-fields.ts";
import type { FieldMarker } from "./field-marker.ts";
import { meaningOf, meaningOfLogicalName } from "./meaning.ts";

const leafSchemas: readonly Schema<unknown>[] = [
  u8,
  i8,
  u16,
  u32,
  boolean,
  octetString,
  rest,
  invokeIdAndPriority,
  longInvokeIdAndPriority,
  conformance,
  optionalTime,
] as readonly Schema<unknown>[];

/** Fields without fields of their own, by the description that their schema shares with everything made of it. */
const leaves = new Map<TypeDescription, Schema<unknown>>(leafSchemas.map((schema) => [schema.type, schema]));

const instanceId = attributeDescriptor.type.fields?.["logicalName"];

/** Marks everything that is left to read: the fields of a value as {@link markFields}, and what those leave over. */
export function markAll(marker: FieldMarker, type: TypeDescription, value: unknown, field: string, depth: number): void {
  try {
    markFields(marker, type, value, field, depth);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
  }
  marker.markRest(depth, { field: "other octets" });
}

/**
 * Marks the fields of a value along the description of its type: the names are those of the declaration that decoded it.
 * @param value the decoded value, which says what was chosen where the description has alternatives
 * @throws DecodeError where the octets are not of this type
 */
export function markFields(marker: FieldMarker, type: TypeDescription, value: unknown, field: string, depth: number): void {
  const { reader } = marker;
  if (reader.remaining === 0) return;
  if (type === rawData.type) {
    markData(marker, field, depth);
  } else if (type === returnParameters.type) {
    markReturnParameters(marker, value, field, depth);
  } else if (type.fields !== undefined) {
    markSequence(marker, type.fields, value, field, depth);
  } else if (type.alternatives !== undefined) {
    markChoice(marker, type.alternatives, value, field, depth);
  } else if (type.element !== undefined) {
    markWrapped(marker, type, type.element, value, field, depth);
  } else if (secretFields.has(field)) {
    markSecret(marker, field, depth);
  } else {
    const leaf = readLeaf(reader, type);
    marker.mark(depth, { field, meaning: leaf ?? meaningOf(value) });
  }
}

function markSecret(marker: FieldMarker, field: string, depth: number): void {
  const length = readLength(marker.reader, field);
  marker.mark(depth, { field: `${field} length`, meaning: `${length} octets` });
  marker.reader.skip(length, field);
  marker.mark(depth, { field, secret: true });
}

function markSequence(
  marker: FieldMarker,
  fields: Readonly<Record<string, TypeDescription>>,
  value: unknown,
  field: string,
  depth: number,
): void {
  // A sequence has no octets of its own, so a group is named by the path of its fields.
  const prefix = field === "" ? "" : `${field}.`;
  for (const [name, type] of Object.entries(fields)) markFields(marker, type, memberOf(value, name), `${prefix}${name}`, depth);
}

function markChoice(marker: FieldMarker, alternatives: readonly TypeDescription[], value: unknown, field: string, depth: number): void {
  const tag = marker.reader.u8(field);
  // A choice of sequences says in its value which one it is; a result is data (0) or an error (1).
  const chosen = alternatives.find(({ name }) => name === memberOf(value, "type")) ?? alternatives[tag];
  marker.mark(depth, { field, meaning: chosen?.name ?? `choice ${tag}` });
  if (chosen === undefined) return;
  const inner = chosen.fields === undefined ? (memberOf(value, "data") ?? memberOf(value, "error")) : value;
  markFields(marker, chosen, inner, chosen.fields === undefined ? field : "", depth + 1);
}

/** OPTIONAL and DEFAULT begin with an octet that says whether there is a value, SEQUENCE OF with a count. */
function markWrapped(
  marker: FieldMarker,
  { name }: TypeDescription,
  element: TypeDescription,
  value: unknown,
  field: string,
  depth: number,
): void {
  const { reader } = marker;
  if (name === "SEQUENCE OF") {
    const count = readCount(reader, field, 0);
    marker.mark(depth, { field, meaning: `${count} elements` });
    for (let index = 0; index < count && reader.remaining > 0; index++) {
      markFields(marker, element, memberOf(value, index), `${field}[${index}]`, depth + 1);
    }
    return;
  }
  const present = reader.u8(field) !== 0;
  marker.mark(depth, { field, meaning: present ? "present" : name === "DEFAULT" ? `default: ${meaningOf(value)}` : "absent" });
  if (present) markFields(marker, element, value, field, depth + 1);
}

/** Before an octet-string their presence or the choice may be missing, or both (Green Book pitfall 25). */
function markReturnParameters(marker: FieldMarker, value: unknown, field: string, depth: number): void {
  const { reader } = marker;
  const octetString = dataTag["octet-string"];
  if (reader.peek() === octetString) {
    markData(marker, field, depth);
    return;
  }
  const present = reader.u8(field) !== 0;
  marker.mark(depth, { field, meaning: present ? "present" : "absent" });
  if (!present) return;
  if (reader.peek() === octetString) markData(marker, field, depth + 1);
  else markFields(marker, getDataResult.type, value, field, depth + 1);
}

/** Reads a field that has none of its own; what it says, where that is not what the decoded value says. */
function readLeaf(reader: ByteReader, type: TypeDescription): string | undefined {
  const schema = leaves.get(type);
  if (schema !== undefined) return meaningOf(schema.read(reader));
  if (type.values !== undefined || type.name === "ENUMERATED") {
    const number = reader.u8(type.name);
    const name = Object.entries(type.values ?? {}).find(([, value]) => value === number)?.[0];
    return type.name === "ENUMERATED" ? undefined : name === undefined ? String(number) : `${name} (${number})`;
  }
  const size = /\(SIZE\((\d+)\)\)/.exec(type.name)?.[1];
  if (type === instanceId) return meaningOfLogicalName(reader.bytes(6, type.name));
  // A time of twelve octets may have its length before it (Green Book 9.5, Event-Notification-Request).
  if (Number(size) === dateTimeLength && reader.peek() === dateTimeLength) reader.skip(1);
  if (size === undefined) reader.skip(reader.remaining);
  else reader.skip(Number(size), type.name);
  return undefined;
}

function memberOf(value: unknown, key: string | number): unknown {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string | number, unknown>>)[key] : undefined;
}
