import { type AccessMatrix, type AccessRole, type ObjectRight, parseRight } from "../cosem-objects/access.ts";
import { type LogicalName, parseLogicalName } from "../cosem-objects/logical-name.ts";
import { ShortNames } from "../cosem-objects/short-names.ts";
import { objectTable } from "./object-table.ts";

/** Roles in the order of the columns of the object table. */
const columns = ["public", "reader", "technician", "management", "vending"] as const;

/** Roles that see little more than the public one: what else each may do. */
const besidesPublic = {
  firmware: { "0.0.40.0.6.255": "r", "0.0.44.0.0.255": "rx" },
  "pre-established": { "0.0.40.0.7.255": "r", "0.0.1.0.0.255": "rwx" },
} as const satisfies Readonly<Record<string, Readonly<Record<LogicalName, string>>>>;

/** The roles of the meter; which client has which is a matter of configuration. */
export type MeterRole = (typeof columns)[number] | keyof typeof besidesPublic;

/** The association object of each role (0.0.40.0.e.255); security setup and invocation counter have the same e. */
export const associationNames: Readonly<Record<MeterRole, LogicalName>> = {
  public: "0.0.40.0.1.255",
  reader: "0.0.40.0.2.255",
  technician: "0.0.40.0.3.255",
  management: "0.0.40.0.4.255",
  vending: "0.0.40.0.5.255",
  firmware: "0.0.40.0.6.255",
  "pre-established": "0.0.40.0.7.255",
};

/** The security setup of a role (0.0.43.0.e.255). */
export function securitySetupName(role: MeterRole): LogicalName {
  return parseLogicalName(associationNames[role].replace("0.0.40.0.", "0.0.43.0."));
}

const rights: ReadonlyMap<LogicalName, ReadonlyMap<AccessRole, ObjectRight | undefined>> = new Map(
  Object.entries(objectTable).flatMap(([texts, byClass]) => {
    const row = new Map(texts.split("|").map((text, index) => [columns[index] as AccessRole, parseRight(text)]));
    return Object.values(byClass)
      .flat()
      .map((logicalName) => [logicalName, row] as const);
  }),
);

const more: ReadonlyMap<AccessRole, ReadonlyMap<string, ObjectRight | undefined>> = new Map(
  Object.entries(besidesPublic).map(([role, texts]) => [
    role,
    new Map(Object.entries(texts).map(([logicalName, text]) => [logicalName, parseRight(text)])),
  ]),
);

/** Each role's right to each object; objects that the table does not know are seen by nobody. */
export const meterAccess: AccessMatrix = (role, logicalName) => {
  const own = more.get(role);
  const row = rights.get(logicalName);
  return own === undefined ? row?.get(role) : (own.get(logicalName) ?? withoutAssociation(row, logicalName));
};

/** What the public role sees, but for its association object. */
function withoutAssociation(
  row: ReadonlyMap<AccessRole, ObjectRight | undefined> | undefined,
  logicalName: LogicalName,
): ObjectRight | undefined {
  return logicalName === associationNames.public ? undefined : row?.get("public");
}

/** The short names of all objects the meter has or will have. */
export const meterShortNames = new ShortNames(
  Object.values(objectTable).flatMap((byClass) =>
    Object.entries(byClass).flatMap(([classId, logicalNames]) =>
      logicalNames.map((logicalName) => ({ classId: Number(classId), logicalName })),
    ),
  ),
);
