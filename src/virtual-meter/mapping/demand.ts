import { DemandRegister } from "../../cosem-objects/classes/demand-register.ts";
import { ExtendedRegister } from "../../cosem-objects/classes/extended-register.ts";
import type { LogicalName } from "../../cosem-objects/logical-name.ts";
import { bind, type CosemObject } from "../../cosem-objects/object.ts";
import { type CosemDateTime, unspecifiedDateTime } from "../../dlms/axdr/date-time.ts";
import type { DlmsData } from "../../dlms/axdr/dlms-data.ts";
import type { DemandQuantity, Instant, Meter } from "../../meter-model/index.ts";
import { pastDateTime, settle } from "./clock.ts";
import { quantities, quantityData, register } from "./quantity.ts";

const demands: readonly { readonly quantity: DemandQuantity; readonly average: LogicalName; readonly maximum: LogicalName }[] = [
  { quantity: "activeImport", average: "1.0.1.4.0.255", maximum: "1.0.1.6.0.255" },
  { quantity: "activeExport", average: "1.0.2.4.0.255", maximum: "1.0.2.6.0.255" },
];

const scalerUnit = { scaler: quantities.activeDemand.scaler, unit: quantities.activeDemand.unit };

/** Demand registers with their maxima, and the measuring period. */
export function demandObjects(meter: Meter): readonly CosemObject[] {
  const at = (instant: Instant | undefined): CosemDateTime => (instant === undefined ? unspecifiedDateTime : pastDateTime(meter, instant));
  const watts = (value: number): DlmsData => quantityData(quantities.activeDemand, value);
  // Bit 0: the last average is of a period that was measured from end to end.
  const status = (complete: boolean): DlmsData => ({ type: "unsigned", value: complete ? 1 : 0 });
  return [
    ...demands.flatMap(({ quantity, average, maximum }) => [
      bind(DemandRegister, {
        logicalName: average,
        attributes: {
          currentAverageValue: () => watts(meter.demand(quantity).currentAverage),
          lastAverageValue: () => watts(meter.demand(quantity).lastAverage),
          scalerUnit,
          status: () => status(meter.demand(quantity).lastComplete),
          captureTime: () => at(meter.demand(quantity).capturedAt),
          startTimeCurrent: () => at(meter.demand(quantity).startedAt),
          period: { get: () => meter.demandPeriod, set: (seconds) => settle(meter.setDemandPeriod(seconds)) },
          numberOfPeriods: 1,
        },
        methods: {
          reset: () => settle(meter.resetDemand(quantity)),
          nextPeriod: () => settle(meter.nextDemandPeriod(quantity)),
        },
      }),
      bind(ExtendedRegister, {
        logicalName: maximum,
        attributes: {
          value: () => watts(meter.demand(quantity).maximum),
          scalerUnit,
          status: () => status(meter.demand(quantity).maximumAt !== undefined),
          captureTime: () => at(meter.demand(quantity).maximumAt),
        },
        methods: { reset: () => settle(meter.resetMaximumDemand(quantity)) },
      }),
    ]),
    register("1.0.0.8.0.255", quantities.shortSeconds, () => meter.demandPeriod),
  ];
}
