import { toHex } from "../../../../src/bytes/hex.ts";
import { encodeData } from "../../../../src/dlms/axdr/data.ts";
import type { DlmsData } from "../../../../src/dlms/axdr/dlms-data.ts";

/** A structure of tagged values in hex. */
export const structure = (...elements: readonly string[]): string => `02${octet(elements.length)}${elements.join("")}`;
/** An array of tagged values in hex. */
export const array = (...elements: readonly string[]): string => `01${octet(elements.length)}${elements.join("")}`;
/** Octets in hex as octet-string. */
export const octets = (hex: string): string => `09${octet(hex.length / 2)}${hex}`;
/** A logical name as attributes have it. */
export const logicalName = (name: string): string => octets(toHex(Uint8Array.from(name.split("."), Number)));
export const longUnsigned = (value: number): string => coded({ type: "long-unsigned", value });
export const integer = (value: number): string => coded({ type: "integer", value });
/** A reference to a script. */
export const script = (table: string, selector: number): string => structure(logicalName(table), longUnsigned(selector));
/** An attribute by class, name and number. */
export const attribute = (classId: number, name: string, id: number): string =>
  structure(longUnsigned(classId), logicalName(name), integer(id));
/** An execution time, or the time and date of a schedule, in hex. */
export const executionTime = (time: string, date: string): string => structure(octets(time), octets(date));

function coded(data: DlmsData): string {
  return toHex(encodeData(data));
}

function octet(value: number): string {
  return toHex(Uint8Array.of(value));
}
