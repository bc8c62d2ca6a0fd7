import { type CosemDateTime, dateTimeLength, readDateTime, writeDateTime } from "../axdr/date-time.ts";
import type { Infer, Schema } from "../axdr/schema.ts";
import { optional, sequence } from "../axdr/untagged.ts";
import { attributeDescriptor, longInvokeIdAndPriority } from "./descriptors.ts";
import { optionalTime } from "./optional-time.ts";
import { rawData } from "./raw-data.ts";

/** Data-Notification (0F). */
export const dataNotification = sequence("Data-Notification", {
  invoke: longInvokeIdAndPriority,
  dateTime: optionalTime,
  body: rawData,
});
export type DataNotification = Infer<typeof dataNotification>;

/** Data-Notification-Confirm (10). */
export const dataNotificationConfirm = sequence("Data-Notification-Confirm", { invoke: longInvokeIdAndPriority, dateTime: optionalTime });

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
