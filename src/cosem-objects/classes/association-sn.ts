import { anyData } from "../../dlms/axdr/data.ts";
import { arrayOf, integer, long, longUnsigned, octetString, structure, unsigned } from "../../dlms/axdr/data-schemas.ts";
import type { Infer } from "../../dlms/axdr/schema.ts";
import { attribute, defineClass, method } from "../define.ts";
import { logicalName } from "../logical-name.ts";
import { attributeAccess, methodAccess } from "./association-ln.ts";

/** objectListElement with its base name, a signed number of 16 bits (Blue Book 4.4.3). */
export const shortNameListElement = structure({ baseName: long, classId: longUnsigned, version: unsigned, logicalName });
export type ShortNameListElement = Infer<typeof shortNameListElement>;

/** Selective access to object_list: the objects of a class, or the element of one object (Blue Book 4.4.3). */
export const shortNameListSelector = { byClass: 1, byName: 2 } as const;

/** Parameter of {@link shortNameListSelector} `byName`. */
export const namedObject = structure({ classId: longUnsigned, logicalName });

/** access_rights_element: what the association may do with the object at a base name. */
export const shortNameAccessRights = structure({ baseName: long, attributeAccess, methodAccess });
export type ShortNameAccessRights = Infer<typeof shortNameAccessRights>;

/** attribute_identification: an attribute by its logical name, for those who know no base name. */
export const attributeIdentification = structure({ classId: longUnsigned, logicalName, attributeId: integer });
export type AttributeIdentification = Infer<typeof attributeIdentification>;

/**
 * Association SN, class 12 version 2 (Blue Book 4.4.3). Methods 1, 2, 4 and 7 belong to its earlier versions, which had no
 * access_rights_list.
 */
export const AssociationSn = defineClass({
  classId: 12,
  version: 2,
  name: "Association SN",
  attributes: {
    logicalName: attribute(1, logicalName, "r", "identifies the object"),
    objectList: attribute(2, arrayOf(shortNameListElement), "r", "objects visible in the association, with their base names", {
      selectors: Object.values(shortNameListSelector),
    }),
    accessRightsList: attribute(3, arrayOf(shortNameAccessRights), "r", "what the association may do with each object"),
    securitySetupReference: attribute(4, logicalName, "r", "security setup object in use"),
  },
  methods: {
    readByLogicalName: method(3, arrayOf(attributeIdentification), "reads attributes by logical names", arrayOf(anyData)),
    changeLlsSecret: method(5, octetString, "replaces the LLS secret"),
    changeHlsSecret: method(6, octetString, "replaces the HLS secret"),
    replyToHlsAuthentication: method(8, octetString, "third pass of HLS; returns the fourth", octetString),
  },
  firstMethodOffset: 0x20,
});
