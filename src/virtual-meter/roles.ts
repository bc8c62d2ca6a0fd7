import { type AccessMatrix, type AccessRole, type ObjectRight, parseRight } from "../cosem-objects/access.ts";
import type { LogicalName } from "../cosem-objects/logical-name.ts";
import { rightsByObject } from "./access-table.ts";

/** Roles in the order of the columns of the access table. */
const columns = ["public", "reader", "technician", "management", "vending"] as const;

/** The roles of the meter; which client has which is a matter of configuration. */
export type MeterRole = (typeof columns)[number];

const rights: ReadonlyMap<LogicalName, ReadonlyMap<AccessRole, ObjectRight | undefined>> = new Map(
  Object.entries(rightsByObject).flatMap(([texts, logicalNames]) => {
    const row = new Map(texts.split("|").map((text, index) => [columns[index] as AccessRole, parseRight(text)]));
    return logicalNames.map((logicalName) => [logicalName, row] as const);
  }),
);

/** Each role's right to each object; objects that the table does not know are seen by nobody. */
export const meterAccess: AccessMatrix = (role, logicalName) => rights.get(logicalName)?.get(role);
