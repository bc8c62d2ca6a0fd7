import { ByteReader } from "../../bytes/byte-reader.ts";
import { ByteWriter } from "../../bytes/byte-writer.ts";
import { Data } from "../../cosem-objects/classes/data.ts";
import type { LogicalName } from "../../cosem-objects/logical-name.ts";
import { type Accessor, bind, type CosemObject, refuse } from "../../cosem-objects/object.ts";
import { decodeData, encodeData } from "../../dlms/axdr/data.ts";
import { arrayOf, doubleLong, doubleLongUnsigned, enumeration, longUnsigned, structure, unsigned } from "../../dlms/axdr/data-schemas.ts";
import { dateTimeLength, readDateTime, unspecifiedDateTime } from "../../dlms/axdr/date-time.ts";
import type { DlmsData } from "../../dlms/axdr/dlms-data.ts";
import type { Infer } from "../../dlms/axdr/schema.ts";
import { DecodeError } from "../../errors.ts";
import { type Meter, type StepTariff, stepBases } from "../../meter-model/index.ts";
import { toMeterInstant } from "./clock.ts";
import { data } from "./data-object.ts";
import { dateTimeOctets } from "./past-time.ts";

/** The structure of the step tariff objects of this meter: limits in kWh, the last one without. */
const stepTariffData = structure({
  code: longUnsigned,
  base: enumeration({ monthly: 0, rolling: 1, yearly: 2 }),
  count: unsigned,
  steps: arrayOf(structure({ upTo: doubleLongUnsigned, price: doubleLongUnsigned, fixedFee: doubleLong, grace: longUnsigned })),
});

/** Limit of the last step: there is none. */
const noLimit = 0xffff_ffff;

/** The step tariffs, active and passive, and where in them the consumption is. */
export function stepTariffObjects(meter: Meter): readonly CosemObject[] {
  const { steps } = meter;
  return [
    data("0.0.96.61.8.255", () => tariffData(steps.active)),
    settable(meter, "0.0.96.61.9.255", {
      get: () => tariffData(steps.passive),
      set: (written) => {
        const tariff = readTariff(written);
        if (tariff === undefined) return refuse("type-unmatched");
        return steps.setPassive(tariff) ? undefined : refuse("other-reason");
      },
    }),
    settable(meter, "0.0.96.61.10.255", {
      get: () => ({ type: "octet-string", value: dateTimeOctets(meter, steps.activateAt) }),
      set: (written) => {
        if (written.type !== "octet-string" || written.value.length !== dateTimeLength) return refuse("type-unmatched");
        const time = readDateTime(new ByteReader(written.value));
        const never = time.year === unspecifiedDateTime.year && time.month === unspecifiedDateTime.month;
        const instant = never ? undefined : toMeterInstant(meter, time);
        if (!never && instant === undefined) return refuse("other-reason");
        steps.setActivation(instant);
        return undefined;
      },
    }),
    settable(meter, "0.0.96.61.11.255", {
      get: () => ({ type: "enum", value: stepBases.indexOf(steps.active.base) }),
      set: (written) => {
        const base = written.type === "enum" ? stepBases[written.value] : undefined;
        if (written.type !== "enum") return refuse("type-unmatched");
        if (base === undefined) return refuse("other-reason");
        steps.setBase(base);
        return undefined;
      },
    }),
    data("0.0.96.61.12.255", () => ({ type: "unsigned", value: steps.step })),
    data("0.0.96.61.13.255", () => ({ type: "double-long-unsigned", value: steps.consumption })),
  ];
}

function settable(meter: Meter, logicalName: LogicalName, { get, set }: Required<Accessor<DlmsData>>): CosemObject {
  return bind(Data, {
    logicalName,
    attributes: { value: { get, set: (...parameters) => (meter.supplied ? set(...parameters) : refuse("temporary-failure")) } },
  });
}

function tariffData({ code, base, steps }: StepTariff): DlmsData {
  const writer = new ByteWriter(128);
  stepTariffData.write(writer, {
    code,
    base,
    count: steps.length,
    steps: steps.map(({ upTo = noLimit, ...step }) => ({ upTo, ...step })),
  });
  return decodeData(writer.finish());
}

/** Undefined for what is of another type, or counts its steps wrongly. */
function readTariff(written: DlmsData): StepTariff | undefined {
  let read: Infer<typeof stepTariffData>;
  try {
    read = stepTariffData.read(new ByteReader(encodeData(written)));
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
  const { code, base, count, steps } = read;
  if (typeof base !== "string" || count !== steps.length) return undefined;
  return { code, base, steps: steps.map(({ upTo, ...step }) => ({ upTo: upTo === noLimit ? undefined : upTo, ...step })) };
}
