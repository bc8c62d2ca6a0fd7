import { bitString, doubleLong, enumeration, integer, unsigned } from "../../dlms/axdr/data-schemas.ts";
import { dateTime } from "../../dlms/axdr/date-time.ts";
import { attribute, defineClass, method } from "../define.ts";
import { logicalName } from "../logical-name.ts";

/** Names of the bits of credit_configuration, from bit 0. */
export const creditConfiguration = ["visual", "confirmation", "paid-back", "resettable", "receives-tokens"] as const;

/** Credit, class 112 version 0 (Blue Book 4.6.3). */
export const Credit = defineClass({
  classId: 112,
  version: 0,
  name: "Credit",
  attributes: {
    logicalName: attribute(1, logicalName, "r", "identifies the object"),
    currentCreditAmount: attribute(2, doubleLong, "r", "what is left of it", { dynamic: true }),
    creditType: attribute(
      3,
      enumeration({ token: 0, reserved: 1, emergency: 2, "time-based": 3, "consumption-based": 4 }),
      "rw",
      "where the credit comes from",
    ),
    priority: attribute(4, unsigned, "rw", "order of use, 1 first; 0 for a credit that is not used"),
    warningThreshold: attribute(5, doubleLong, "rw", "amount from which on credit is low"),
    limit: attribute(6, doubleLong, "rw", "amount at which the credit is exhausted"),
    creditConfiguration: attribute(7, bitString, "rw", "shown, to be confirmed, to be paid back, resettable, taking tokens"),
    creditStatus: attribute(
      8,
      enumeration({ enabled: 0, selectable: 1, selected: 2, "in-use": 3, exhausted: 4 }),
      "r",
      "whether it is in use",
      { dynamic: true },
    ),
    presetCreditAmount: attribute(9, doubleLong, "rw", "amount that a selection brings"),
    creditAvailableThreshold: attribute(10, doubleLong, "rw", "available credit from which on it is offered"),
    period: attribute(11, dateTime, "rw", "when credit by time or consumption is renewed"),
  },
  methods: {
    updateAmount: method(1, doubleLong, "adds to the amount"),
    setAmountToValue: method(2, doubleLong, "sets the amount, and answers what it was", doubleLong),
    invokeCredit: method(3, integer, "selects the credit"),
  },
});
