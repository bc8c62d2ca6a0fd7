import type { AttributeValue, CosemClass } from "../../../cosem-objects/define.ts";
import type { LogicalName } from "../../../cosem-objects/logical-name.ts";
import type { Meter } from "../../../meter-model/index.ts";
import { type Parameter, parameter } from "./parameter.ts";

/** Permits numbers of a range, its ends included. */
export function within(least: number, most: number): (value: number) => boolean {
  return (value) => value >= least && value <= most;
}

/** Permits what the enumeration has a name for. */
export function named(value: unknown): boolean {
  return typeof value === "string";
}

/** Permits octets up to a length. */
export function upTo(longest: number): (value: Uint8Array) => boolean {
  return (value) => value.length <= longest;
}

/** Declares attributes of one object as parameters. */
export function parametersOf<C extends CosemClass>(meter: Meter, cosemClass: C, logicalName: LogicalName) {
  return <K extends keyof C["attributes"] & string>(
    name: K,
    initial: AttributeValue<C, K>,
    permits?: (value: AttributeValue<C, K>) => boolean,
  ): Parameter<AttributeValue<C, K>> => {
    const definition = cosemClass.attributes[name] as C["attributes"][K];
    return parameter(meter, { logicalName, attribute: definition.id, schema: definition.schema, initial, ...(permits && { permits }) });
  };
}
