import type { ByteWriter } from "../../bytes/byte-writer.ts";
import type { CaptureObject } from "../../cosem-objects/capture-object.ts";
import type { LogicalName } from "../../cosem-objects/logical-name.ts";
import { writeData } from "../../dlms/axdr/data.ts";
import { dataTag } from "../../dlms/axdr/data-type.ts";
import { type CaptureColumn, chargeNames, type DemandQuantity, type Meter, noInstant, rateCount } from "../../meter-model/index.ts";
import { demandNames } from "./demand.ts";
import { energyNames, ratedNames } from "./energy.ts";
import { dateTimeOctets } from "./past-time.ts";
import { amountData } from "./payment/amount.ts";
import { chargeObjects, creditObjects } from "./payment/object-names.ts";
import { type Quantity, quantities, writeQuantity } from "./quantity.ts";

/** How a column of the domain appears: which attribute it is a capture of, and how its values are written. */
export interface ColumnMapping {
  readonly object: CaptureObject;
  readonly write: (writer: ByteWriter, value: number, meter: Meter) => void;
}

/** Amounts of the account, whose scaler and unit go with what credit is counted in. */
const creditNames: Readonly<Record<CaptureColumn, CaptureObject>> = {
  "credit.available": value(3, "0.0.96.60.0.255", 2),
  "credit.total.token": value(3, "0.0.96.60.1.255", 2),
  "credit.total.consumption": value(3, "0.0.96.60.2.255", 2),
  "credit.emergencyUsed": value(3, "0.0.96.60.4.255", 2),
  "credit.owed": value(3, "0.0.96.60.5.255", 2),
  "credit.total.refund": value(3, "0.0.96.60.14.255", 2),
  "credit.spentYesterday": value(3, "0.0.96.60.16.255", 2),
  "credit.spentThisMonth": value(3, "0.0.96.60.17.255", 2),
  "credit.balance": value(112, creditObjects.token, 2),
  ...Object.fromEntries(
    chargeNames.flatMap((name) => [
      [`charge.${name}.paid`, value(113, chargeObjects[name], 2)],
      [`charge.${name}.remaining`, value(113, chargeObjects[name], 12)],
    ]),
  ),
};

const rates = Array.from({ length: rateCount }, (_, index) => index + 1);

/** Every column that a profile may have. */
export const columnMappings: Readonly<Record<CaptureColumn, ColumnMapping>> = Object.fromEntries([
  ...Object.entries(energyNames).map(([name, { logicalName, quantity }]) => [name, counted(3, logicalName, 2, quantity)]),
  ...Object.entries(ratedNames).flatMap(([name, { quantity, logicalName }]) =>
    rates.map((rate) => [`${name}/${rate}`, counted(3, logicalName(rate), 2, quantity)]),
  ),
  ...(Object.keys(demandNames) as DemandQuantity[]).flatMap((name) => {
    const { average, maximum, quantity } = demandNames[name];
    return [
      [`demand.${name}.last`, counted(5, average, 3, quantity)],
      [`demand.${name}.maximum`, counted(4, maximum(0), 2, quantity)],
      [`demand.${name}.at`, stamped(4, maximum(0), 5)],
      ...rates.flatMap((rate) => [
        [`demand.${name}.maximum/${rate}`, counted(4, maximum(rate), 2, quantity)],
        [`demand.${name}.at/${rate}`, stamped(4, maximum(rate), 5)],
      ]),
    ];
  }),
  ["demand.activeImport.cumulative", counted(3, "1.0.1.2.0.255", 2, quantities.activeDemand)],
  ["voltage", counted(3, "1.0.32.7.0.255", 2, quantities.voltage)],
  ["current", counted(3, "1.0.31.7.0.255", 2, quantities.current)],
  ["neutralCurrent", counted(3, "1.0.91.7.0.255", 2, quantities.current)],
  ["frequency", counted(3, "1.0.14.7.0.255", 2, quantities.frequency)],
  ["reverseEnergy", counted(3, "0.0.96.66.0.255", 2, quantities.activeEnergy)],
  [
    "errors",
    {
      object: value(1, "0.0.97.97.0.255", 2),
      write: (writer: ByteWriter, bits: number) => writeData(writer, { type: "double-long-unsigned", value: bits }),
    },
  ],
  [
    "rate",
    {
      object: value(1, "0.0.96.14.0.255", 2),
      write: (writer: ByteWriter, rate: number) => writeData(writer, { type: "octet-string", value: Uint8Array.of(rate) }),
    },
  ],
  ...Object.entries(creditNames).map(([name, object]) => [
    name,
    { object, write: (writer: ByteWriter, amount: number) => writeData(writer, amountData(amount)) },
  ]),
  [
    "billingPeriods",
    {
      object: value(1, "0.0.0.1.0.255", 2),
      write: (writer: ByteWriter, count: number) => writeData(writer, { type: "long-unsigned", value: count & 0xffff }),
    },
  ],
]);

function counted(classId: number, logicalName: LogicalName, attribute: number, quantity: Quantity): ColumnMapping {
  return { object: value(classId, logicalName, attribute), write: (writer, captured) => writeQuantity(writer, quantity, captured) };
}

function stamped(classId: number, logicalName: LogicalName, attribute: number): ColumnMapping {
  return {
    object: value(classId, logicalName, attribute),
    write: (writer, captured, meter) => {
      const octets = dateTimeOctets(meter, captured === noInstant ? undefined : captured);
      writer.u8(dataTag["octet-string"]);
      writer.u8(octets.length);
      writer.bytes(octets);
    },
  };
}

export function value(classId: number, logicalName: LogicalName, attribute: number): CaptureObject {
  return { classId, logicalName, attribute, dataIndex: 0 };
}
