import { existsSync, readFileSync } from "node:fs";
import { expect } from "chai";
import { ByteWriter } from "../../../src/bytes/byte-writer.ts";
import { fromHex, toHex } from "../../../src/bytes/hex.ts";
import type { CosemObject, LinkKind, ObjectContext } from "../../../src/cosem-objects/object.ts";
import { supportedConformance } from "../../../src/dlms/association/negotiation.ts";
import { decodeData } from "../../../src/dlms/axdr/data.ts";
import { objectListFile } from "../../support/object-list-file.ts";

const context: ObjectContext = {
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

/** Objects without a server: attributes are named "0.0.96.20.0.255:2", values are hex. */
export class BareObjects {
  readonly #objects: ReadonlyMap<string, CosemObject>;

  constructor(objects: readonly CosemObject[]) {
    this.#objects = new Map(objects.map((object) => [object.logicalName, object]));
  }

  get names(): readonly string[] {
    return [...this.#objects.keys()];
  }

  /** The octets of an attribute, or why there are none. */
  read(attribute: string): string {
    const [name = "", id] = attribute.split(":");
    const writer = new ByteWriter(256);
    const result = this.#objects.get(name)?.read(Number(id), writer, undefined, context) ?? "object-undefined";
    return result === "success" ? toHex(writer.finish()) : String(result);
  }

  /** The result of writing octets to an attribute. */
  write(attribute: string, octets: string): unknown {
    const [name = "", id] = attribute.split(":");
    return this.#objects.get(name)?.write(Number(id), fromHex(octets), context);
  }

  /** The result of invoking a method, named as an attribute is. */
  invoke(method: string, parameter?: string, link?: LinkKind): unknown {
    return this.#invoke(method, parameter, new ByteWriter(64), link);
  }

  /** The octets that a method returns, or why there are none. */
  returned(method: string, parameter: string): string {
    const writer = new ByteWriter(64);
    const result = this.#invoke(method, parameter, writer);
    return result === "success" ? toHex(writer.finish()) : String(result);
  }

  #invoke(method: string, parameter: string | undefined, writer: ByteWriter, link?: LinkKind): unknown {
    const [name = "", id] = method.split(":");
    const octets = parameter === undefined ? undefined : fromHex(parameter);
    return this.#objects.get(name)?.invoke(Number(id), octets, writer, link === undefined ? context : { ...context, link });
  }

  class(name: string): string {
    const { cosemClass } = this.#objects.get(name) ?? {};
    return `${cosemClass?.classId}/${cosemClass?.version}`;
  }
}

interface Row {
  readonly ln: string;
  readonly class_id: number;
  readonly version: number;
  readonly type: string;
  readonly scaler: string | number;
  readonly unit: string;
}

const types: Readonly<Record<string, string>> = {
  dlu: "double-long-unsigned",
  lu: "long-unsigned",
  l: "long",
  u: "unsigned",
  oct12: "octet-string",
};

/** Declares the test that objects have class, type, scaler and unit of the object list, which lies beside some checkouts. */
export function itFollowsTheObjectList(make: () => BareObjects): void {
  if (!existsSync(objectListFile)) {
    it("has class, version, type, scaler and unit as listed (the list is not beside the checkout)");
    return;
  }
  it("has class, version, type, scaler and unit as listed", () => {
    const rows = new Map((JSON.parse(readFileSync(objectListFile, "utf8")) as readonly Row[]).map((row) => [row.ln, row]));
    const objects = make();
    for (const name of objects.names) {
      const row = rows.get(name);
      expect(row, name).to.not.equal(undefined);
      if (row === undefined) continue;
      expect(objects.class(name), name).to.equal(`${row.class_id}/${row.version}`);
      const type = types[row.type];
      if (type !== undefined) expect(decodeData(fromHex(objects.read(`${name}:2`))).type, name).to.equal(type);
      if (row.class_id !== 3) continue;
      const scalerUnit = Uint8Array.of(0x02, 0x02, 0x0f, Number(row.scaler) & 0xff, 0x16, Number.parseInt(row.unit, 10));
      expect(objects.read(`${name}:3`), name).to.equal(toHex(scalerUnit));
    }
  });
}
