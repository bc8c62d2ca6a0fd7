import { plainValue } from "../../cosem-objects/plain-value.ts";
import { decodeData, encodeData } from "../../dlms/axdr/data.ts";
import { ConfigError } from "../../errors.ts";
import type { CommandOptions } from "../../gateway/commands.ts";
import type { MeterSession } from "../../gateway/meter-session.ts";
import { parseMethod, parseObject } from "../object-argument.ts";
import { parseTypedValue } from "../typed-value.ts";

/** Objects, values and methods in requests are written as on the command line. */
export const requestValues: Pick<CommandOptions, "object" | "write" | "invoke"> = {
  object: (text, session) => parseObject(text, session.reader),
  write: async (session, { logicalName, attribute }, value) => {
    const { classId } = elementOf(session, logicalName);
    const address = { classId, logicalName, attribute };
    const present = (await session.client.getMany([address]))[0]?.value;
    await session.client.setRaw(address, encodeData(parseTypedValue(textOf(value), present)));
  },
  invoke: async (session, logicalName, method, value) => {
    const { classId, version } = elementOf(session, logicalName);
    const parameter = encodeData(parseTypedValue(value === undefined ? "integer:0" : textOf(value), undefined));
    const returned = await session.client.invokeRaw({ classId, logicalName, method: parseMethod(method, classId, version) }, parameter);
    return returned === undefined ? null : plainValue(decodeData(returned));
  },
};

function elementOf({ reader }: MeterSession, logicalName: Parameters<MeterSession["reader"]["find"]>[0]) {
  const element = reader.find(logicalName);
  if (element === undefined) throw new ConfigError("OBJECT", `the gateway sees no ${logicalName} at this meter`);
  return element;
}

/** A text is taken as it is: "long-unsigned:900" names its type. */
function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value ?? null);
}
