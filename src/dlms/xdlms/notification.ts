import { type CosemDateTime, dateTimeLength, readDateTime, writeDateTime } from "../axdr/date-time.ts";
import { readLength } from "../axdr/length.ts";
import type { Infer, Schema } from "../axdr/schema.ts";
import { optional, sequence } from "../axdr/untagged.ts";
import { attributeDescriptor, longInvokeIdAndPriority } from "./descriptors.ts";
import { rawData } from "./raw-data.ts";

/** date-time as OCTET STRING: length 0 for none, else 12 octets. Some meters put a data tag (09) before the length. */
const notificationTime: Schema<CosemDateTime | undefined> = {
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

/** Data-Notification (0F). */
export const dataNotification = sequence("Data-Notification", {
  invoke: longInvokeIdAndPriority,
  dateTime: notificationTime,
  body: rawData,
});
export type DataNotification = Infer<typeof dataNotification>;

/** Twelve octets, with the length octet that newer editions put before them or without it. */
const eventTime: Schema<CosemDateTime> = {
  type: { name: "OCTET STRING (SIZE(12))" },
  read: (reader) => {
    if (reader.peek() === dateTimeLength) reader.skip(1);
    return readDateTime(reader);
  },
  write: (writer, value) => {
    writer.u8(dateTimeLength);
    writeDateTime(writer, value);
  },
};

/** Event-Notification-Request (C2). */
export const eventNotification = sequence("Event-Notification-Request", {
  time: optional(eventTime),
  attribute: attributeDescriptor,
  value: rawData,
});
export type EventNotification = Infer<typeof eventNotification>;
