import { InvariantError } from "../errors.ts";
import type { AccessRights, AccessRightsV3 } from "./classes/association-ln.ts";
import type { AttributeDefinition, CosemClass, MethodDefinition } from "./define.ts";
import type { LogicalName } from "./logical-name.ts";
import type { OfferedMembers } from "./object.ts";
import { bitsOfProtection, noProtection, type RequiredProtection } from "./required-protection.ts";

/** Name of a set of rights: "public", "reader", ... */
export type AccessRole = string;

/** What a role may do with an object: read it, write its configurable attributes, invoke its methods. */
export interface ObjectRight {
  readonly read: boolean;
  readonly write: boolean;
  readonly invoke: boolean;
  /** What the object itself has; all that its class allows by default. */
  readonly offers?: OfferedMembers;
  /** How well whatever is done has to be protected; not at all by default. */
  readonly protection?: RequiredProtection;
  /** Single attributes and methods by their number, where they differ from the object. */
  readonly attributeProtection?: Readonly<Record<number, RequiredProtection>>;
  readonly methodProtection?: Readonly<Record<number, RequiredProtection>>;
}

/** Tells each role's right to each object; undefined where the role does not see the object at all. */
export type AccessMatrix = (role: AccessRole, logicalName: LogicalName) => ObjectRight | undefined;

const protectionLetters = { a: "authenticated", e: "encrypted", s: "signed" } as const;

/**
 * "rwx", "r", "rx", "-" to a right; "-" and the empty string mean that the object is not visible. Protection of requests and
 * answers may follow: "rx:ae" takes authenticated and encrypted requests only, "r:a/ae" answers them encrypted too.
 * @throws InvariantError for a letter of protection that there is not
 */
export function parseRight(text: string): ObjectRight | undefined {
  const [rights = "", protection] = text.split(":");
  const right = { read: rights.includes("r"), write: rights.includes("w"), invoke: rights.includes("x") };
  if (!right.read && !right.write && !right.invoke) return undefined;
  return protection === undefined ? right : { ...right, protection: parseProtection(protection) };
}

function parseProtection(text: string): RequiredProtection {
  const [request = "", response = ""] = text.split("/");
  return { request: parseLevel(request), response: parseLevel(response) };
}

function parseLevel(letters: string): RequiredProtection["request"] {
  const level = { ...noProtection.request };
  for (const letter of letters) {
    if (!(letter in protectionLetters)) throw new InvariantError(`no protection is called ${JSON.stringify(letter)}`);
    level[protectionLetters[letter as keyof typeof protectionLetters]] = true;
  }
  return level;
}

/** Effective right to one attribute: what the class allows, the object has and the role may. */
export function attributeRight(definition: AttributeDefinition, right: ObjectRight): { readonly read: boolean; readonly write: boolean } {
  const writable = right.offers === undefined || right.offers.writable.has(definition.id);
  return { read: right.read && definition.access !== "w", write: right.write && writable && definition.access !== "r" };
}

/** True for a method that the object has and the role may invoke. */
export function methodRight(definition: Pick<MethodDefinition, "id">, right: ObjectRight): boolean {
  return right.invoke && (right.offers === undefined || right.offers.methods.has(definition.id));
}

/** How a request for an attribute, and its answer, have to be protected at least, besides what the security policy asks for. */
export function attributeProtection(definition: Pick<AttributeDefinition, "id">, right: ObjectRight): RequiredProtection {
  return right.attributeProtection?.[definition.id] ?? right.protection ?? noProtection;
}

/** The same of a method. */
export function methodProtection(definition: Pick<MethodDefinition, "id">, right: ObjectRight): RequiredProtection {
  return right.methodProtection?.[definition.id] ?? right.protection ?? noProtection;
}

/**
 * access_rights of an object list element of Association LN version 1 or 2: an entry for every attribute and method of the
 * class version. Of all protection these versions can say "authenticated" alone.
 */
export function accessRightsOf(cosemClass: CosemClass, right: ObjectRight): AccessRights {
  return {
    attributeAccess: Object.values(cosemClass.attributes).map((definition: AttributeDefinition) => {
      const { read, write } = attributeRight(definition, right);
      const may = read ? (write ? "read-and-write" : "read-only") : write ? "write-only" : "no-access";
      const authenticated = attributeProtection(definition, right).request.authenticated;
      return {
        attributeId: definition.id,
        accessMode: authenticated && may !== "no-access" ? `authenticated-${may}` : may,
        accessSelectors: read ? definition.selectors : undefined,
      };
    }),
    methodAccess: Object.values(cosemClass.methods).map((definition: MethodDefinition) => {
      const authenticated = methodProtection(definition, right).request.authenticated;
      const may = methodRight(definition, right);
      return { methodId: definition.id, accessMode: !may ? "no-access" : authenticated ? "authenticated-access" : "access" };
    }),
  };
}

/** Bits of an access mode of version 3 besides those of protection; `access` is of methods. */
const accessBits = { read: 0x01, write: 0x02, access: 0x01 } as const;

/** access_rights of an object list element of Association LN version 3: each mode an octet of bits (Blue Book 4.4.4). */
export function accessRightsV3Of(cosemClass: CosemClass, right: ObjectRight): AccessRightsV3 {
  return {
    attributeAccess: Object.values(cosemClass.attributes).map((definition: AttributeDefinition) => {
      const { read, write } = attributeRight(definition, right);
      const may = (read ? accessBits.read : 0) | (write ? accessBits.write : 0);
      return {
        attributeId: definition.id,
        accessMode: withProtection(may, attributeProtection(definition, right)),
        accessSelectors: read ? definition.selectors : undefined,
      };
    }),
    methodAccess: Object.values(cosemClass.methods).map((definition: MethodDefinition) => ({
      methodId: definition.id,
      accessMode: withProtection(methodRight(definition, right) ? accessBits.access : 0, methodProtection(definition, right)),
    })),
  };
}

/** What may not be done at all is 0, whatever protection it would need. */
function withProtection(may: number, required: RequiredProtection): number {
  return may === 0 ? 0 : may | bitsOfProtection(required);
}
