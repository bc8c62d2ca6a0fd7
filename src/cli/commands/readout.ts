import { Command } from "commander";
import { parseDataSets } from "../../optical/data-set.ts";
import { realTimers } from "../../session/timers.ts";
import { type CommonOptions, parseNumber, withCommonOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { commandAction } from "./action.ts";

interface ReadoutOptions extends CommonOptions {
  readonly address?: string;
  readonly maxBaud?: number;
  readonly wakeUp?: boolean;
}

/** `dlms readout PORT` */
export function readoutCommand(): Command {
  return withCommonOptions(new Command("readout"))
    .description("take the readout of a meter through an optical probe (IEC 62056-21, modes A to C)")
    .argument("<port>", "serial port of the probe")
    .option("--address <text>", "address of the device; without it any answers")
    .option("--max-baud <rate>", "fastest that the probe manages (9600)", parseNumber("--max-baud", 300, 115_200))
    .option("--wake-up", "wake a battery meter first")
    .addHelpText("after", "\nExample:\n  dlms readout /dev/ttyUSB0 --json")
    .action(commandAction(readout));
}

async function readout(output: Output, { address, maxBaud, wakeUp }: ReadoutOptions, path: string): Promise<void> {
  // Loaded here, so that nobody else needs a serial port.
  const { openOpticalPort } = await import("../../optical/open-optical.ts");
  const { line, result } = await openOpticalPort({
    path,
    want: "readout",
    timers: realTimers,
    ...(address !== undefined && { address }),
    ...(maxBaud !== undefined && { maxBaudRate: maxBaud }),
    ...(wakeUp !== undefined && { wakeUp }),
  });
  await line.close();
  if (result.type !== "readout") return;
  const { manufacturer, ident } = result.identification;
  // The last line is the end mark.
  const data = result.data.replace(/!\s*$/, "").replaceAll("\r", "").trimEnd();
  output.result({ manufacturer, ident, dataSets: parseDataSets(data) }, () => `${manufacturer} ${ident}\n${data}`);
}
