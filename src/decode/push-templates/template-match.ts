import { logicalNameFromBytes } from "../../cosem-objects/logical-name.ts";
import { dateTimeLength, plausibleDateTime } from "../../dlms/axdr/date-time.ts";
import type { DlmsData } from "../../dlms/axdr/dlms-data.ts";
import type { ExplainedReading } from "../explanation.ts";
import { readingOf } from "../readings.ts";
import { listIdName } from "./items.ts";
import type { NamedTemplate, PositionalTemplate, PushElement, PushItem, PushQuantity, PushTemplate } from "./push-template.ts";

/** The readings of a body that the template fits; undefined where it does not. */
export function readingsByTemplate(template: PushTemplate, body: DlmsData): readonly ExplainedReading[] | undefined {
  if (body.type !== "structure") return undefined;
  return template.layout === "named" ? byName(template, body.value) : byPosition(template, body.value);
}

function byPosition({ items }: PositionalTemplate, values: readonly DlmsData[]): readonly ExplainedReading[] | undefined {
  if (!fitsAll(items, values)) return undefined;
  const leaves = items.flatMap((item, index) => leavesOf(item, values[index] as DlmsData));
  return leaves.map(([item, value], index) =>
    item.logicalName === undefined ? readingOf({ position: index + 1 }, value) : readingOfQuantity(item as PushQuantity, value),
  );
}

function fitsAll(items: readonly PushElement[], values: readonly DlmsData[]): boolean {
  return items.length === values.length && items.every((item, index) => fits(item, values[index] as DlmsData));
}

function fits(item: PushElement, value: DlmsData): boolean {
  if ("items" in item) return item.type === value.type && fitsAll(item.items, value.value);
  if (item.type !== value.type) return false;
  return value.type !== "octet-string" || octetsFit(item, value.value);
}

function octetsFit({ length, content, startsWith }: PushItem, octets: Uint8Array): boolean {
  if (length !== undefined && octets.length !== length) return false;
  if (content === "date-time" && !isDateTime(octets)) return false;
  if (content === "text" && !isText(octets)) return false;
  return startsWith === undefined || textBegins(octets, startsWith);
}

function isDateTime(octets: Uint8Array): boolean {
  return octets.length === dateTimeLength && plausibleDateTime(new DataView(octets.buffer, octets.byteOffset), 0);
}

function isText(octets: Uint8Array): boolean {
  return octets.length > 0 && octets.every((octet) => octet >= 0x20 && octet < 0x7f);
}

function textBegins(octets: Uint8Array, text: string): boolean {
  return octets.length >= text.length && [...text].every((character, index) => octets[index] === character.charCodeAt(0));
}

/** The values of a list and of the lists inside it, in order, with their places in the template. */
function leavesOf(item: PushElement, value: DlmsData): readonly (readonly [PushItem, DlmsData])[] {
  if (!("items" in item)) return [[item, value]];
  const values = value.value as readonly DlmsData[];
  return item.items.flatMap((inner, index) => leavesOf(inner, values[index] as DlmsData));
}

function byName({ listId, items }: NamedTemplate, values: readonly DlmsData[]): readonly ExplainedReading[] | undefined {
  const [first, second] = values;
  const leading = isListId(first, listId);
  if (!leading && !isListId(second, listId)) return undefined;
  const readings = leading ? [readingOfQuantity({ logicalName: listIdName }, first as DlmsData)] : [];
  let index = leading ? 1 : 0;
  while (index < values.length) {
    const name = values[index] as DlmsData;
    // Meters with one phase leave the name and the value of the others empty.
    if (name.type === "null-data") {
      index++;
      continue;
    }
    const value = values[index + 1];
    if (name.type !== "octet-string" || name.value.length !== logicalNameLength || value === undefined) return undefined;
    const logicalName = logicalNameFromBytes(name.value);
    readings.push(readingOfQuantity(items.find((item) => item.logicalName === logicalName) ?? { logicalName }, value));
    index += 2;
  }
  return readings;
}

const logicalNameLength = 6;

function isListId(value: DlmsData | undefined, listId: string): boolean {
  if (value?.type === "visible-string") return value.value.startsWith(listId);
  return value?.type === "octet-string" && textBegins(value.value, listId);
}

const valueAttribute = 2;

function readingOfQuantity(quantity: PushQuantity, value: DlmsData): ExplainedReading {
  const { logicalName, attribute = valueAttribute, scaler, unit, finer } = quantity;
  const place = { logicalName, attribute };
  if (scaler === undefined || unit === undefined) return readingOf(place, value);
  const fine = finer !== undefined && typeof value.value === "number" && value.value >= finer.from;
  return readingOf(place, value, { scaler: fine ? finer.scaler : scaler, unit });
}
