import { dataTag } from "../dlms/axdr/data-type.ts";
import { type CosemDateTime, dateTime, writeDateTime } from "../dlms/axdr/date-time.ts";
import type { Schema } from "../dlms/axdr/schema.ts";

/** date-time as the few class tables have it that say date-time and not octet-string: data type 25. Both are accepted on read. */
export const bareDateTime: Schema<CosemDateTime> = {
  type: { name: "bare date-time" },
  read: dateTime.read,
  write: (writer, value) => {
    writer.u8(dataTag["date-time"]);
    writeDateTime(writer, value);
  },
};
