import { bitAt } from "../bytes/bit-string.ts";
import { toHex } from "../bytes/hex.ts";
import { dateTimeLength, decodeDateTime, formatDateTime, plausibleDateTime } from "../dlms/axdr/date-time.ts";
import type { DlmsData } from "../dlms/axdr/dlms-data.ts";
import { scaleValue } from "./unit.ts";

/** A value as people and JSON know it. */
export type PlainValue = null | boolean | number | bigint | string | readonly PlainValue[];

/**
 * A tagged value without its tags: numbers scaled, texts as text, date-times as ISO 8601, other octets as hex, bit
 * strings as digits, structures and arrays as arrays.
 * @param scaler power of ten for numbers that stand alone
 */
export function plainValue(data: DlmsData, scaler = 0): PlainValue {
  switch (data.type) {
    case "array":
    case "structure":
      return data.value.map((element) => plainValue(element));
    case "compact-array":
      return data.value.rows.map((row) => plainValue(row));
    case "octet-string":
      return plainOctets(data.value);
    case "date-time":
      return formatDateTime(decodeDateTime(data.value));
    case "date":
    case "time":
      return toHex(data.value);
    case "bit-string":
      return Array.from({ length: data.value.length }, (_, index) => (bitAt(data.value, index) ? "1" : "0")).join("");
    case "null-data":
    case "dont-care":
      return null;
    default:
      return typeof data.value === "number" || typeof data.value === "bigint" ? scaleValue(data.value, scaler) : data.value;
  }
}

const utf8 = new TextDecoder();

/** Text where every octet is printable ASCII, a date-time where twelve octets can be nothing else, hex otherwise. */
export function plainOctets(bytes: Uint8Array): string {
  if (bytes.every((octet) => octet >= 0x20 && octet < 0x7f)) return utf8.decode(bytes);
  // Attributes carry date-times as untyped octets, so what can be one is taken for one.
  if (bytes.length === dateTimeLength && plausibleDateTime(new DataView(bytes.buffer, bytes.byteOffset), 0)) {
    return formatDateTime(decodeDateTime(bytes));
  }
  return toHex(bytes).toLowerCase();
}
