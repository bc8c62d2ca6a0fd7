import {
  arrayOf,
  bitString,
  doubleLong,
  enumeration,
  integer,
  longUnsigned,
  structure,
  unsigned,
  utf8String,
} from "../../dlms/axdr/data-schemas.ts";
import { dateTime } from "../../dlms/axdr/date-time.ts";
import type { Infer } from "../../dlms/axdr/schema.ts";
import { attribute, defineClass, method } from "../define.ts";
import { logicalName } from "../logical-name.ts";
import { type ScalerUnit, Unit } from "../unit.ts";

const modeAndStatus = structure({
  paymentMode: enumeration({ credit: 1, prepayment: 2 }),
  accountStatus: enumeration({ new: 1, active: 2, closed: 3 }),
});

/** Which charge may be collected of which credit, and when: bits 0 to 2, disconnected, load limited, in friendly times. */
const creditChargeConfiguration = structure({ credit: logicalName, charge: logicalName, collection: bitString });

/** What an account counts in: a unit by its name, and the power of ten of its amounts. */
export const currency = structure({
  name: utf8String,
  scale: integer,
  unit: enumeration({ time: 0, consumption: 1, monetary: 2 }),
});

/** Names of the bits of current_credit_status, from bit 0. */
export const accountCreditStatus = [
  "in-credit",
  "low-credit",
  "next-credit-enabled",
  "next-credit-selectable",
  "next-credit-selected",
  "selectable-credit-in-use",
  "out-of-credit",
] as const;

/** Account, class 111 version 0 (Blue Book 4.6.2). */
export const Account = defineClass({
  classId: 111,
  version: 0,
  name: "Account",
  attributes: {
    logicalName: attribute(1, logicalName, "r", "identifies the object"),
    accountModeAndStatus: attribute(2, modeAndStatus, "rw", "paid afterwards or before, and whether the account is open"),
    currentCreditInUse: attribute(3, unsigned, "r", "index of the credit in use; the number of credits for none", { dynamic: true }),
    currentCreditStatus: attribute(4, bitString, "r", "whether there is credit, and what comes next", { dynamic: true }),
    availableCredit: attribute(5, doubleLong, "r", "credit that can be consumed", { dynamic: true }),
    amountToClear: attribute(6, doubleLong, "r", "what is owed before there is credit again, not above 0", { dynamic: true }),
    clearanceThreshold: attribute(7, doubleLong, "rw", "credit beyond 0 that ends a disconnection"),
    aggregatedDebt: attribute(8, doubleLong, "r", "what all debts add up to", { dynamic: true }),
    creditReferenceList: attribute(9, arrayOf(logicalName), "rw", "credits in the order of their use"),
    chargeReferenceList: attribute(10, arrayOf(logicalName), "rw", "charges in the order of their collection"),
    creditChargeConfiguration: attribute(11, arrayOf(creditChargeConfiguration), "rw", "what may be collected of which credit"),
    tokenGatewayConfiguration: attribute(
      12,
      arrayOf(structure({ credit: logicalName, tokenProportion: unsigned })),
      "rw",
      "least share, in percent, that credits have of each payment",
    ),
    accountActivationTime: attribute(13, dateTime, "rw", "when the account is or was opened"),
    accountClosureTime: attribute(14, dateTime, "rw", "when the account is or was closed"),
    currency: attribute(15, currency, "rw", "what amounts are counted in"),
    lowCreditThreshold: attribute(16, doubleLong, "r", "warning threshold of the credit in use", { dynamic: true }),
    nextCreditAvailableThreshold: attribute(17, doubleLong, "r", "where the next credit is offered", { dynamic: true }),
    maxProvision: attribute(18, longUnsigned, "rw", "most that payments may be charged within the period"),
    maxProvisionPeriod: attribute(19, doubleLong, "rw", "seconds of that period"),
  },
  methods: {
    activateAccount: method(1, integer, "opens the account"),
    closeAccount: method(2, integer, "closes the account"),
    resetAccount: method(3, integer, "empties the account"),
  },
});

/** The mode and status of an account as they are written. */
export type AccountModeAndStatus = Infer<typeof modeAndStatus>;
/** One rule of collection as it is written. */
export type CreditChargeConfiguration = Infer<typeof creditChargeConfiguration>;

/** Scaler and unit of the amounts of an account; undefined where it counts in something else than watt-hours and money. */
export function unitOfCurrency({
  name,
  scale,
  unit,
}: {
  readonly name: string;
  readonly scale: number;
  readonly unit: "time" | "consumption" | "monetary" | number;
}): ScalerUnit | undefined {
  if (unit === "monetary") return { scaler: scale, unit: Unit.currency };
  const prefix = unit === "consumption" ? { Wh: 0, kWh: 3, MWh: 6 }[name] : undefined;
  return prefix === undefined ? undefined : { scaler: scale + prefix, unit: Unit.wattHour };
}
