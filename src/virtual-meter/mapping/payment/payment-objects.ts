import type { CosemObject } from "../../../cosem-objects/object.ts";
import type { Meter } from "../../../meter-model/index.ts";
import { chargeHistory } from "./charge-history.ts";
import { creditRegisters } from "./credit-registers.ts";
import { paymentSettings } from "./payment-settings.ts";

/** Everything about payment. */
export function paymentObjects(meter: Meter): readonly CosemObject[] {
  return [...creditRegisters(meter), ...paymentSettings(meter), chargeHistory(meter)];
}
