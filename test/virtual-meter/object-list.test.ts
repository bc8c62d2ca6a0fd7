import { existsSync, readFileSync } from "node:fs";
import { expect } from "chai";
import { ByteReader } from "../../src/bytes/byte-reader.ts";
import { ByteWriter } from "../../src/bytes/byte-writer.ts";
import { attributeById } from "../../src/cosem-objects/define.ts";
import type { ObjectContext } from "../../src/cosem-objects/object.ts";
import { unitSymbol } from "../../src/cosem-objects/unit.ts";
import { supportedConformance } from "../../src/dlms/association/negotiation.ts";
import { readData } from "../../src/dlms/axdr/data.ts";
import type { DlmsData } from "../../src/dlms/axdr/dlms-data.ts";
import { meterObjects } from "../../src/virtual-meter/virtual-meter.ts";
import { objectListFile } from "../support/object-list-file.ts";
import { identity, sampleMeter } from "../support/sample-meter.ts";

interface Row {
  readonly ln: string;
  readonly class_id: number;
  readonly version: number;
  readonly name: string;
  readonly type: string;
  readonly scaler: string | number;
  readonly unit: string;
}

/** The types that the list names for the value attribute. */
const types: Readonly<Record<string, readonly DlmsData["type"][]>> = {
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

/** Where the list tells the type of another attribute than the second: times of a schedule, content of a table. */
const valueAttributes: Readonly<Record<number, number>> = { 22: 4, 26: 4 };

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

describe("The objects of the virtual meter beside the object list", () => {
  const objects = new Map<string, ReturnType<typeof meterObjects>[number]>(
    meterObjects(sampleMeter(40 * 86_400_000), identity).map((object) => [object.logicalName, object]),
  );
  const read = (logicalName: string, attribute: number): DlmsData | string => {
    const writer = new ByteWriter(1024);
    const result = objects.get(logicalName)?.read(attribute, writer, undefined, context);
    return result === "success" ? readData(new ByteReader(writer.finish())) : String(result);
  };

  if (!existsSync(objectListFile)) {
    it("have class, version, type, scaler and unit as listed (the list is not beside the checkout)");
  } else {
    const rows = JSON.parse(readFileSync(objectListFile, "utf8")) as readonly Row[];
    it("are none that the list does not know", () => {
      const listed = new Set(rows.map(({ ln }) => ln));
      expect([...objects.keys()].filter((name) => !listed.has(name))).to.deep.equal([]);
    });

    it("have class, version, type, scaler and unit as listed", () => {
      const wrong: string[] = [];
      let compared = 0;
      for (const { ln, class_id, version, type, scaler, unit } of rows) {
        const object = objects.get(ln);
        if (object === undefined) continue;
        compared += 1;
        const { cosemClass } = object;
        if (cosemClass.classId !== class_id || cosemClass.version !== version)
          wrong.push(`${ln}: class ${cosemClass.classId} version ${cosemClass.version}`);
        for (const { id } of Object.values(cosemClass.attributes)) {
          const value = read(ln, id);
          if (typeof value === "string") wrong.push(`${ln}:${id} (${attributeById(cosemClass, id)?.name}): ${value}`);
        }
        const value = read(ln, valueAttributes[class_id] ?? 2);
        const expected = types[type];
        if (expected !== undefined && typeof value !== "string" && !expected.includes(value.type))
          wrong.push(`${ln}: ${value.type} for ${type}`);
        if (typeof scaler !== "number" || ![3, 4, 5].includes(class_id)) continue;
        const scalerUnit = read(ln, class_id === 5 ? 4 : 3);
        const [actualScaler, actualUnit] = typeof scalerUnit === "object" && scalerUnit.type === "structure" ? scalerUnit.value : [];
        const listedUnit = Number(unit.split(" ")[0]);
        if (actualScaler?.value !== scaler || actualUnit?.value !== listedUnit)
          wrong.push(`${ln}: scaler ${String(actualScaler?.value)} unit ${unitSymbol(Number(actualUnit?.value))} for ${scaler} ${unit}`);
      }
      expect(wrong).to.deep.equal([]);
      expect(compared).to.be.greaterThan(190);
    });
  }
});
