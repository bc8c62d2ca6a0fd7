import { bitAt, bitString } from "../../../bytes/bit-string.ts";
import { Charge, type UnitChargeData } from "../../../cosem-objects/classes/charge.ts";
import { Register } from "../../../cosem-objects/classes/register.ts";
import { bind, type CosemObject, refuse } from "../../../cosem-objects/object.ts";
import { type CosemDateTime, unspecifiedDateTime } from "../../../dlms/axdr/date-time.ts";
import {
  accountUnit,
  type ChargeName,
  type ChargeSettings,
  chargeKinds,
  chargeNames,
  type Instant,
  type Meter,
  type UnitCharge,
} from "../../../meter-model/index.ts";
import { pastDateTime, toMeterInstant } from "../clock.ts";
import { amountOf } from "./amount.ts";
import { chargeObjects } from "./object-names.ts";

/** The charges of the account. */
export function chargeObjectsOf(meter: Meter): readonly CosemObject[] {
  return chargeNames.map((name) => chargeObject(meter, name));
}

function chargeObject(meter: Meter, name: ChargeName): CosemObject {
  const { credit } = meter;
  const { charges } = credit;
  const unit = () => accountUnit(credit.unit, credit.currency);
  const shown = (ledger: number) => amountOf(Math.floor(ledger / unit()));
  const configure = (changes: Partial<ChargeSettings>) => {
    if (!meter.supplied) return refuse("temporary-failure");
    return charges.configure(name, changes) ? undefined : refuse("other-reason");
  };
  const past = (instant: Instant | undefined) => (instant === undefined ? unspecifiedDateTime : pastDateTime(meter, instant));
  const kind = chargeKinds[name];
  const supplied = <T>(act: () => T) => (meter.supplied ? act() : refuse("temporary-failure"));
  return bind(Charge, {
    logicalName: chargeObjects[name],
    attributes: {
      totalAmountPaid: () => amountOf(credit.paidOf(name)),
      chargeType: kind,
      priority: { get: () => charges.get(name).priority, set: (priority) => configure({ priority }) },
      unitChargeActive: () => unitChargeData(name, charges.get(name).active),
      unitChargePassive: {
        get: () => unitChargeData(name, charges.get(name).passive),
        set: (written) => {
          const sameCommodity = written.commodity.classId === commodityOf(name).classId;
          return sameCommodity ? configure({ passive: unitChargeOf(written) }) : refuse("other-reason");
        },
      },
      unitChargeActivationTime: {
        get: () => past(charges.get(name).activateAt),
        set: (time) => {
          if (isUnspecified(time)) return configure({ activateAt: undefined });
          const activateAt = toMeterInstant(meter, time);
          return activateAt === undefined ? refuse("other-reason") : configure({ activateAt });
        },
      },
      period: { get: () => charges.get(name).period, set: (period) => configure({ period }) },
      chargeConfiguration: {
        get: () => {
          const { percentage, continuous } = charges.get(name);
          return bitString(2, [...(percentage ? [0] : []), ...(continuous ? [1] : [])]);
        },
        set: (bits) => configure({ percentage: bitAt(bits, 0), continuous: bitAt(bits, 1) }),
      },
      lastCollectionTime: () => past(charges.get(name).lastAt),
      lastCollectionAmount: () => shown(charges.get(name).lastAmount),
      totalAmountRemaining: () => amountOf(credit.remainingOf(name)),
      proportion: { get: () => charges.get(name).proportion, set: (proportion) => configure({ proportion }) },
    },
    methods: {
      updateUnitCharge: (written) => supplied(() => (charges.update(name, written.map(priceOf)) ? undefined : refuse("other-reason"))),
      activatePassiveUnitCharge: () => supplied(() => void charges.activate(name)),
      ...(kind === "time" && { collect: () => supplied(() => (charges.collectNow(name) ? undefined : refuse("other-reason"))) }),
      updateTotalAmountRemaining: (change) =>
        supplied(() => void charges.setRemaining(name, charges.get(name).remaining + change * unit())),
      setTotalAmountRemaining: (amount) => supplied(() => void charges.setRemaining(name, amount * unit())),
    },
  });
}

/** What is charged for; nothing where it is time or payments. */
function commodityOf(name: ChargeName): UnitChargeData["commodity"] {
  return chargeKinds[name] === "consumption"
    ? { classId: Register.classId, logicalName: "1.0.1.8.0.255", attribute: Register.attributes.value.id }
    : { classId: 0, logicalName: "0.0.0.0.0.0", attribute: 0 };
}

function unitChargeData(name: ChargeName, { commodityScale, priceScale, prices }: UnitCharge): UnitChargeData {
  return {
    scaling: { commodityScale, priceScale },
    commodity: commodityOf(name),
    chargeTable: prices.map(({ index, price }) => ({ index: Uint8Array.from(index), chargePerUnit: price })),
  };
}

function unitChargeOf({ scaling, chargeTable }: UnitChargeData): UnitCharge {
  return { ...scaling, prices: chargeTable.map(priceOf) };
}

function priceOf({ index, chargePerUnit }: UnitChargeData["chargeTable"][number]) {
  return { index: [...index], price: chargePerUnit };
}

function isUnspecified({ year, month, dayOfMonth }: CosemDateTime): boolean {
  return year === undefined && month === undefined && dayOfMonth === undefined;
}
