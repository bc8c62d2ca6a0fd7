import { CaptureBuffer } from "../capture-buffer.ts";
import { chargeNames } from "./charge.ts";

/** What was collected, by charge, with the balance behind it; ledger units. Consumption is not in it: it is collected all the time. */
export interface Collections {
  rows: CaptureBuffer;
}

const capacity = 100;

/** No collection yet. */
export function newCollections(): Collections {
  return { rows: new CaptureBuffer([...chargeNames, "balance"], capacity, 0, "arrival") };
}
