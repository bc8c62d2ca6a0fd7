import { InvariantError } from "../errors.ts";
import { type AccessMatrix, type AccessRole, accessRightsOf, accessRightsV3Of, type ObjectRight } from "./access.ts";
import type { ObjectListElement, ObjectListElementV3 } from "./classes/association-ln.ts";
import type { CosemClass } from "./define.ts";
import type { LogicalName } from "./logical-name.ts";
import type { CosemObject } from "./object.ts";
import type { ShortNames } from "./short-names.ts";

/** One object as an association sees it. */
export interface VisibleObject {
  readonly object: CosemObject;
  readonly right: ObjectRight;
}

/** What one role sees of a logical device: the objects and the object list that announces them. */
export class ObjectView {
  readonly #objects: ReadonlyMap<LogicalName, VisibleObject>;
  #list: readonly ObjectListElement[] | undefined;
  #listV3: readonly ObjectListElementV3[] | undefined;

  constructor(objects: ReadonlyMap<LogicalName, VisibleObject>) {
    this.#objects = objects;
  }

  find(logicalName: LogicalName): VisibleObject | undefined {
    return this.#objects.get(logicalName);
  }

  get objects(): Iterable<VisibleObject> {
    return this.#objects.values();
  }

  /** object_list: class, version, logical name and access rights of every visible object. */
  get objectList(): readonly ObjectListElement[] {
    this.#list ??= this.#listWith(accessRightsOf);
    return this.#list;
  }

  /** object_list of Association LN version 3, which tells the protection that attributes and methods ask for. */
  get objectListV3(): readonly ObjectListElementV3[] {
    this.#listV3 ??= this.#listWith(accessRightsV3Of);
    return this.#listV3;
  }

  #listWith<Rights>(rightsOf: (cosemClass: CosemClass, right: ObjectRight) => Rights) {
    return [...this.#objects.values()].map(({ object: { cosemClass, logicalName }, right }) => ({
      classId: cosemClass.classId,
      version: cosemClass.version,
      logicalName,
      accessRights: rightsOf(cosemClass, right),
    }));
  }
}

/** A logical device (Blue Book 4.1.7): a SAP, a name and objects, seen differently by different roles. */
export class LogicalDevice {
  readonly sap: number;
  /** COSEM logical device name, up to 16 octets of ASCII. */
  readonly name: string;
  /** Short names of the objects; a device without any is not served to clients that want them. */
  readonly shortNames: ShortNames | undefined;
  readonly #objects: readonly CosemObject[];
  readonly #access: AccessMatrix;

  /** @throws InvariantError when two objects share a logical name */
  constructor(options: {
    readonly sap: number;
    readonly name: string;
    readonly objects: readonly CosemObject[];
    readonly access: AccessMatrix;
    readonly shortNames?: ShortNames;
  }) {
    this.sap = options.sap;
    this.name = options.name;
    this.#objects = options.objects;
    this.#access = options.access;
    this.shortNames = options.shortNames;
    const names = new Set<LogicalName>();
    for (const { logicalName } of options.objects) {
      if (names.has(logicalName)) throw new InvariantError(`two objects are called ${logicalName}`);
      names.add(logicalName);
    }
  }

  /**
   * The view of a role. `own` are the objects that belong to one association alone, its association object and the
   * alias 0.0.40.0.0.255 among them; they are always readable, and stand in for device objects of the same name.
   */
  view(role: AccessRole, own: (view: ObjectView) => readonly VisibleObject[]): ObjectView {
    const visible = new Map<LogicalName, VisibleObject>();
    const view = new ObjectView(visible);
    const show = ({ object, right }: VisibleObject) =>
      visible.set(object.logicalName, { object, right: { ...right, offers: object.offers } });
    for (const entry of own(view)) show(entry);
    for (const object of this.#objects) {
      const right = this.#access(role, object.logicalName);
      if (right !== undefined && !visible.has(object.logicalName)) show({ object, right });
    }
    return view;
  }
}
