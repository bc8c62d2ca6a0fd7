import { ByteWriter } from "../../bytes/byte-writer.ts";
import { unspecifiedDateTime, writeDateTime } from "../../dlms/axdr/date-time.ts";
import type { Instant, Meter } from "../../meter-model/index.ts";
import { pastDateTime } from "./clock.ts";

/** An instant of the meter's past as the twelve octets of a date-time; all unspecified where there is none. */
export function dateTimeOctets(meter: Meter, instant: Instant | undefined): Uint8Array {
  const writer = new ByteWriter(12);
  writeDateTime(writer, instant === undefined ? unspecifiedDateTime : pastDateTime(meter, instant));
  return writer.finish();
}
