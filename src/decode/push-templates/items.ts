import type { LogicalName } from "../../cosem-objects/logical-name.ts";
import { Unit } from "../../cosem-objects/unit.ts";
import type { PushItem, PushQuantity } from "./push-template.ts";

/** The identifier of the list ("OBIS list version identifier" of the Norwegian HAN lists). */
export const listIdName = "1.1.0.2.129.255";

type Numeric = "double-long-unsigned" | "long-unsigned";
type Scaling = Omit<PushQuantity, "logicalName">;

/** Quantities that share scaler and unit. */
export function quantities(scaling: Scaling, ...names: readonly LogicalName[]): readonly PushQuantity[] {
  return names.map((logicalName) => ({ logicalName, ...scaling }));
}

/** Places of one type that follow each other and share scaler and unit. */
export function registers(type: Numeric, scaling: Scaling, ...names: readonly LogicalName[]): readonly PushItem[] {
  return quantities(scaling, ...names).map((quantity) => ({ type, ...quantity }));
}

/** A place of octets: an identification, a text. */
export function octets(logicalName: LogicalName, rest: Partial<PushItem> = {}): PushItem {
  return { type: "octet-string", logicalName, ...rest };
}

/** A date-time in octets, which is the clock's. */
export const clockItem: PushItem = octets("0.0.1.0.0.255", { content: "date-time" });

export const watts: Scaling = { scaler: 0, unit: Unit.watt };
export const vars: Scaling = { scaler: 0, unit: Unit.var };
export const wattHours: Scaling = { scaler: 0, unit: Unit.wattHour };
export const varHours: Scaling = { scaler: 0, unit: Unit.varHour };
export const centiamperes: Scaling = { scaler: -2, unit: Unit.ampere };
export const decivolts: Scaling = { scaler: -1, unit: Unit.volt };
