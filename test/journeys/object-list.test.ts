import { existsSync, readFileSync } from "node:fs";
import { expect } from "chai";
import { ByteReader } from "../../src/bytes/byte-reader.ts";
import { findClass } from "../../src/cosem-objects/catalogue.ts";
import { AssociationLn } from "../../src/cosem-objects/classes/association-ln.ts";
import type { CosemClass } from "../../src/cosem-objects/define.ts";
import { type LogicalName, logicalNameToBytes } from "../../src/cosem-objects/logical-name.ts";
import type { GetResult } from "../../src/dlms/association/services.ts";
import { decodeData } from "../../src/dlms/axdr/data.ts";
import { DlmsError } from "../../src/errors.ts";
import { hour } from "../../src/meter-model/index.ts";
import type { DirectClient } from "../support/direct-client.ts";
import { objectListFile } from "../support/object-list-file.ts";
import { roleClient } from "../support/role-client.ts";
import { SecuredMeter } from "../support/secured-meter.ts";

interface Row {
  readonly ln: LogicalName;
  readonly class_id: number;
  readonly version: number;
  readonly type: string;
  readonly scaler: string | number;
  readonly unit: string;
  readonly access: string;
}

/** The columns of access, in their order. */
const roles = ["public", "reader", "technician", "management", "vending"] as const;

/** The types that the list names, and the attribute that has them. */
const types: Readonly<Record<string, readonly string[]>> = {
  dlu: ["double-long-unsigned"],
  dl: ["double-long"],
  lu: ["long-unsigned"],
  l: ["long"],
  u: ["unsigned"],
  enum: ["enum"],
  bool: ["boolean"],
  oct: ["octet-string"],
  oct12: ["octet-string"],
  "oct(16)": ["octet-string"],
  arr: ["array", "compact-array"],
};
const typedAttributes: Readonly<Record<number, number>> = { 15: 2, 22: 4, 26: 4 };

async function read(
  client: DirectClient,
  { class_id: classId, ln }: Pick<Row, "class_id" | "ln">,
  attributeId: number,
): Promise<Uint8Array | string> {
  const attribute = { classId, logicalName: logicalNameToBytes(ln), attributeId };
  const results = await client.request({ service: "get", list: false, attributes: [{ attribute, selection: undefined }] });
  if (results instanceof DlmsError) return results.code;
  const [result] = results as [GetResult];
  return result.data ?? String(result.error);
}

describe("The object list, through each association", function () {
  this.timeout(60_000);
  if (!existsSync(objectListFile)) {
    it("is served as it is listed (the list is not beside the checkout)");
    return;
  }
  const rows = JSON.parse(readFileSync(objectListFile, "utf8")) as readonly Row[];

  for (const [column, role] of roles.entries()) {
    it(`is served to ${role} as it is listed: every object, attribute, type, scaler and unit`, async () => {
      const device = new SecuredMeter();
      device.meter.advance(device.meter.now + 26 * hour);
      const client = roleClient(device, role).associate();
      const wrong: string[] = [];
      let attributes = 0;
      const list = await read(client, { class_id: 15, ln: "0.0.40.0.0.255" }, 2);
      const announced = new Map(
        AssociationLn.attributes.objectList.schema
          .read(new ByteReader(list as Uint8Array))
          .map((element) => [element.logicalName as string, element]),
      );
      for (const row of rows) {
        const access = row.access.split("|")[column] ?? "-";
        // A client always sees its own association and the one in use.
        const visible = access !== "-" || (row.class_id === 15 && announced.has(row.ln));
        const element = announced.get(row.ln);
        if ((access !== "-") !== (element !== undefined) && row.class_id !== 15)
          wrong.push(`${row.ln}: ${element ? "" : "not "}in the object list`);
        if (element !== undefined && (element.classId !== row.class_id || element.version !== row.version))
          wrong.push(`${row.ln}: another class`);
        const cosemClass = findClass(row.class_id, row.version) as CosemClass;
        for (const { id, access: kind } of Object.values(cosemClass.attributes)) {
          const value = await read(client, row, id);
          attributes += 1;
          if (typeof value === "string") {
            if (visible && kind !== "w") wrong.push(`${row.ln}:${id}: ${value}`);
            continue;
          }
          if (!visible) wrong.push(`${row.ln}:${id}: shown`);
          const expected = types[row.type];
          if (id === (typedAttributes[row.class_id] ?? 2) && expected !== undefined && !expected.includes(decodeData(value).type))
            wrong.push(`${row.ln}:${id}: ${decodeData(value).type} for ${row.type}`);
          if (typeof row.scaler === "number" && id === scalerAttributes[row.class_id]) {
            const scalerUnit = decodeData(value);
            const parts = scalerUnit.type === "structure" ? scalerUnit.value.map((part) => part.value) : [];
            if (parts[0] !== row.scaler || parts[1] !== Number(row.unit.split(" ")[0])) wrong.push(`${row.ln}:${id}: ${parts.join(" ")}`);
          }
        }
        const granted = element?.accessRights;
        if (granted === undefined || row.class_id === 15) continue;
        const writes = granted.attributeAccess.some(({ accessMode }) => String(accessMode).includes("write"));
        if (writes && !access.includes("w")) wrong.push(`${row.ln}: may be written`);
        const acts = granted.methodAccess.some(({ accessMode }) => accessMode !== "no-access");
        if (acts && !access.includes("x")) wrong.push(`${row.ln}: has methods`);
      }
      expect(wrong).to.deep.equal([]);
      expect(attributes).to.be.greaterThan(1000);
      client.close();
    });
  }
});

/** Where scaler and unit are. */
const scalerAttributes: Readonly<Record<number, number>> = { 3: 3, 4: 3, 5: 4 };
