import { type CosemDateTime, dateTimeLength, readDateTime, writeDateTime } from "../axdr/date-time.ts";
import { readLength } from "../axdr/length.ts";
import type { Schema } from "../axdr/schema.ts";

/** date-time as OCTET STRING: length 0 for none, else 12 octets. Some meters put a data tag (09) before the length. */
export const optionalTime: Schema<CosemDateTime | undefined> = {
  type: { name: "OCTET STRING (date-time)" },
  read: (reader) => {
    const start = reader.offset;
    if (reader.peek() === 0x09) reader.skip(1);
    const length = readLength(reader, "date-time");
    if (length === 0) return undefined;
    if (length !== dateTimeLength) throw reader.error("bad-length", "date-time", `${length} octets`, start);
    return readDateTime(reader);
  },
  write: (writer, value) => {
    writer.u8(value === undefined ? 0 : dateTimeLength);
    if (value !== undefined) writeDateTime(writer, value);
  },
};
