import type { CosemObject } from "../../../cosem-objects/object.ts";
import type { Meter } from "../../../meter-model/index.ts";
import { accountObjects } from "./account.ts";
import { chargeHistory } from "./charge-history.ts";
import { chargeObjectsOf } from "./charges.ts";
import { creditRegisters } from "./credit-registers.ts";
import { creditObjectsOf } from "./credits.ts";
import { paymentSettings } from "./payment-settings.ts";
import { tokenObjects } from "./tokens.ts";

/** Everything about payment. */
export function paymentObjects(meter: Meter): readonly CosemObject[] {
  return [
    ...accountObjects(meter),
    ...creditObjectsOf(meter),
    ...chargeObjectsOf(meter),
    ...tokenObjects(meter),
    ...creditRegisters(meter),
    ...paymentSettings(meter),
    chargeHistory(meter),
  ];
}
