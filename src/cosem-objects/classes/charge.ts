import {
  arrayOf,
  bitString,
  doubleLong,
  doubleLongUnsigned,
  enumeration,
  integer,
  long,
  longUnsigned,
  octetString,
  structure,
  unsigned,
} from "../../dlms/axdr/data-schemas.ts";
import { dateTime } from "../../dlms/axdr/date-time.ts";
import type { Infer } from "../../dlms/axdr/schema.ts";
import { attribute, defineClass, method } from "../define.ts";
import { logicalName } from "../logical-name.ts";

const chargeTable = arrayOf(structure({ index: octetString, chargePerUnit: long }));

const unitCharge = structure({
  scaling: structure({ commodityScale: integer, priceScale: integer }),
  commodity: structure({ classId: longUnsigned, logicalName, attribute: integer }),
  chargeTable,
});

/** Names of the bits of charge_configuration, from bit 0. */
export const chargeConfiguration = ["percentage", "continuous"] as const;

/** Charge, class 113 version 0 (Blue Book 4.6.4). */
export const Charge = defineClass({
  classId: 113,
  version: 0,
  name: "Charge",
  attributes: {
    logicalName: attribute(1, logicalName, "r", "identifies the object"),
    totalAmountPaid: attribute(2, doubleLong, "r", "collected in all", { dynamic: true }),
    chargeType: attribute(3, enumeration({ consumption: 0, time: 1, payment: 2 }), "rw", "what is charged for"),
    priority: attribute(4, unsigned, "rw", "order of collection, 1 first"),
    unitChargeActive: attribute(5, unitCharge, "r", "prices in force"),
    unitChargePassive: attribute(6, unitCharge, "rw", "prices to come"),
    unitChargeActivationTime: attribute(7, dateTime, "rw", "when they come into force"),
    period: attribute(8, doubleLongUnsigned, "rw", "seconds between collections"),
    chargeConfiguration: attribute(9, bitString, "rw", "a share of payments, collected for ever"),
    lastCollectionTime: attribute(10, dateTime, "r", "when something was collected last", { dynamic: true }),
    lastCollectionAmount: attribute(11, doubleLong, "r", "what was collected then", { dynamic: true }),
    totalAmountRemaining: attribute(12, doubleLong, "r", "what is left of a debt", { dynamic: true }),
    proportion: attribute(13, longUnsigned, "rw", "share of each payment in 0.01 %"),
  },
  methods: {
    updateUnitCharge: method(1, chargeTable, "changes prices to come"),
    activatePassiveUnitCharge: method(2, integer, "puts the prices to come in force"),
    collect: method(3, integer, "collects now"),
    updateTotalAmountRemaining: method(4, doubleLong, "adds to the debt"),
    setTotalAmountRemaining: method(5, doubleLong, "sets the debt"),
  },
});

/** Prices as they are written. */
export type UnitChargeData = Infer<typeof unitCharge>;
