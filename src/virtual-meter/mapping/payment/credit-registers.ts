import type { CosemObject } from "../../../cosem-objects/object.ts";
import type { Meter } from "../../../meter-model/index.ts";
import { data } from "../data-object.ts";
import { amountRegister, termRegister } from "./amount.ts";

/** What is in the account, as plain registers for those who do not speak the classes of payment. */
export function creditRegisters(meter: Meter): readonly CosemObject[] {
  const { credit } = meter;
  return [
    amountRegister(meter, "0.0.96.60.0.255", () => credit.available),
    amountRegister(meter, "0.0.96.60.1.255", () => credit.total("token")),
    amountRegister(meter, "0.0.96.60.2.255", () => credit.total("consumption")),
    termRegister(meter, "0.0.96.60.3.255", "emergencyLimit"),
    amountRegister(meter, "0.0.96.60.4.255", () => credit.emergencyUsed),
    amountRegister(meter, "0.0.96.60.5.255", () => credit.owed),
    termRegister(meter, "0.0.96.60.6.255", "low1"),
    termRegister(meter, "0.0.96.60.7.255", "low2"),
    termRegister(meter, "0.0.96.60.8.255", "low3"),
    amountRegister(meter, "0.0.96.60.14.255", () => credit.total("refund")),
    data("0.0.96.60.15.255", () => ({ type: "long-unsigned", value: credit.daysLeft })),
    amountRegister(meter, "0.0.96.60.16.255", () => credit.spentYesterday),
    amountRegister(meter, "0.0.96.60.17.255", () => credit.spentThisMonth),
    termRegister(meter, "0.0.19.50.1.255", "maximumCredit"),
    termRegister(meter, "0.0.19.50.2.255", "maximumToken"),
  ];
}
