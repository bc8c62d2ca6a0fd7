import { InvariantError } from "../errors.ts";
import { currentAssociation } from "./classes/association-ln.ts";
import { attributeById, type CosemClass, methodById } from "./define.ts";
import type { LogicalName } from "./logical-name.ts";

/** Short names that mean the same in every device (Blue Book 4.1.3, Green Book 9.3.14). */
export const reservedBaseNames = {
  associationSn: 0xfa00,
  scriptTable: 0xfb00,
  sapAssignment: 0xfc00,
  logicalDeviceName: 0xfd00,
} as const;

/** Members follow each other at this distance. */
const spacing = 8;

/** Distance of an attribute from the base name. */
export function attributeOffset(attributeId: number): number {
  return spacing * (attributeId - 1);
}

/** Distance of a method from the base name; undefined for a class whose methods have no short names. */
export function methodOffset(cosemClass: CosemClass, methodId: number): number | undefined {
  return cosemClass.firstMethodOffset === undefined ? undefined : cosemClass.firstMethodOffset + spacing * (methodId - 1);
}

/** What a short name means within an object. */
export type ShortNameTarget =
  | { readonly attributeId: number; readonly methodId?: undefined }
  | { readonly methodId: number; readonly attributeId?: undefined };

/** The member of a class at a distance from the base name. */
export function memberAt(cosemClass: CosemClass, offset: number): ShortNameTarget | undefined {
  if (offset % spacing !== 0) return undefined;
  const attributeId = offset / spacing + 1;
  if (attributeById(cosemClass, attributeId) !== undefined) return { attributeId };
  const { firstMethodOffset } = cosemClass;
  if (firstMethodOffset === undefined || offset < firstMethodOffset) return undefined;
  const methodId = (offset - firstMethodOffset) / spacing + 1;
  return methodById(cosemClass, methodId) === undefined ? undefined : { methodId };
}

/** An object that is to have a short name. */
export interface NamedObject {
  readonly classId: number;
  readonly logicalName: LogicalName;
}

/**
 * Room for the members of an object. Most objects are of the three classes that are given what they need; all others
 * get the same, so that a class may grow without moving anybody's name.
 */
const roomByClass: Readonly<Record<number, number>> = { 1: 0x10, 3: 0x30, 4: 0x40 };
const roomOfOthers = 0x100;

/** Names below are left free. */
const firstBaseName = 0x0100;

/** Octets of short names that an object of this class has to itself. */
export function roomOf(classId: number): number {
  return roomByClass[classId] ?? roomOfOthers;
}

const sapAssignmentClass = 17;
const logicalDeviceNameObject: LogicalName = "0.0.42.0.0.255";

interface Allocation extends NamedObject {
  readonly baseName: number;
}

/**
 * The short names of a device. They follow from the classes and names of all objects it can ever have, whatever the order
 * they are listed in, so an object has the same short name for every role, and keeps it as more of them are served.
 */
export class ShortNames {
  readonly #byObject = new Map<LogicalName, number>();
  /** In ascending order of base names. */
  readonly #allocations: readonly Allocation[];

  /** @throws InvariantError when the objects need more names than there are */
  constructor(objects: Iterable<NamedObject>) {
    const allocations: Allocation[] = [];
    let next = firstBaseName;
    for (const { classId, logicalName } of [...objects].sort(byClassAndName)) {
      const reserved = reservedFor(classId, logicalName);
      allocations.push({ classId, logicalName, baseName: reserved ?? next });
      if (reserved === undefined) next += roomOf(classId);
    }
    if (next > reservedBaseNames.associationSn) throw new InvariantError(`the objects need short names up to ${next.toString(16)}`);
    this.#allocations = allocations.sort((a, b) => a.baseName - b.baseName);
    for (const { logicalName, baseName } of allocations) this.#byObject.set(logicalName, baseName);
  }

  /** Base name of an object, 0100..FFFF; undefined for an object that was not listed. */
  baseName(logicalName: LogicalName): number | undefined {
    return this.#byObject.get(logicalName);
  }

  /** The object that a short name belongs to, and the distance from its base name. */
  ownerOf(variableName: number): { readonly logicalName: LogicalName; readonly offset: number } | undefined {
    let low = 0;
    let high = this.#allocations.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#allocations[middle] as Allocation).baseName <= variableName) low = middle + 1;
      else high = middle;
    }
    const owner = this.#allocations[low - 1];
    return owner && { logicalName: owner.logicalName, offset: variableName - owner.baseName };
  }
}

function byClassAndName(a: NamedObject, b: NamedObject): number {
  return a.classId - b.classId || (a.logicalName < b.logicalName ? -1 : 1);
}

function reservedFor(classId: number, logicalName: LogicalName): number | undefined {
  if (classId === sapAssignmentClass) return reservedBaseNames.sapAssignment;
  if (logicalName === currentAssociation) return reservedBaseNames.associationSn;
  return logicalName === logicalDeviceNameObject ? reservedBaseNames.logicalDeviceName : undefined;
}
