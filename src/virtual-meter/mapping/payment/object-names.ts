import type { LogicalName } from "../../../cosem-objects/logical-name.ts";
import type { ChargeName, CreditName } from "../../../meter-model/index.ts";

/** The credits of the account, in the order of their use. */
export const creditObjects: Readonly<Record<CreditName, LogicalName>> = {
  token: "0.0.19.10.0.255",
  emergency: "0.0.19.10.1.255",
  friendly: "0.0.19.10.2.255",
};

/** The charges of the account. */
export const chargeObjects: Readonly<Record<ChargeName, LogicalName>> = {
  energy: "0.0.19.20.0.255",
  standing: "0.0.19.20.1.255",
  debt1: "0.0.19.20.2.255",
  debt2: "0.0.19.20.3.255",
  paymentDebt: "0.0.19.20.4.255",
  tax: "0.0.19.20.5.255",
};
