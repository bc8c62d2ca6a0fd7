import type { AccessRights } from "./classes/association-ln.ts";
import type { AttributeDefinition, CosemClass } from "./define.ts";
import type { LogicalName } from "./logical-name.ts";

/** Name of a set of rights: "public", "reader", ... */
export type AccessRole = string;

/** What a role may do with an object: read it, write its configurable attributes, invoke its methods. */
export interface ObjectRight {
  readonly read: boolean;
  readonly write: boolean;
  readonly invoke: boolean;
}

/** Tells each role's right to each object; undefined where the role does not see the object at all. */
export type AccessMatrix = (role: AccessRole, logicalName: LogicalName) => ObjectRight | undefined;

/** "rwx", "r", "rx", "-" to a right; "-" and the empty string mean that the object is not visible. */
export function parseRight(text: string): ObjectRight | undefined {
  const right = { read: text.includes("r"), write: text.includes("w"), invoke: text.includes("x") };
  return right.read || right.write || right.invoke ? right : undefined;
}

/** Effective right to one attribute: what the class allows and the role may. */
export function attributeRight(definition: AttributeDefinition, right: ObjectRight): { readonly read: boolean; readonly write: boolean } {
  return { read: right.read && definition.access !== "w", write: right.write && definition.access !== "r" };
}

/** access_rights of an object list element: an entry for every attribute and method of the class version. */
export function accessRightsOf(cosemClass: CosemClass, right: ObjectRight): AccessRights {
  return {
    attributeAccess: Object.values(cosemClass.attributes).map((definition: AttributeDefinition) => {
      const { read, write } = attributeRight(definition, right);
      return {
        attributeId: definition.id,
        accessMode: read ? (write ? "read-and-write" : "read-only") : write ? "write-only" : "no-access",
        accessSelectors: read ? definition.selectors : undefined,
      };
    }),
    methodAccess: Object.values(cosemClass.methods).map((definition) => ({
      methodId: definition.id,
      accessMode: right.invoke ? "access" : "no-access",
    })),
  };
}
