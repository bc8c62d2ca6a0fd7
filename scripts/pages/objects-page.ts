import { cosemClasses } from "../../src/cosem-objects/catalogue.ts";
import type { AttributeDefinition, MethodDefinition } from "../../src/cosem-objects/define.ts";
import { formatObis } from "../../src/cosem-objects/logical-name.ts";
import { nameOf } from "../../src/cosem-objects/names.ts";
import type { CosemObject } from "../../src/cosem-objects/object.ts";
import { defaultMeterConfig, initialState, Meter, syntheticLoad } from "../../src/meter-model/index.ts";
import { meterAccess } from "../../src/virtual-meter/roles.ts";
import { meterObjects } from "../../src/virtual-meter/virtual-meter.ts";

const roles = ["public", "reader", "technician", "management", "vending"] as const;

/** docs/objects.md: every class, every object of the virtual meter, and who may do what with it. */
export function objectsPage(): string {
  return [
    "# Classes and objects",
    "",
    "Generated from `src/cosem-objects/classes` and `src/virtual-meter` by `npm run docs:pages`.",
    "",
    "## Interface classes",
    ...cosemClasses.flatMap(({ classId, version, name, attributes, methods }) => [
      "",
      `### ${name}, class ${classId} version ${version}`,
      "",
      "| attribute | name | type | access | selectors | what it is |",
      "|---|---|---|---|---|---|",
      ...Object.entries(attributes).map(([key, definition]) => attributeRow(key, definition)),
      ...(Object.keys(methods).length === 0
        ? []
        : [
            "",
            "| method | name | parameter | what it does |",
            "|---|---|---|---|",
            ...Object.entries(methods).map(([key, definition]) => methodRow(key, definition)),
          ]),
    ]),
    "",
    "## Objects of the virtual meter",
    "",
    "Rights: `r` read, `w` write the configurable attributes, `x` invoke the methods. Every association also shows itself, as",
    "`0-0:40.0.0*255` and under its own name.",
    "",
    `| object | class | name | ${roles.join(" | ")} |`,
    `|---|---|---|${roles.map(() => "---|").join("")}`,
    ...sampleObjects().map(objectRow),
    "",
  ].join("\n");
}

function attributeRow(key: string, { id, schema, access, selectors, description }: AttributeDefinition): string {
  return `| ${id} | ${key} | ${schema.type.name} | ${access} | ${selectors?.join(", ") ?? ""} | ${description} |`;
}

function methodRow(key: string, { id, parameter, description }: MethodDefinition): string {
  return `| ${id} | ${key} | ${parameter.type.name} | ${description} |`;
}

function objectRow({ logicalName, cosemClass }: CosemObject): string {
  const rights = roles.map((role) => {
    const right = meterAccess(role, logicalName);
    return right === undefined ? "-" : `${right.read ? "r" : ""}${right.write ? "w" : ""}${right.invoke ? "x" : ""}`;
  });
  return `| ${formatObis(logicalName)} | ${cosemClass.classId}/${cosemClass.version} | ${(nameOf(logicalName) ?? "").replaceAll("|", "\\|")} | ${rights.join(" | ")} |`;
}

/** The objects do not depend on what the meter measures. */
function sampleObjects(): readonly CosemObject[] {
  const meter = new Meter(
    defaultMeterConfig,
    initialState(defaultMeterConfig, 0),
    syntheticLoad({ seed: 1, zone: defaultMeterConfig.zone }),
  );
  return meterObjects(meter, {
    logicalDeviceName: "DGW0000000000001",
    managementSap: 1,
    serialNumber: "1",
    decoderReferenceNumber: "01234567897",
    model: "",
    manufacturerName: "",
    firmware: { metrology: "", application: "", communication: "C1" },
    productCode: "S-1",
    productionDate: "2026-01-02",
    parameterRecord: "1",
    tariffProgram: "1",
    pulseConstant: 1000,
    rating: { voltage: 0, basicCurrent: 0, maximumCurrent: 0, frequency: 0 },
  });
}
