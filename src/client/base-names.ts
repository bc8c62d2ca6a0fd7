import { findClass } from "../cosem-objects/catalogue.ts";
import { currentAssociation } from "../cosem-objects/classes/association-ln.ts";
import { AssociationSn, type ShortNameListElement } from "../cosem-objects/classes/association-sn.ts";
import { attributeById, type CosemClass } from "../cosem-objects/define.ts";
import { type LogicalName, logicalNameFromBytes } from "../cosem-objects/logical-name.ts";
import { attributeOffset, methodOffset, reservedBaseNames } from "../cosem-objects/short-names.ts";
import type { CosemAttributeDescriptor, CosemMethodDescriptor } from "../dlms/xdlms/descriptors.ts";
import { LocalProtocolError } from "../errors.ts";

/** Why a member has no short name; what a meter with logical names would have answered. */
export type Unnamed = "object-undefined" | "object-class-inconsistent";

interface Entry {
  readonly element: ShortNameListElement;
  /** 0..FFFF. */
  readonly baseName: number;
  /** Octets of names up to those of the next object. */
  readonly room: number;
}

/** Behind the last name there is. */
const endOfNames = 0x10000;

/** Where the list of all others is, whether it tells so itself or not (Blue Book 4.1.3). */
const association: ShortNameListElement = {
  baseName: reservedBaseNames.associationSn,
  classId: AssociationSn.classId,
  version: AssociationSn.version,
  logicalName: currentAssociation,
};

/**
 * The base names of a meter's objects, as its object list tells them. A name computed from an attribute that an object does
 * not have would mean a method of it, or another object; so no such name is given.
 */
export class BaseNames {
  /** What is known before the list is. */
  static readonly initial = new BaseNames([]);

  readonly #entries = new Map<LogicalName, Entry[]>();

  constructor(objectList: readonly ShortNameListElement[]) {
    const elements = [...objectList, association];
    const starts = new Set([...elements.map(baseNameOf), ...Object.values(reservedBaseNames)]);
    const limits = [...starts, endOfNames].sort((a, b) => a - b);
    const next = new Map(limits.map((start, index) => [start, limits[index + 1]]));
    for (const element of elements) {
      const baseName = baseNameOf(element);
      const entry = { element, baseName, room: (next.get(baseName) as number) - baseName };
      const namesakes = this.#entries.get(element.logicalName);
      if (namesakes === undefined) this.#entries.set(element.logicalName, [entry]);
      else namesakes.push(entry);
    }
  }

  /** The short name of an attribute. */
  attribute({ attributeId, ...object }: CosemAttributeDescriptor): number | Unnamed {
    const entry = this.#find(object);
    if (typeof entry === "string") return entry;
    const offset = attributeOffset(attributeId);
    return hasAttribute(entry, attributeId, offset) ? entry.baseName + offset : "object-undefined";
  }

  /**
   * The short name of a method.
   * @throws LocalProtocolError where nobody here knows at which distance the methods of the class are
   */
  method({ methodId, ...object }: CosemMethodDescriptor): number | Unnamed {
    const entry = this.#find(object);
    if (typeof entry === "string") return entry;
    const cosemClass = findClass(object.classId, entry.element.version);
    const offset = cosemClass && methodOffset(cosemClass, methodId);
    if (offset === undefined) {
      throw new LocalProtocolError(`the short names of the methods of class ${object.classId} are not known`, {
        hint: "use --referencing ln where the meter offers it",
      });
    }
    return methodId >= 1 && offset < entry.room ? entry.baseName + offset : "object-undefined";
  }

  #find({ classId, logicalName }: { readonly classId: number; readonly logicalName: Uint8Array }): Entry | Unnamed {
    const namesakes = this.#entries.get(logicalNameFromBytes(logicalName));
    if (namesakes === undefined) return "object-undefined";
    return namesakes.find(({ element }) => element.classId === classId) ?? "object-class-inconsistent";
  }
}

/** Lists have it as a signed number (Blue Book 4.4.3). */
function baseNameOf({ baseName }: ShortNameListElement): number {
  return baseName & 0xffff;
}

/** Of a class newer than ours, or not known at all, an attribute is taken to be there where nothing else can be. */
function hasAttribute({ element, room }: Entry, attributeId: number, offset: number): boolean {
  if (attributeId < 1 || offset >= room) return false;
  const cosemClass: CosemClass | undefined = findClass(element.classId, element.version);
  if (cosemClass === undefined) return true;
  if (element.version <= cosemClass.version) return attributeById(cosemClass, attributeId) !== undefined;
  return offset < (cosemClass.firstMethodOffset ?? room);
}
