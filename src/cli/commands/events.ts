import { Command } from "commander";
import { ObjectReader } from "../../client/object-reader.ts";
import { type LogicalName, tryParseLogicalName } from "../../cosem-objects/logical-name.ts";
import { plainValue } from "../../cosem-objects/plain-value.ts";
import { ConfigError, DataAccessError } from "../../errors.ts";
import { withTargetOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { displayPlain } from "../readings.ts";
import { type EventJson, eventLogsOf, logNameOf, logNames, readEvents } from "../report/event-rows.ts";
import { type TargetOptions, withClient } from "../session.ts";
import { formatTable } from "../table.ts";
import { commandAction } from "./action.ts";
import { deviceView } from "./device-view.ts";

/** `dlms events TARGET [LOG...]` */
export function eventsCommand(): Command {
  return withTargetOptions(new Command("events"))
    .description("read event logs, with what their codes mean; without LOG all of them")
    .argument("<target>", "tcp://host:port, hdlc://host:port or meter:NAME")
    .argument("[logs...]", `${Object.keys(logNames).join(", ")} or a logical name`)
    .addHelpText("after", "\nExample:\n  dlms events tcp://127.0.0.1:4059 fraud credit --client 2 --auth lls --password env:METER_PASSWORD")
    .action(commandAction(events));
}

const logicalDeviceName = { logicalName: "0.0.42.0.0.255", attribute: 2 } as const;

async function events(output: Output, options: TargetOptions, target: string, names: readonly string[]): Promise<void> {
  const wanted = names.map(logOf);
  await withClient(target, options, output, async (client) => {
    const { view, save } = await deviceView(client);
    const reader = new ObjectReader(client, view);
    const [name] = await reader.read([logicalDeviceName]);
    const device = name?.value && String(plainValue(name.value));
    const rows: EventJson[] = [];
    const refused: LogicalName[] = [];
    for (const log of wanted.length > 0 ? wanted : eventLogsOf(view.objects)) {
      try {
        rows.push(...(await readEvents(client, reader, log, { kind: "all" }, device)));
      } catch (error) {
        // A log that was asked for by name is worth a failure; of all, those that can be read are.
        if (wanted.length > 0 || !(error instanceof DataAccessError)) throw error;
        refused.push(log);
      }
    }
    save();
    output.result(rows, () => table(rows, output.width));
    if (refused.length > 0) output.note(`not shown to client ${client.context.clientSap}: ${refused.map(logNameOf).join(", ")}`);
  });
}

/** @throws ConfigError */
function logOf(text: string): LogicalName {
  const known = Object.hasOwn(logNames, text) ? logNames[text] : tryParseLogicalName(text);
  if (known !== undefined) return known;
  throw new ConfigError("LOG", `${JSON.stringify(text)} is no event log`, {
    hint: `use ${Object.keys(logNames).join(", ")} or a logical name`,
  });
}

function table(rows: readonly EventJson[], width: number | undefined): string {
  return formatTable(
    [{ title: "Time" }, { title: "Log" }, { title: "Code", align: "right" }, { title: "Event" }, { title: "Details" }],
    rows.map(({ at, log, code, event, details }) => [at ?? "-", log, code === null ? "" : String(code), event ?? "", detailsOf(details)]),
    { width },
  );
}

function detailsOf(details: EventJson["details"]): string {
  return Object.entries(details)
    .map(([name, value]) => `${name} ${displayPlain(value)}`)
    .join(", ");
}
