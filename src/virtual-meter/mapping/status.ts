import type { CosemObject } from "../../cosem-objects/object.ts";
import { type Meter, relayCauses } from "../../meter-model/index.ts";
import { data } from "./data-object.ts";

/** The bits of 0.0.96.5.0 by their number, from the lowest. */
const globalStatus: readonly ((meter: Meter) => boolean)[] = [
  ({ relay }) => !relay.closed,
  ({ credit }) => credit.mode === "prepaid",
  ({ credit }) => credit.unit === "currency",
  ({ credit }) => credit.lowLevel === 1,
  ({ credit }) => credit.lowLevel === 2,
  ({ credit }) => credit.lowLevel === 3,
  ({ credit }) => ["selected", "in-use"].includes(credit.statusOf("emergency")),
  ({ credit }) => credit.statusOf("emergency") === "exhausted",
  ({ credit }) => credit.inFriendlyTime,
  ({ credit }) => credit.owed > 0 || credit.debt > 0,
  ({ tampers }) => tampers.latched !== 0,
  ({ tampers }) => tampers.contact("meterCover"),
  ({ tampers }) => tampers.contact("terminalCover"),
  ({ tampers }) => tampers.active("currentReverse"),
  ({ tampers }) => tampers.active("differential"),
  ({ tampers }) => tampers.active("magneticField"),
  ({ relay }) => relay.cause === relayCauses.overload || relay.cause === relayCauses.overCurrent,
  ({ ports }) => ports.keypad.status !== "unlocked",
  ({ clockValid }) => !clockValid,
  ({ battery }) => battery.low,
  never, // test mode
  ({ relay }) => relay.raised.includes("notCommissioned"),
];

/** The bits of 0.0.96.4.0: contacts closed, contacts told to be closed, power limited, current limited. */
const controlSignals: readonly ((meter: Meter) => boolean)[] = [
  ({ relay }) => relay.closed,
  ({ relay }) => !relay.openCommanded,
  ({ limiters }) => limiters.power.exceeded,
  ({ limiters }) => limiters.current.exceeded,
];

/** What the meter is and does, bit by bit. */
export function statusObjects(meter: Meter): readonly CosemObject[] {
  return [
    data("0.0.96.5.0.255", () => ({ type: "double-long-unsigned", value: word(globalStatus, meter) })),
    data("0.0.96.4.0.255", () => ({ type: "unsigned", value: word(controlSignals, meter) })),
  ];
}

function never(): boolean {
  return false;
}

function word(bits: readonly ((meter: Meter) => boolean)[], meter: Meter): number {
  return bits.reduce((sum, holds, bit) => sum + (holds(meter) ? 2 ** bit : 0), 0);
}
