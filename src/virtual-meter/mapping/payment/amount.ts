import { Register } from "../../../cosem-objects/classes/register.ts";
import type { LogicalName } from "../../../cosem-objects/logical-name.ts";
import { bind, type CosemObject, refuse } from "../../../cosem-objects/object.ts";
import { type ScalerUnit, Unit } from "../../../cosem-objects/unit.ts";
import type { DlmsData } from "../../../dlms/axdr/dlms-data.ts";
import { type CommandOutcome, type CreditTerms, largestAmount, type Meter } from "../../../meter-model/index.ts";
import { settle } from "../outcome.ts";

/** Scaler and unit of all amounts of the account, which change with what credit is counted in: Wh, or the currency by its scale. */
export function amountUnit({ credit }: Pick<Meter, "credit">): ScalerUnit {
  return credit.unit === "energy" ? { scaler: 0, unit: Unit.wattHour } : { scaler: credit.currency.scale, unit: Unit.currency };
}

/** An amount within what a double-long holds; sums of many years stay at its end. */
export function amountOf(value: number): number {
  return Math.max(-largestAmount - 1, Math.min(largestAmount, value));
}

/** An amount as the value of an attribute. */
export function amountData(value: number): DlmsData {
  return { type: "double-long", value: amountOf(value) };
}

/** A register with an amount of the account. */
export function amountRegister(
  meter: Meter,
  logicalName: LogicalName,
  get: () => number,
  set?: (amount: number) => CommandOutcome,
): CosemObject {
  return bind(Register, {
    logicalName,
    attributes: {
      value: {
        get: () => amountData(get()),
        ...(set === undefined
          ? {}
          : { set: (written: DlmsData) => (written.type === "double-long" ? settle(set(written.value)) : refuse("type-unmatched")) }),
      },
      scalerUnit: () => amountUnit(meter),
    },
  });
}

/** A register with one of the amounts that credit goes by. */
export function termRegister(meter: Meter, logicalName: LogicalName, name: keyof CreditTerms): CosemObject {
  const { credit } = meter;
  return amountRegister(
    meter,
    logicalName,
    () => credit.terms[name],
    (amount) => credit.setTerms({ [name]: amount }),
  );
}
