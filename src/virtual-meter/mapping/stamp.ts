import type { ByteWriter } from "../../bytes/byte-writer.ts";
import { dataTag } from "../../dlms/axdr/data-type.ts";
import { clockStatus, dateTimeLength, instantToDateTime, writeDateTime } from "../../dlms/axdr/date-time.ts";
import { type CaptureRows, RowStatus } from "../../meter-model/index.ts";

/** Appends the time of a row as the cell of a clock. */
export function writeStamp(writer: ByteWriter, rows: CaptureRows, row: number): void {
  const status = rows.statusAt(row);
  const clockBits =
    (status & RowStatus.daylightSaving ? clockStatus.daylightSavingActive : 0) |
    (status & RowStatus.clockInvalid ? clockStatus.invalidValue : 0);
  writer.u8(dataTag["octet-string"]);
  writer.u8(dateTimeLength);
  writeDateTime(writer, instantToDateTime(rows.stampAt(row), -rows.offsetMinutesAt(row), clockBits));
}
