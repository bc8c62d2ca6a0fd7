import { DemandRegister } from "../../cosem-objects/classes/demand-register.ts";
import { ExtendedRegister } from "../../cosem-objects/classes/extended-register.ts";
import { Register } from "../../cosem-objects/classes/register.ts";
import { type LogicalName, parseLogicalName } from "../../cosem-objects/logical-name.ts";
import { bind, type CosemObject } from "../../cosem-objects/object.ts";
import { type CosemDateTime, unspecifiedDateTime } from "../../dlms/axdr/date-time.ts";
import type { DlmsData } from "../../dlms/axdr/dlms-data.ts";
import { type DemandQuantity, demandQuantities, type Instant, type Meter, rateCount } from "../../meter-model/index.ts";
import { pastDateTime } from "./clock.ts";
import { settle } from "./outcome.ts";
import { type Quantity, quantities, quantityData, register } from "./quantity.ts";

interface DemandNames {
  readonly average: LogicalName;
  /** Of a rate, or of all for 0. */
  readonly maximum: (rate: number) => LogicalName;
  readonly quantity: Quantity;
  /** Maxima that the meter shows: of all rates, or of each as well. */
  readonly rates: number;
}

const names = (group: number, quantity: Quantity, rates = rateCount): DemandNames => ({
  average: parseLogicalName(`1.0.${group}.4.0.255`),
  maximum: (rate) => parseLogicalName(`1.0.${group}.6.${rate}.255`),
  quantity,
  rates,
});

/** The demand registers and their maxima by value group C. */
export const demandNames: Readonly<Record<DemandQuantity, DemandNames>> = {
  activeImport: names(1, quantities.activeDemand),
  activeExport: names(2, quantities.activeDemand),
  reactiveImport: names(3, quantities.reactiveDemand),
  reactiveExport: names(4, quantities.reactiveDemand),
  apparentImport: names(9, quantities.apparentDemand, 0),
};

/** Demand registers with their maxima, and the measuring period. */
export function demandObjects(meter: Meter): readonly CosemObject[] {
  return [
    ...demandQuantities.flatMap((quantity) => [demandRegister(meter, quantity), ...maxima(meter, quantity)]),
    register("1.0.1.2.0.255", quantities.activeDemand, () => meter.demand("activeImport").cumulative),
    register("1.0.1.5.0.255", quantities.activeDemand, () => meter.lastAverageDemand("activeImport")),
    bind(Register, {
      logicalName: "1.0.0.8.0.255",
      attributes: {
        value: {
          get: () => quantityData(quantities.shortSeconds, meter.demandPeriod),
          set: (value) => settle(typeof value.value === "number" ? meter.setDemandPeriod(value.value) : "out-of-range"),
        },
        scalerUnit: { scaler: quantities.shortSeconds.scaler, unit: quantities.shortSeconds.unit },
      },
    }),
  ];
}

function demandRegister(meter: Meter, name: DemandQuantity): CosemObject {
  const { average, quantity } = demandNames[name];
  return bind(DemandRegister, {
    logicalName: average,
    attributes: {
      currentAverageValue: () => quantityData(quantity, meter.demand(name).currentAverage),
      lastAverageValue: () => quantityData(quantity, meter.demand(name).lastAverage),
      scalerUnit: { scaler: quantity.scaler, unit: quantity.unit },
      status: () => status(meter.demand(name).lastComplete),
      captureTime: () => stamp(meter, meter.demand(name).capturedAt),
      startTimeCurrent: () => stamp(meter, meter.demand(name).windowStartedAt),
      period: { get: () => meter.demandPeriod, set: (seconds) => settle(meter.setDemandPeriod(seconds)) },
      numberOfPeriods: { get: () => meter.demandPeriods, set: (count) => settle(meter.setDemandPeriods(count)) },
    },
    methods: {
      reset: () => settle(meter.resetDemand(name)),
      nextPeriod: () => settle(meter.nextDemandPeriod(name)),
    },
  });
}

function maxima(meter: Meter, name: DemandQuantity): readonly CosemObject[] {
  const { maximum, quantity, rates } = demandNames[name];
  return Array.from({ length: rates + 1 }, (_, rate) => {
    const read = (): { readonly value: number; readonly at: Instant | undefined } => {
      const demand = meter.demand(name);
      return demand.rateMaxima[rate - 1] ?? { value: demand.maximum, at: demand.maximumAt };
    };
    return bind(ExtendedRegister, {
      logicalName: maximum(rate),
      attributes: {
        value: () => quantityData(quantity, read().value),
        scalerUnit: { scaler: quantity.scaler, unit: quantity.unit },
        status: () => status(read().at !== undefined),
        captureTime: () => stamp(meter, read().at),
      },
      methods: { reset: () => settle(meter.resetMaximumDemand(name)) },
    });
  });
}

/** Bit 0: what is shown comes from a period that was measured from end to end. */
const status = (complete: boolean): DlmsData => ({ type: "unsigned", value: complete ? 1 : 0 });

function stamp(meter: Meter, instant: Instant | undefined): CosemDateTime {
  return instant === undefined ? unspecifiedDateTime : pastDateTime(meter, instant);
}
