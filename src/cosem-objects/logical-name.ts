import { fixedOctetString } from "../dlms/axdr/data-schemas.ts";
import type { Schema } from "../dlms/axdr/schema.ts";
import { ConfigError } from "../errors.ts";

/** Six numbers 0..255 joined by dots: "1.0.1.8.0.255". The canonical form everywhere above the wire. */
export type LogicalName = `${number}.${number}.${number}.${number}.${number}.${number}`;

const obisForm = /^(?:(\d{1,3})-(\d{1,3}):)?(\d{1,3})\.(\d{1,3})(?:\.(\d{1,3}))?(?:[*&](\d{1,3}))?$/;

/**
 * "1.0.1.8.0.255", "1-0:1.8.0*255" and "1-0:1.8.0" to the canonical form.
 * @returns undefined where the text is not a logical name
 */
export function tryParseLogicalName(text: string): LogicalName | undefined {
  const dotted = text.split(".");
  const obis = obisForm.exec(text);
  const groups =
    dotted.length === 6
      ? dotted
      : obis?.[1] !== undefined && obis[5] !== undefined
        ? [obis[1], obis[2], obis[3], obis[4], obis[5], obis[6] ?? "255"]
        : undefined;
  if (groups === undefined || !groups.every((group) => /^\d{1,3}$/.test(group as string) && Number(group) <= 255)) return undefined;
  return groups.map(Number).join(".") as LogicalName;
}

/** @throws ConfigError for anything that {@link tryParseLogicalName} does not take */
export function parseLogicalName(text: string): LogicalName {
  const name = tryParseLogicalName(text);
  if (name === undefined) {
    throw new ConfigError("", `${JSON.stringify(text)} is not a logical name`, { hint: "write it as 1.0.1.8.0.255 or 1-0:1.8.0" });
  }
  return name;
}

/** Six octets to the canonical form; the caller guarantees the length. */
export function logicalNameFromBytes(bytes: Uint8Array): LogicalName {
  return `${bytes[0] as number}.${bytes[1] as number}.${bytes[2] as number}.${bytes[3] as number}.${bytes[4] as number}.${bytes[5] as number}`;
}

const octetsOf = new Map<LogicalName, Uint8Array>();
const cacheLimit = 4096;

/** The six octets; shared, so not to be written to. */
export function logicalNameToBytes(name: LogicalName): Uint8Array {
  const known = octetsOf.get(name);
  if (known !== undefined) return known;
  const bytes = Uint8Array.from(name.split("."), Number);
  if (octetsOf.size < cacheLimit) octetsOf.set(name, bytes);
  return bytes;
}

/** "1-0:1.8.0*255", the form people read. */
export function formatObis(name: LogicalName): string {
  const [a, b, c, d, e, f] = name.split(".");
  return `${a}-${b}:${c}.${d}.${e}*${f}`;
}

const sixOctets = fixedOctetString(6, "logical-name");

/** Attribute 1 of every class: octet-string(6). */
export const logicalName: Schema<LogicalName> = {
  type: sixOctets.type,
  read: (reader) => logicalNameFromBytes(sixOctets.read(reader)),
  write: (writer, value) => sixOctets.write(writer, logicalNameToBytes(value)),
};
