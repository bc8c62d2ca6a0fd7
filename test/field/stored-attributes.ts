import type { AttributeAddress, AttributeOutcome, DlmsClient } from "../../src/client/dlms-client.ts";
import { ObjectReader } from "../../src/client/object-reader.ts";
import { accessRightsOf } from "../../src/cosem-objects/access.ts";
import { findClass } from "../../src/cosem-objects/catalogue.ts";
import type { LogicalName } from "../../src/cosem-objects/logical-name.ts";
import { decodeData } from "../../src/dlms/axdr/data.ts";
import type { DlmsData } from "../../src/dlms/axdr/dlms-data.ts";
import { ActionError, DataAccessError, TransportError } from "../../src/errors.ts";

/** A meter that is its attributes, by `logical name:attribute`; it keeps what it was asked to do. */
export class StoredAttributes {
  readonly attributes: Map<string, DlmsData>;
  /** Writes and invocations that reached the meter, in order. */
  readonly done: string[] = [];
  /** Places that it does not let be read, written or invoked. */
  readonly unreadable = new Set<string>();
  readonly refused = new Set<string>();
  /** What it makes of a value. */
  keep = (_place: string, value: DlmsData): DlmsData => value;
  /** Requests it carries out before the cable is pulled; the one after them is carried out, but not answered. */
  left = Number.POSITIVE_INFINITY;
  readonly #classes: Readonly<Record<string, number>>;

  /** @param classes class ids by logical name */
  constructor(attributes: Readonly<Record<string, DlmsData>>, classes: Readonly<Record<string, number>>) {
    this.attributes = new Map(Object.entries(attributes));
    this.#classes = classes;
  }

  readonly client = {
    getMany: async (addresses: readonly AttributeAddress[]): Promise<readonly AttributeOutcome[]> => {
      this.#answered();
      return addresses.map(({ logicalName, attribute }) => {
        const place = `${logicalName}:${attribute}`;
        if (this.unreadable.has(place)) return { error: "read-write-denied" };
        const value = this.attributes.get(place);
        return value === undefined ? { error: "object-undefined" } : { value };
      });
    },
    setRaw: async ({ logicalName, attribute }: AttributeAddress, octets: Uint8Array): Promise<void> => {
      const place = `${logicalName}:${attribute}`;
      this.done.push(place);
      if (this.refused.has(place)) throw new DataAccessError("read-write-denied", `SET ${place}`);
      this.attributes.set(place, this.keep(place, decodeData(octets)));
      this.#answered();
    },
    invokeRaw: async ({ logicalName, method }: { readonly logicalName: LogicalName; readonly method: number }): Promise<undefined> => {
      const place = `${logicalName}.${method}`;
      this.done.push(place);
      if (this.refused.has(place)) throw new ActionError("read-write-denied", `ACTION ${place}`);
      this.#answered();
    },
  } satisfies Pick<DlmsClient, "getMany" | "setRaw" | "invokeRaw">;

  /** A reader with a view that shows everything. */
  get reader(): ObjectReader {
    const objects = Object.entries(this.#classes).map(([logicalName, classId]) => {
      const cosemClass = findClass(classId);
      const accessRights = cosemClass && accessRightsOf(cosemClass, { read: true, write: true, invoke: true });
      return {
        classId,
        version: cosemClass?.version ?? 0,
        logicalName: logicalName as LogicalName,
        accessRights: accessRights ?? { attributeAccess: [], methodAccess: [] },
      };
    });
    return new ObjectReader(this.client as unknown as DlmsClient, { objects, scalers: new Map() });
  }

  #answered(): void {
    this.left -= 1;
    if (this.left < 0) throw new TransportError("closed", "the cable was pulled");
  }
}
