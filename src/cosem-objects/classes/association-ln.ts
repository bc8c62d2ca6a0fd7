import {
  arrayOf,
  bitString,
  enumeration,
  enumValue,
  integer,
  longUnsigned,
  nullable,
  octetString,
  structure,
  unsigned,
  visibleString,
} from "../../dlms/axdr/data-schemas.ts";
import type { Infer, Schema } from "../../dlms/axdr/schema.ts";
import { attribute, defineClass, method } from "../define.ts";
import { type LogicalName, logicalName } from "../logical-name.ts";

/** The name that means the association in use, whichever other name it has (Blue Book 4.4). */
export const currentAssociation: LogicalName = "0.0.40.0.0.255";

/** Access modes of an attribute in object lists of Association LN versions 1 and 2 (Blue Book 4.4.4). */
export const attributeAccessMode = enumeration({
  "no-access": 0,
  "read-only": 1,
  "write-only": 2,
  "read-and-write": 3,
  "authenticated-read-only": 4,
  "authenticated-write-only": 5,
  "authenticated-read-and-write": 6,
});

/** Access modes of a method in object lists of Association LN versions 1 and 2. */
export const methodAccessMode = enumeration({ "no-access": 0, access: 1, "authenticated-access": 2 });

/** attribute_access_descriptor: what one association may do with each attribute of an object. */
export const attributeAccess = arrayOf(
  structure({ attributeId: integer, accessMode: attributeAccessMode, accessSelectors: nullable(arrayOf(integer)) }),
);

/** method_access_descriptor: the same of methods. */
export const methodAccess = arrayOf(structure({ methodId: integer, accessMode: methodAccessMode }));

/** access_right: what one association may do with one object. */
export const accessRights = structure({ attributeAccess, methodAccess });
export type AccessRights = Infer<typeof accessRights>;

export const objectListElement = structure({ classId: longUnsigned, version: unsigned, logicalName, accessRights });
export type ObjectListElement = Infer<typeof objectListElement>;

/** attribute_access_descriptor of version 3: the access mode is an octet of bits, see `accessRightsV3Of`. */
const attributeAccessV3 = arrayOf(structure({ attributeId: integer, accessMode: enumValue, accessSelectors: nullable(arrayOf(integer)) }));

/** access_right of version 3. */
export const accessRightsV3 = structure({
  attributeAccess: attributeAccessV3,
  methodAccess: arrayOf(structure({ methodId: integer, accessMode: enumValue })),
});
export type AccessRightsV3 = Infer<typeof accessRightsV3>;

/** {@link objectListElement} of version 3. */
export const objectListElementV3 = structure({ classId: longUnsigned, version: unsigned, logicalName, accessRights: accessRightsV3 });
export type ObjectListElementV3 = Infer<typeof objectListElementV3>;

/** A user of a client, told apart by the calling AE invocation id of the AARQ (Blue Book 4.4.4). */
export const associationUser = structure({ userId: unsigned, userName: visibleString });
export type AssociationUser = Infer<typeof associationUser>;

/** What all versions have, with the object list of one of them. */
function commonAttributes<T>(elements: Schema<readonly T[]>) {
  return {
    logicalName: attribute(1, logicalName, "r", "identifies the object"),
    objectList: attribute(2, elements, "r", "objects visible in the association, with access rights", {
      selectors: [1, 2, 3, 4],
    }),
    associatedPartnersId: attribute(3, structure({ clientSap: integer, serverSap: longUnsigned }), "r", "SAPs of the two partners"),
    applicationContextName: attribute(4, octetString, "r", "object identifier of the application context"),
    xdlmsContextInfo: attribute(
      5,
      structure({
        conformance: bitString,
        maxReceivePduSize: longUnsigned,
        maxSendPduSize: longUnsigned,
        dlmsVersionNumber: unsigned,
        qualityOfService: integer,
        cypheringInfo: octetString,
      }),
      "r",
      "negotiated xDLMS context",
    ),
    authenticationMechanismName: attribute(6, octetString, "r", "object identifier of the authentication mechanism"),
    secret: attribute(7, octetString, "w", "LLS or HLS secret"),
    associationStatus: attribute(
      8,
      enumeration({ "non-associated": 0, "association-pending": 1, associated: 2 }),
      "r",
      "state of the association",
      {
        dynamic: true,
      },
    ),
    securitySetupReference: attribute(9, logicalName, "r", "security setup object in use"),
  };
}

function commonMethods<T>(element: Schema<T>) {
  return {
    replyToHlsAuthentication: method(1, octetString, "third pass of HLS; returns the fourth", octetString),
    changeHlsSecret: method(2, octetString, "replaces the HLS secret"),
    addObject: method(3, element, "adds an object to the list"),
    removeObject: method(4, element, "removes an object from the list"),
  };
}

/** What versions 2 and 3 have besides. */
const userAttributes = {
  userList: attribute(10, arrayOf(associationUser), "r", "users that may use the association; empty for anybody"),
  currentUser: attribute(11, associationUser, "r", "user of the association, 0 and no name where users are not told apart", {
    dynamic: true,
  }),
};

const userMethods = {
  addUser: method(5, associationUser, "adds a user to the list"),
  removeUser: method(6, associationUser, "removes a user from the list"),
};

/** Association LN, class 15 version 1 (Blue Book 4.4.4). */
export const AssociationLn = defineClass({
  classId: 15,
  version: 1,
  name: "Association LN",
  attributes: commonAttributes(arrayOf(objectListElement)),
  methods: commonMethods(objectListElement),
});

/** Association LN, class 15 version 2: version 1 with users (Blue Book 4.4.4). */
export const AssociationLnV2 = defineClass({
  classId: 15,
  version: 2,
  name: "Association LN",
  attributes: { ...commonAttributes(arrayOf(objectListElement)), ...userAttributes },
  methods: { ...commonMethods(objectListElement), ...userMethods },
});

/** Association LN, class 15 version 3: version 2 with the protection of each attribute and method (Blue Book 4.4.4). */
export const AssociationLnV3 = defineClass({
  classId: 15,
  version: 3,
  name: "Association LN",
  attributes: { ...commonAttributes(arrayOf(objectListElementV3)), ...userAttributes },
  methods: { ...commonMethods(objectListElementV3), ...userMethods },
});
