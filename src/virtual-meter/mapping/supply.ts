import { ByteWriter } from "../../bytes/byte-writer.ts";
import type { CosemObject } from "../../cosem-objects/object.ts";
import { unspecifiedDateTime, writeDateTime } from "../../dlms/axdr/date-time.ts";
import { type Instant, type Meter, second } from "../../meter-model/index.ts";
import { pastDateTime } from "./clock.ts";
import { data } from "./data-object.ts";
import { quantities, register } from "./quantity.ts";

/** Record of the power failures. */
export function supplyObjects(meter: Meter): readonly CosemObject[] {
  return [
    data("0.0.96.7.21.255", () => ({ type: "long-unsigned", value: Math.min(meter.supply.failures, 0xffff) })),
    data("0.0.96.7.9.255", () => ({ type: "long-unsigned", value: Math.min(meter.supply.longFailures, 0xffff) })),
    data("0.0.96.7.14.255", () => ({ type: "octet-string", value: dateTimeOctets(meter, meter.supply.lastFailureAt) })),
    register("0.0.96.7.19.255", quantities.seconds, () => Math.floor(meter.supply.lastLongFailureDuration / second)),
    register("0.0.96.7.20.255", quantities.shortSeconds, () => meter.config.longFailureThreshold / second),
  ];
}

function dateTimeOctets(meter: Meter, instant: Instant | undefined): Uint8Array {
  const writer = new ByteWriter(12);
  writeDateTime(writer, instant === undefined ? unspecifiedDateTime : pastDateTime(meter, instant));
  return writer.finish();
}
