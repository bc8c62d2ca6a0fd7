import { Command } from "commander";
import { ObjectReader } from "../../client/object-reader.ts";
import { findClass } from "../../cosem-objects/catalogue.ts";
import type { ObjectListElement } from "../../cosem-objects/classes/association-ln.ts";
import { attributeById, methodById } from "../../cosem-objects/define.ts";
import { formatObis } from "../../cosem-objects/logical-name.ts";
import { nameOf } from "../../cosem-objects/names.ts";
import { withTargetOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { displayValue, type ReadingJson, readingToJson } from "../readings.ts";
import { type TargetOptions, withClient } from "../session.ts";
import { formatTable } from "../table.ts";
import { commandAction } from "./action.ts";
import { deviceView } from "./device-view.ts";

/** `dlms objects TARGET [--values]` */
export function objectsCommand(): Command {
  return withTargetOptions(new Command("objects"))
    .description("list what the association shows: objects, names, access rights")
    .argument("<target>", "tcp://host:port, hdlc://host:port or meter:NAME")
    .option("--values", "read every attribute that may be read")
    .addHelpText("after", "\nExample:\n  dlms objects tcp://127.0.0.1:4059 --client 2 --auth lls --password env:METER_PASSWORD --values")
    .action(commandAction(objects));
}

interface MemberJson {
  readonly id: number;
  readonly name: string;
  readonly access: string;
}

interface ObjectJson {
  readonly logicalName: string;
  readonly classId: number;
  readonly version: number;
  readonly name: string;
  /** In an association with short names. */
  readonly baseName?: number;
  readonly attributes: readonly (MemberJson & Partial<Omit<ReadingJson, "name">>)[];
  readonly methods: readonly MemberJson[];
}

async function objects(output: Output, options: TargetOptions & { readonly values?: boolean }, target: string): Promise<void> {
  await withClient(target, options, output, async (client) => {
    const { view, save } = await deviceView(client);
    const listed = view.objects.map((object) => describe(object, view.baseNames?.get(object.logicalName)));
    if (options.values !== true) {
      save();
      output.result(listed, () => table(listed, output.width));
      return;
    }
    const reader = new ObjectReader(client, view);
    const readings = (await reader.read(reader.readable())).map(readingToJson);
    save();
    const valued = listed.map((object) => withValues(object, readings));
    output.result(valued, () => valueTable(valued, readings, output.width));
  });
}

function describe({ classId, version, logicalName, accessRights }: ObjectListElement, baseName: number | undefined): ObjectJson {
  const cosemClass = findClass(classId, version);
  return {
    logicalName,
    classId,
    version,
    name: nameOf(logicalName) ?? cosemClass?.name ?? formatObis(logicalName),
    ...(baseName === undefined ? {} : { baseName }),
    attributes: accessRights.attributeAccess.map(({ attributeId, accessMode }) => ({
      id: attributeId,
      name: (cosemClass && attributeById(cosemClass, attributeId)?.name) ?? `attribute ${attributeId}`,
      access: attributeAccess(accessMode),
    })),
    methods: accessRights.methodAccess.map(({ methodId, accessMode }) => ({
      id: methodId,
      name: (cosemClass && methodById(cosemClass, methodId)?.name) ?? `method ${methodId}`,
      access: accessMode === "no-access" || accessMode === 0 ? "-" : "x",
    })),
  };
}

function attributeAccess(mode: string | number): string {
  const text = String(mode);
  const access = `${text.includes("read") ? "r" : ""}${text.includes("write") ? "w" : ""}`;
  return access === "" ? "-" : access;
}

function withValues(object: ObjectJson, readings: readonly ReadingJson[]): ObjectJson {
  return {
    ...object,
    attributes: object.attributes.map((attribute) => {
      const reading = readings.find((candidate) => candidate.logicalName === object.logicalName && candidate.attribute === attribute.id);
      if (reading === undefined) return attribute;
      const { value, unit, raw, type, error } = reading;
      return { ...attribute, ...(error === undefined ? { value, ...(unit === undefined ? {} : { unit }), raw, type } : { error }) };
    }) as ObjectJson["attributes"],
  };
}

function table(listed: readonly ObjectJson[], width: number | undefined): string {
  const named = listed.some(({ baseName }) => baseName !== undefined);
  return formatTable(
    [
      { title: "Object" },
      ...(named ? [{ title: "Base" }] : []),
      { title: "Class", align: "right" },
      { title: "Name" },
      { title: "Attributes" },
      { title: "Methods" },
    ],
    listed.map(({ logicalName, classId, version, name, baseName, attributes, methods }) => [
      formatObis(logicalName as `${number}.${number}.${number}.${number}.${number}.${number}`),
      ...(named ? [baseName?.toString(16).toUpperCase().padStart(4, "0") ?? ""] : []),
      `${classId}/${version}`,
      name,
      attributes.map(({ id, access }) => `${id}${access}`).join(" "),
      methods.map(({ id, access }) => `${id}${access}`).join(" "),
    ]),
    { width },
  );
}

function valueTable(listed: readonly ObjectJson[], readings: readonly ReadingJson[], width: number | undefined): string {
  const rows = listed.flatMap((object) =>
    object.attributes.flatMap((attribute) => {
      const reading = readings.find((candidate) => candidate.logicalName === object.logicalName && candidate.attribute === attribute.id);
      return reading === undefined
        ? []
        : [[reading.obis, String(attribute.id), object.name, attribute.name, displayValue(reading), reading.unit ?? ""]];
    }),
  );
  return formatTable(
    [
      { title: "Object" },
      { title: "Attr", align: "right" },
      { title: "Name" },
      { title: "Attribute" },
      { title: "Value" },
      { title: "Unit" },
    ],
    rows,
    { width },
  );
}
