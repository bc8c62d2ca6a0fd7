import { type AccessMatrix, type AccessRole, type ObjectRight, parseRight } from "../cosem-objects/access.ts";
import type { LogicalName } from "../cosem-objects/logical-name.ts";
import { ShortNames } from "../cosem-objects/short-names.ts";
import { objectTable } from "./object-table.ts";

/** Roles in the order of the columns of the object table. */
const columns = ["public", "reader", "technician", "management", "vending"] as const;

/** The roles of the meter; which client has which is a matter of configuration. */
export type MeterRole = (typeof columns)[number];

const rights: ReadonlyMap<LogicalName, ReadonlyMap<AccessRole, ObjectRight | undefined>> = new Map(
  Object.entries(objectTable).flatMap(([texts, byClass]) => {
    const row = new Map(texts.split("|").map((text, index) => [columns[index] as AccessRole, parseRight(text)]));
    return Object.values(byClass)
      .flat()
      .map((logicalName) => [logicalName, row] as const);
  }),
);

/** Each role's right to each object; objects that the table does not know are seen by nobody. */
export const meterAccess: AccessMatrix = (role, logicalName) => rights.get(logicalName)?.get(role);

/** The short names of all objects the meter has or will have. */
export const meterShortNames = new ShortNames(
  Object.values(objectTable).flatMap((byClass) =>
    Object.entries(byClass).flatMap(([classId, logicalNames]) =>
      logicalNames.map((logicalName) => ({ classId: Number(classId), logicalName })),
    ),
  ),
);
