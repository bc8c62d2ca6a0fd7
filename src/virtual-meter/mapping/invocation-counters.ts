import { type LogicalName, parseLogicalName } from "../../cosem-objects/logical-name.ts";
import type { CosemObject } from "../../cosem-objects/object.ts";
import { associationNames, type MeterRole } from "../roles.ts";
import type { AssociationKeys } from "../security/association-keys.ts";
import { data } from "./data-object.ts";

/** The role whose counter meters show where there is one for all (IDIS). */
const commonRole: MeterRole = "management";
const commonName: LogicalName = "0.0.43.1.0.255";

/**
 * The invocation counters of the clients, class 1, 0.0.43.1.e.255 with the e of their association object: one a client may go
 * on with, whatever it has sent before.
 */
export function invocationCounterObjects(
  associations: readonly { readonly role: MeterRole; readonly security?: Pick<AssociationKeys, "lowestAcceptable"> }[],
): readonly CosemObject[] {
  return associations.flatMap(({ role, security }) => {
    if (security === undefined) return [];
    const names = [counterName(role), ...(role === commonRole ? [commonName] : [])];
    return names.map((name) => data(name, () => ({ type: "double-long-unsigned", value: security.lowestAcceptable })));
  });
}

function counterName(role: MeterRole): LogicalName {
  return parseLogicalName(associationNames[role].replace("0.0.40.0.", "0.0.43.1."));
}
