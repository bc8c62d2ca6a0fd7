import { Data } from "../../../cosem-objects/classes/data.ts";
import type { LogicalName } from "../../../cosem-objects/logical-name.ts";
import { bind, type CosemObject } from "../../../cosem-objects/object.ts";
import { anyData } from "../../../dlms/axdr/data.ts";
import type { Meter } from "../../../meter-model/index.ts";
import { parameter } from "./parameter.ts";

/** Texts that the utility writes and the meter keeps, with the octets that each may have. */
const texts: readonly (readonly [LogicalName, number])[] = [
  ["0.0.96.1.10.255", 64],
  ["1.0.0.0.0.255", 64],
  ["0.0.96.13.0.255", 255],
  ["0.0.96.13.1.255", 255],
];

/** Metering point, asset number and messages to the consumer. */
export function textObjects(meter: Meter): readonly CosemObject[] {
  return texts.map(([logicalName, longest]) =>
    bind(Data, {
      logicalName,
      attributes: {
        value: parameter(meter, {
          logicalName,
          attribute: 2,
          schema: anyData,
          initial: { type: "octet-string", value: new Uint8Array() },
          permits: (data) => data.type === "octet-string" && data.value.length <= longest,
        }),
      },
    }),
  );
}
