import { Command } from "commander";
import type { AttributeReading } from "../../client/object-reader.ts";
import { ObjectReader } from "../../client/object-reader.ts";
import { instantOf } from "../../gateway/readings.ts";
import { parseObject } from "../object-argument.ts";
import { withTargetOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { displayValue, type ReadingJson, readingToJson } from "../readings.ts";
import { type TargetOptions, withClient } from "../session.ts";
import { summary } from "../summary.ts";
import { formatTable } from "../table.ts";
import { commandAction } from "./action.ts";
import { deviceView } from "./device-view.ts";

/** `dlms read TARGET [OBJECT...]` */
export function readCommand(): Command {
  return withTargetOptions(new Command("read"))
    .description("read attributes; without OBJECT the summary: identity, clock, energy, power, relay, credit, alarms")
    .argument("<target>", "tcp://host:port, hdlc://host:port or meter:NAME")
    .argument("[objects...]", "1.0.1.8.0.255, 1-0:1.8.0 or a name; with :attribute for others than the value")
    .addHelpText(
      "after",
      "\nExample:\n  dlms read tcp://127.0.0.1:4059 --client 2 --auth lls --password env:METER_PASSWORD\n  dlms read meter:house 1-0:1.8.0 clock:status",
    )
    .action(commandAction(read));
}

async function read(output: Output, options: TargetOptions, target: string, objects: readonly string[]): Promise<void> {
  await withClient(target, options, output, async (client) => {
    const { view, save } = await deviceView(client);
    const reader = new ObjectReader(client, view);
    if (objects.length > 0) {
      const readings = await reader.read(objects.map((object) => parseObject(object, reader)));
      save();
      show(output, readings);
      const refused = readings.filter(({ error }) => error !== undefined);
      if (refused.length === readings.length) process.exitCode = 1;
      return;
    }
    const items = summary.flatMap((group) => group.items).filter(({ logicalName }) => reader.find(logicalName) !== undefined);
    const readings = await reader.read(items);
    save();
    show(output, readings);
    noteHidden(output, reader, client.context.clientSap);
  });
}

function show(output: Output, readings: readonly AttributeReading[]): void {
  const rows = readings.map(readingToJson);
  output.result(rows, () => {
    const table = formatTable(
      [{ title: "Object" }, { title: "Value", align: "right" }, { title: "Unit" }, { title: "OBIS" }],
      rows.map((row) => [row.name, displayValue(row), row.unit ?? "", obisOf(row)]),
      { width: output.width },
    );
    const drift = driftLine(readings);
    return drift === undefined ? table : `${table}\n${drift}`;
  });
}

function obisOf({ obis, attribute }: ReadingJson): string {
  return attribute === 2 ? obis : `${obis}:${attribute}`;
}

/** How far the meter's clock is from this machine's, where the clock was read. */
function driftLine(readings: readonly AttributeReading[]): string | undefined {
  const instant = instantOf(readings.find(({ classId, attribute }) => classId === 8 && attribute === 2));
  if (instant === undefined) return undefined;
  const seconds = Math.round((instant - Date.now()) / 1000);
  return `Clock drift: ${seconds > 0 ? "+" : ""}${seconds} s against this computer`;
}

/** What the client may not see is named once, with the flags that would show it. */
function noteHidden(output: Output, reader: ObjectReader, clientSap: number): void {
  const hidden = summary.filter(({ items }) => items.every(({ logicalName }) => reader.find(logicalName) === undefined));
  if (hidden.length === 0) return;
  const advice = clientSap === publicClient ? "; try --client 2 --auth lls --password env:NAME" : "";
  output.note(`not shown to client ${clientSap}: ${hidden.map(({ group }) => group).join(", ")}${advice}`);
}

const publicClient = 16;
