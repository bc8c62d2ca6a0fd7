import { ByteWriter } from "../bytes/byte-writer.ts";
import type { CaptureObject } from "../cosem-objects/capture-object.ts";
import type { LogicalName } from "../cosem-objects/logical-name.ts";
import type { CosemObject, ObjectContext } from "../cosem-objects/object.ts";
import { supportedConformance } from "../dlms/association/negotiation.ts";
import { decodeData } from "../dlms/axdr/data.ts";
import type { DlmsData } from "../dlms/axdr/dlms-data.ts";
import type { AccessSelection } from "../dlms/xdlms/selective-access.ts";
import { InvariantError } from "../errors.ts";

/** Stands for the association where the meter itself reads and acts. */
export const ownContext: ObjectContext = {
  association: {
    clientSap: 1,
    serverSap: 1,
    applicationContext: "logical-name",
    referencing: "logical-name",
    mechanism: "none",
    conformance: supportedConformance,
    clientMaxReceivePduSize: 0xffff,
    serverMaxReceivePduSize: 0xffff,
  },
};

const nothing: DlmsData = { type: "null-data", value: null };

/** Lists that show each other lead no further than this. */
const deepest = 3;

/** The objects of the device, for those that refer to others: lists, scripts, pushes. */
export class DeviceObjects {
  readonly #objects = new Map<LogicalName, CosemObject>();
  #depth = 0;

  /** Adds objects, in the order in which they are listed. @throws InvariantError for a name that there is already */
  add(objects: readonly CosemObject[]): void {
    for (const object of objects) {
      if (this.#objects.has(object.logicalName)) throw new InvariantError(`two objects are called ${object.logicalName}`);
      this.#objects.set(object.logicalName, object);
    }
  }

  get all(): readonly CosemObject[] {
    return [...this.#objects.values()];
  }

  /** Undefined where there is none of this class and name. */
  find(classId: number, logicalName: LogicalName): CosemObject | undefined {
    const object = this.#objects.get(logicalName);
    return object?.cosemClass.classId === classId ? object : undefined;
  }

  /** A part of an attribute; null-data where there is none to be read. */
  select(object: CosemObject, attribute: number, selection: AccessSelection | undefined, context: ObjectContext = ownContext): DlmsData {
    if (this.#depth >= deepest) return nothing;
    const writer = new ByteWriter(256);
    this.#depth += 1;
    try {
      return object.read(attribute, writer, selection, context) === "success" ? decodeData(writer.finish()) : nothing;
    } finally {
      this.#depth -= 1;
    }
  }

  /** The attribute, or the element of it that the data index names; null-data where there is none to be read. */
  read({ classId, logicalName, attribute, dataIndex }: CaptureObject, context: ObjectContext = ownContext): DlmsData {
    const object = this.find(classId, logicalName);
    if (object === undefined) return nothing;
    const value = this.select(object, attribute, undefined, context);
    return dataIndex === 0 ? value : elementOf(value, dataIndex);
  }
}

/** Elements are counted from 1 (Blue Book 4.3.6). */
function elementOf(value: DlmsData, dataIndex: number): DlmsData {
  return value.type === "structure" || value.type === "array" ? (value.value[dataIndex - 1] ?? nothing) : nothing;
}
