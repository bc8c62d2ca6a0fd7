import { Command } from "commander";
import type { DlmsClient } from "../../client/dlms-client.ts";
import { ObjectReader } from "../../client/object-reader.ts";
import type { LogicalName } from "../../cosem-objects/logical-name.ts";
import { plainValue } from "../../cosem-objects/plain-value.ts";
import { decodeData, encodeData } from "../../dlms/axdr/data.ts";
import type { DlmsData } from "../../dlms/axdr/dlms-data.ts";
import { ConfigError } from "../../errors.ts";
import { parseMethod, parseObject } from "../object-argument.ts";
import { withTargetOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { type TargetOptions, withClient } from "../session.ts";
import { parseTypedValue } from "../typed-value.ts";
import { commandAction } from "./action.ts";
import { deviceView } from "./device-view.ts";

const valueHelp = "JSON in the types of what is there, or type:value such as long-unsigned:900";

/** `dlms set TARGET OBJECT VALUE` */
export function setCommand(): Command {
  return withTargetOptions(new Command("set"))
    .description("write an attribute, and read back what the meter made of it")
    .argument("<target>", "as for dlms read")
    .argument("<object>", "1.0.0.8.0.255, 1-0:0.8.0 or a name; with :attribute for others than the value")
    .argument("<value>", valueHelp)
    .addHelpText("after", "\nExample:\n  dlms set meter:house 1-0:0.9.11 120 --client 1 --auth gmac --ek env:EK --ak env:AK")
    .action(commandAction(set));
}

/** `dlms invoke TARGET OBJECT METHOD [VALUE]` */
export function invokeCommand(): Command {
  return withTargetOptions(new Command("invoke"))
    .description("invoke a method of an object")
    .argument("<target>", "as for dlms read")
    .argument("<object>", "1.0.99.1.0.255, 1-0:99.1.0 or a name")
    .argument("<method>", "its number, or its name in the class")
    .argument("[value]", "type:value such as integer:0, which is what is sent without it")
    .addHelpText("after", "\nExample:\n  dlms invoke meter:house 1-0:99.1.0 reset --client 1 --auth gmac --ek env:EK --ak env:AK")
    .action(commandAction(invoke));
}

async function set(output: Output, options: TargetOptions, target: string, object: string, text: string): Promise<void> {
  await withObject(target, options, output, object, async (client, { classId, ...place }) => {
    const address = { classId, ...place };
    const before = (await client.getMany([address]))[0]?.value;
    await client.setRaw(address, encodeData(parseTypedValue(text, before)));
    const after = (await client.getMany([address]))[0]?.value;
    const plain = (value: DlmsData | undefined) => (value === undefined ? null : plainValue(value));
    output.result(
      { ...place, before: plain(before), after: plain(after) },
      () => `was ${shown(plain(before))}\nis  ${shown(plain(after))}`,
    );
  });
}

async function invoke(
  output: Output,
  options: TargetOptions,
  target: string,
  object: string,
  method: string,
  text = "integer:0",
): Promise<void> {
  const parameter = encodeData(parseTypedValue(text, undefined));
  await withObject(target, options, output, object, async (client, { classId, version, logicalName }) => {
    const returned = await client.invokeRaw({ classId, logicalName, method: parseMethod(method, classId, version) }, parameter);
    const result = returned === undefined ? null : plainValue(decodeData(returned));
    output.result({ logicalName, method, result }, () => (result === null ? "done" : shown(result)));
  });
}

/** @throws ConfigError for an object that the association does not show */
async function withObject(
  target: string,
  options: TargetOptions,
  output: Output,
  object: string,
  run: (
    client: DlmsClient,
    place: { readonly classId: number; readonly version: number; readonly logicalName: LogicalName; readonly attribute: number },
  ) => Promise<void>,
): Promise<void> {
  await withClient(target, options, output, async (client) => {
    const { view, save } = await deviceView(client);
    save();
    const reader = new ObjectReader(client, view);
    const { logicalName, attribute } = parseObject(object, reader);
    const element = reader.find(logicalName);
    if (element === undefined)
      throw new ConfigError("OBJECT", `this client sees no ${logicalName}`, { hint: "dlms objects lists what it sees" });
    await run(client, { classId: element.classId, version: element.version, logicalName, attribute });
  });
}

function shown(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value, (_, part: unknown) => (typeof part === "bigint" ? String(part) : part));
}
