import { ByteReader } from "../../bytes/byte-reader.ts";
import { ByteWriter } from "../../bytes/byte-writer.ts";
import { accessRightsOf, attributeProtection, attributeRight } from "../../cosem-objects/access.ts";
import { AssociationLn, currentAssociation, type ObjectListElement } from "../../cosem-objects/classes/association-ln.ts";
import {
  AssociationSn,
  type AttributeIdentification,
  namedObject,
  type ShortNameListElement,
  shortNameListElement,
  shortNameListSelector,
} from "../../cosem-objects/classes/association-sn.ts";
import { attributeById } from "../../cosem-objects/define.ts";
import type { ObjectView, VisibleObject } from "../../cosem-objects/logical-device.ts";
import type { LogicalName } from "../../cosem-objects/logical-name.ts";
import { bind, type CosemObject, type Encoder, type ObjectContext, unreadable } from "../../cosem-objects/object.ts";
import { bitsOfProtection } from "../../cosem-objects/required-protection.ts";
import type { ShortNames } from "../../cosem-objects/short-names.ts";
import { applicationContexts, authenticationMechanisms, objectIdentifierOctets } from "../../dlms/acse/object-identifiers.ts";
import { supportedConformance, unlimitedPduSize } from "../../dlms/association/negotiation.ts";
import { decodeData } from "../../dlms/axdr/data.ts";
import { arrayOf, longUnsigned } from "../../dlms/axdr/data-schemas.ts";
import type { DlmsData } from "../../dlms/axdr/dlms-data.ts";
import type { Schema } from "../../dlms/axdr/schema.ts";
import { conformanceBits } from "../../dlms/xdlms/conformance.ts";
import { dlmsVersion } from "../../dlms/xdlms/initiate.ts";
import type { DataAccessResult } from "../../dlms/xdlms/results.ts";
import type { AccessSelection } from "../../dlms/xdlms/selective-access.ts";
import { CapacityError, DecodeError } from "../../errors.ts";

/** The association objects of one role: its own, and the name that always means the one in use. */
export function associationObjects(ownName: LogicalName, view: ObjectView, securitySetup = noSecuritySetup): readonly VisibleObject[] {
  return [currentAssociation, ownName].map((name) => ({
    object: associationObject(name, view, securitySetup),
    right: { read: true, write: false, invoke: false },
  }));
}

/** security_setup_reference where there is none. */
const noSecuritySetup: LogicalName = "0.0.0.0.0.0";

function associationObject(logicalName: LogicalName, view: ObjectView, securitySetup: LogicalName): CosemObject {
  return bind(AssociationLn, {
    logicalName,
    attributes: {
      objectList: objectListEncoder(view),
      associatedPartnersId: ({ association }) => ({ clientSap: association.clientSap, serverSap: association.serverSap }),
      applicationContextName: ({ association }) =>
        objectIdentifierOctets("context", applicationContexts[association.applicationContext as keyof typeof applicationContexts]),
      xdlmsContextInfo: ({ association }) => ({
        conformance: conformanceBits(association.conformance),
        maxReceivePduSize: association.serverMaxReceivePduSize,
        maxSendPduSize: association.clientMaxReceivePduSize,
        dlmsVersionNumber: dlmsVersion,
        qualityOfService: 0,
        cypheringInfo: new Uint8Array(),
      }),
      authenticationMechanismName: ({ association }) =>
        objectIdentifierOctets("mechanism", authenticationMechanisms[association.mechanism as keyof typeof authenticationMechanisms]),
      secret: unreadable,
      associationStatus: "associated",
      securitySetupReference: securitySetup,
    },
  });
}

/** An association as those see it that are not in it. */
export interface ForeignAssociation {
  readonly logicalName: LogicalName;
  readonly clientSap: number;
  readonly serverSap: number;
  readonly ciphered: boolean;
  readonly mechanism: keyof typeof authenticationMechanisms;
  readonly securitySetup: LogicalName | undefined;
  /** What the association sees. */
  readonly view: () => ObjectView;
}

/** The association object of another association than the one in use: what would be agreed on there, and what could be seen. */
export function foreignAssociationObject(foreign: ForeignAssociation): CosemObject {
  const { logicalName, clientSap, serverSap, ciphered, mechanism, securitySetup = noSecuritySetup, view } = foreign;
  return bind(AssociationLn, {
    logicalName,
    attributes: {
      objectList: { encode: (...parameters) => objectListEncoder(view()).encode(...parameters) },
      associatedPartnersId: { clientSap, serverSap },
      applicationContextName: objectIdentifierOctets("context", applicationContexts[ciphered ? "logical-name-ciphered" : "logical-name"]),
      xdlmsContextInfo: {
        conformance: conformanceBits(supportedConformance),
        maxReceivePduSize: unlimitedPduSize,
        maxSendPduSize: unlimitedPduSize,
        dlmsVersionNumber: dlmsVersion,
        qualityOfService: 0,
        cypheringInfo: new Uint8Array(),
      },
      authenticationMechanismName: objectIdentifierOctets("mechanism", authenticationMechanisms[mechanism]),
      secret: unreadable,
      associationStatus: "non-associated",
      securitySetupReference: securitySetup,
    },
  });
}

/** The association object of an association with short names; those with logical names are not seen there. */
export function shortNameAssociationObjects(
  view: ObjectView,
  names: ShortNames,
  securitySetup = noSecuritySetup,
): readonly VisibleObject[] {
  const object = bind(AssociationSn, {
    logicalName: currentAssociation,
    attributes: {
      objectList: shortNameListEncoder(view, names),
      accessRightsList: () =>
        namedObjects(view, names).map(({ visible: { object, right }, baseName }) => ({
          baseName,
          ...accessRightsOf(object.cosemClass, right),
        })),
      securitySetupReference: securitySetup,
    },
    methods: {
      readByLogicalName: (attributes, context) => readByLogicalName(view, attributes, context),
    },
  });
  return [{ object, right: { read: true, write: false, invoke: true } }];
}

/** The visible objects that have short names, with the base name as a signed number of 16 bits (Blue Book 4.4.3). */
function namedObjects(view: ObjectView, names: ShortNames): readonly { readonly visible: VisibleObject; readonly baseName: number }[] {
  return [...view.objects].flatMap((visible) => {
    const baseName = names.baseName(visible.object.logicalName);
    return baseName === undefined ? [] : [{ visible, baseName: (baseName << 16) >> 16 }];
  });
}

/** object_list with its selectors; the element of one object comes alone, not as a list of one. */
function shortNameListEncoder(view: ObjectView, names: ShortNames): Encoder {
  const { schema } = AssociationSn.attributes.objectList;
  const list = (): readonly ShortNameListElement[] =>
    namedObjects(view, names).map(({ visible: { object }, baseName }) => ({
      baseName,
      classId: object.cosemClass.classId,
      version: object.cosemClass.version,
      logicalName: object.logicalName,
    }));
  return {
    encode(writer, selection): DataAccessResult {
      switch (selection?.selector) {
        case undefined:
          schema.write(writer, list());
          return "success";
        case shortNameListSelector.byClass: {
          const wanted = parameterOf(selection, longUnsigned);
          if (wanted === undefined) return "type-unmatched";
          schema.write(
            writer,
            list().filter(({ classId }) => classId === wanted),
          );
          return "success";
        }
        case shortNameListSelector.byName: {
          const wanted = parameterOf(selection, namedObject);
          if (wanted === undefined) return "type-unmatched";
          const found = list().find((element) => isSame(element, wanted));
          if (found === undefined) return "object-undefined";
          shortNameListElement.write(writer, found);
          return "success";
        }
        default:
          return "scope-of-access-violated";
      }
    },
  };
}

/** Octets of values that one call reads: they are decoded, which costs a multiple, before anything of them is sent. */
const longestRead = 0x100000;

/** null-data for what cannot be read, and for all that is behind a value that is too long: the method has no other way to say so. */
function readByLogicalName(view: ObjectView, attributes: readonly AttributeIdentification[], context: ObjectContext): readonly DlmsData[] {
  const nothing: DlmsData = { type: "null-data", value: null };
  const writer = new ByteWriter(256);
  let room = longestRead;
  return attributes.map((attribute) => {
    const found = readable(view, attribute);
    if (found === undefined || room === 0) return nothing;
    writer.truncate(0);
    writer.limit = room;
    try {
      if (found.read(attribute.attributeId, writer, undefined, context) !== "success") return nothing;
    } catch (error) {
      if (!(error instanceof CapacityError)) throw error;
      room = 0;
      return nothing;
    }
    room -= writer.length;
    return decodeData(writer.finish());
  });
}

/** The object of an attribute that may be read as the method itself was invoked: what asks for protection is read by its name. */
function readable(view: ObjectView, { classId, logicalName, attributeId }: AttributeIdentification): CosemObject | undefined {
  const found = view.find(logicalName);
  const definition = found && attributeById(found.object.cosemClass, attributeId)?.definition;
  if (found === undefined || definition === undefined || found.object.cosemClass.classId !== classId) return undefined;
  const free = bitsOfProtection(attributeProtection(definition, found.right)) === 0;
  return free && attributeRight(definition, found.right).read ? found.object : undefined;
}

type Filter = (element: ObjectListElement) => boolean;

/** object_list with its selectors: 1 all, 2 by class, 3 by a list of objects, 4 one object (Blue Book 4.4.4). */
function objectListEncoder(view: ObjectView): Encoder {
  const { schema } = AssociationLn.attributes.objectList;
  return {
    encode(writer, selection): DataAccessResult {
      const filter = filterOf(selection);
      if (filter === undefined) return "scope-of-access-violated";
      if (filter === "malformed") return "type-unmatched";
      schema.write(writer, view.objectList.filter(filter));
      return "success";
    },
  };
}

function filterOf(selection: AccessSelection | undefined): Filter | "malformed" | undefined {
  switch (selection?.selector) {
    case undefined:
    case 1:
      return () => true;
    case 2: {
      const wanted = parameterOf(selection, arrayOf(longUnsigned));
      const classes = new Set(wanted);
      return wanted === undefined ? "malformed" : ({ classId }) => classes.has(classId);
    }
    case 3: {
      const wanted = parameterOf(selection, arrayOf(namedObject));
      return wanted === undefined ? "malformed" : (element) => wanted.some((name) => isSame(element, name));
    }
    case 4: {
      const wanted = parameterOf(selection, namedObject);
      return wanted === undefined ? "malformed" : (element) => isSame(element, wanted);
    }
    default:
      return undefined;
  }
}

/** The parameter of a selection; undefined where it is of another type. */
function parameterOf<T>({ parameters }: AccessSelection, schema: Schema<T>): T | undefined {
  try {
    const reader = new ByteReader(parameters);
    const value = schema.read(reader);
    reader.expectEnd("access parameters");
    return value;
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

interface Named {
  readonly classId: number;
  readonly logicalName: LogicalName;
}

function isSame(element: Named, wanted: Named): boolean {
  return element.classId === wanted.classId && element.logicalName === wanted.logicalName;
}
