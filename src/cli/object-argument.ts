import type { ObjectReader } from "../client/object-reader.ts";
import { findClass } from "../cosem-objects/catalogue.ts";
import { type LogicalName, tryParseLogicalName } from "../cosem-objects/logical-name.ts";
import { logicalNameByName } from "../cosem-objects/names.ts";
import { ConfigError } from "../errors.ts";

/**
 * OBJECT of the command line: a logical name in any form or a name of the catalogue, and behind a colon an attribute by
 * index or name.
 * @throws ConfigError
 */
export function parseObject(
  text: string,
  reader: Pick<ObjectReader, "find">,
): { readonly logicalName: LogicalName; readonly attribute: number } {
  const whole = tryParseLogicalName(text) ?? logicalNameByName(text);
  if (whole !== undefined) return { logicalName: whole, attribute: 2 };
  const colon = text.lastIndexOf(":");
  const object = text.slice(0, Math.max(0, colon));
  const logicalName = tryParseLogicalName(object) ?? logicalNameByName(object);
  if (logicalName === undefined) {
    throw new ConfigError("OBJECT", `${JSON.stringify(text)} is neither a logical name nor a name of the catalogue`, {
      hint: "write 1.0.1.8.0.255, 1-0:1.8.0 or active_energy_import; dlms objects lists what the meter has",
    });
  }
  return { logicalName, attribute: parseAttribute(text.slice(colon + 1), logicalName, reader) };
}

function parseAttribute(text: string, logicalName: LogicalName, reader: Pick<ObjectReader, "find">): number {
  if (/^\d{1,3}$/.test(text)) return Number(text);
  const element = reader.find(logicalName);
  const attributes = (element && findClass(element.classId, element.version)?.attributes) ?? {};
  const wanted = key(text);
  const found = Object.entries(attributes).find(([name]) => key(name) === wanted);
  if (found !== undefined) return found[1].id;
  throw new ConfigError("OBJECT", `${logicalName} has no attribute ${JSON.stringify(text)}`, {
    hint: `it has ${Object.keys(attributes).join(", ") || "attributes known by number only"}`,
  });
}

/** A method of a class by index or name. @throws ConfigError */
export function parseMethod(text: string, classId: number, version: number): number {
  if (/^\d{1,3}$/.test(text)) return Number(text);
  const methods = findClass(classId, version)?.methods ?? {};
  const found = Object.entries(methods).find(([name]) => key(name) === key(text));
  if (found !== undefined) return found[1].id;
  const known = Object.keys(methods).join(", ") || "methods known by number only";
  throw new ConfigError("METHOD", `class ${classId} has no method ${JSON.stringify(text)}`, { hint: `it has ${known}` });
}

/** capture_objects, captureObjects and Capture objects are the same. */
function key(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, "");
}
