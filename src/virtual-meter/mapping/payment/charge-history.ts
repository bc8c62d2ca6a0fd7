import type { CosemObject } from "../../../cosem-objects/object.ts";
import { accountUnit, chargeNames, type Meter } from "../../../meter-model/index.ts";
import { value } from "../columns.ts";
import { logObject, shown } from "../log-object.ts";
import { amountData } from "./amount.ts";
import { chargeObjects, creditObjects } from "./object-names.ts";

/** What charges collected by time and of payments: one of the amounts is not 0. */
export function chargeHistory(meter: Meter): CosemObject {
  const { credit } = meter;
  const amount = (ledger: number) => amountData(Math.floor(ledger / accountUnit(credit.unit, credit.currency)));
  return logObject(meter, {
    logicalName: "0.0.99.14.0.255",
    rows: () => credit.collections,
    capacity: credit.collections.capacity,
    columns: [
      ...chargeNames.map((name, index) => shown(index, value(113, chargeObjects[name], 11), amount)),
      shown(chargeNames.length, value(112, creditObjects.token, 2), amount),
    ],
    clear: () => credit.clearCollections(),
  });
}
