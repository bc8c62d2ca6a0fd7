import { bitString } from "../bytes/bit-string.ts";
import { fromHex } from "../bytes/hex.ts";
import { encodeDateTime } from "../dlms/axdr/date-time.ts";
import type { DlmsData } from "../dlms/axdr/dlms-data.ts";
import { ConfigError } from "../errors.ts";
import { parseTimeLimit } from "./time-limit.ts";

/** Types that a value can be given in, as "long-unsigned:900". */
const integerTypes = {
  integer: [-128, 127],
  unsigned: [0, 0xff],
  long: [-0x8000, 0x7fff],
  "long-unsigned": [0, 0xffff],
  "double-long": [-0x8000_0000, 0x7fff_ffff],
  "double-long-unsigned": [0, 0xffff_ffff],
  enum: [0, 0xff],
} as const satisfies Readonly<Record<string, readonly [number, number]>>;
type IntegerType = keyof typeof integerTypes;

const expected =
  "expected JSON, or type:value such as long-unsigned:900, boolean:true, octet-string:hex, visible-string:text or null-data:";

/**
 * VALUE of the command line: JSON in the types of what is there now, or a type and a value.
 * @param present what the attribute holds, where it could be read
 * @throws ConfigError for what is neither, or does not fit its type
 */
export function parseTypedValue(text: string, present: DlmsData | undefined): DlmsData {
  const [, type, value = ""] = /^([a-z][a-z0-9-]*):(.*)$/s.exec(text) ?? [];
  const typed = type === undefined ? undefined : ofType(type, value);
  if (typed !== undefined) return typed;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // Words without quotes are texts, as people type them.
    json = text;
  }
  if (present === undefined)
    throw new ConfigError("VALUE", `${expected}; what the attribute holds could not be read, so its type is not known`);
  return like(present, json, "VALUE");
}

function ofType(type: string, text: string): DlmsData | undefined {
  if (Object.hasOwn(integerTypes, type)) return whole(type as IntegerType, decimal(text), "VALUE");
  switch (type) {
    case "boolean":
      if (!/^(true|false|0|1)$/.test(text)) throw new ConfigError("VALUE", `expected true or false, got ${JSON.stringify(text)}`);
      return { type, value: text === "true" || text === "1" };
    case "octet-string":
      return { type, value: octets(text, "VALUE") };
    case "visible-string":
    case "utf8-string":
      return { type, value: text };
    case "long64":
    case "long64-unsigned":
      return long64(type, text, "VALUE");
    case "float32":
    case "float64":
      return real(type, decimal(text), "VALUE");
    case "null-data":
      if (text !== "") throw new ConfigError("VALUE", "null-data has no value");
      return { type, value: null };
    default:
      return undefined;
  }
}

/** JSON in the types of a value that is there. */
function like(present: DlmsData, json: unknown, path: string): DlmsData {
  const refused = (what: string) => new ConfigError(path, `expected ${what}, got ${JSON.stringify(json)}`);
  if (Object.hasOwn(integerTypes, present.type)) return whole(present.type as IntegerType, json, path);
  switch (present.type) {
    case "boolean":
      if (typeof json !== "boolean") throw refused("true or false");
      return { type: "boolean", value: json };
    case "octet-string":
      if (typeof json !== "string") throw refused("a text: hex, a date-time or characters");
      return { type: "octet-string", value: octets(json, path) };
    case "visible-string":
    case "utf8-string":
      if (typeof json !== "string") throw refused("a text");
      return { type: present.type, value: json };
    case "bit-string":
      if (typeof json !== "string" || !/^[01]*$/.test(json)) throw refused("binary digits");
      return {
        type: "bit-string",
        value: bitString(
          json.length,
          [...json].flatMap((digit, index) => (digit === "1" ? [index] : [])),
        ),
      };
    case "long64":
    case "long64-unsigned":
      return long64(present.type, String(json), path);
    case "float32":
    case "float64":
      return real(present.type, json, path);
    case "structure":
      if (!Array.isArray(json) || json.length !== present.value.length) throw refused(`a list of ${present.value.length}`);
      return { type: "structure", value: present.value.map((element, index) => like(element, json[index], `${path}[${index}]`)) };
    case "array": {
      if (!Array.isArray(json)) throw refused("a list");
      const [model] = present.value;
      if (model === undefined && json.length > 0)
        throw new ConfigError(path, "the list is empty now, so the type of its elements is not known");
      return {
        type: "array",
        value: json.map((element, index) => like(present.value[index] ?? (model as DlmsData), element, `${path}[${index}]`)),
      };
    }
    default:
      throw new ConfigError(path, `${present.type} cannot be written from JSON`);
  }
}

function whole(type: IntegerType, value: unknown, path: string): DlmsData {
  const [least, most] = integerTypes[type];
  if (typeof value !== "number" || !Number.isInteger(value) || value < least || value > most) {
    throw new ConfigError(path, `expected a whole number from ${least} to ${most} (${type}), got ${JSON.stringify(value)}`);
  }
  return { type, value } as DlmsData;
}

/** Whole numbers beyond what JSON has are written as texts. */
function long64(type: "long64" | "long64-unsigned", text: string, path: string): DlmsData {
  const value = /^-?\d{1,20}$/.test(text) ? BigInt(text) : undefined;
  const [least, most] = type === "long64" ? [-(2n ** 63n), 2n ** 63n - 1n] : [0n, 2n ** 64n - 1n];
  if (value === undefined || value < least || value > most) {
    throw new ConfigError(path, `expected a whole number from ${least} to ${most} (${type}), got ${JSON.stringify(text)}`);
  }
  return { type, value };
}

function real(type: "float32" | "float64", value: unknown, path: string): DlmsData {
  if (typeof value === "number" && Number.isFinite(value)) return { type, value };
  throw new ConfigError(path, `expected a number (${type}), got ${JSON.stringify(value)}`);
}

/** The number a text is in decimal; what it is itself where it is none. */
function decimal(text: string): number | string {
  return /^-?\d+(\.\d+)?(e-?\d+)?$/i.test(text) ? Number(text) : text;
}

/** A date-time as twelve octets, hex as octets, and anything else as its characters. */
function octets(text: string, path: string): Uint8Array {
  if (/^\d{4}-\d\d-\d\dT/.test(text)) return encodeDateTime(parseTimeLimit(path, text));
  if (/^(0x)?([0-9a-fA-F]{2})+$/.test(text)) return fromHex(text.replace(/^0x/, ""));
  if (!/^[ -~]*$/.test(text)) throw new ConfigError(path, "expected hex, a date-time or plain characters");
  return new TextEncoder().encode(text);
}
