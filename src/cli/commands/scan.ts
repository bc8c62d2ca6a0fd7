import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { addMeter, meterEntryText } from "../../config/add-meter.ts";
import { ConfigError, TransportError } from "../../errors.ts";
import { type CommonOptions, withCommonOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { type Attempt, firstOf } from "../scan/scan.ts";
import { type Way, waysOverNetwork, waysOverPort } from "../scan/ways.ts";
import { commandAction } from "./action.ts";

interface ScanOptions extends CommonOptions {
  readonly serialNumber?: string;
  readonly save?: string;
}

const portFolder = "/dev/serial/by-id";

/** `dlms scan [PORT or HOST]` */
export function scanCommand(): Command {
  return withCommonOptions(new Command("scan"))
    .description("find how a meter wants to be talked to, and print its entry for the address book")
    .argument("[place]", "a serial port, or a host with or without a port; all serial ports without it")
    .option("--serial-number <digits>", "what is printed on the meter: some make their HDLC address of it")
    .option("--save <file>", "put the entry into this address book")
    .addHelpText("after", "\nExamples:\n  dlms scan /dev/ttyUSB0 --save config/meters.yaml\n  dlms scan 10.0.0.7")
    .action(commandAction(scan));
}

async function scan(output: Output, options: ScanOptions, place?: string): Promise<void> {
  for (const ways of placesOf(place, options.serialNumber)) {
    const found = await firstOf(ways, (attempt) => tell(output, attempt));
    if (found === undefined || found.found === "nothing") continue;
    const { target } = found.way;
    const id = found.found === "meter" ? found.id.replaceAll(/[\s+#/]/g, "-") : "meter";
    if (options.save !== undefined) output.note(`${addMeter(options.save, { id, target })} ${id} in ${options.save}`);
    const serialNumber = found.found === "meter" ? found.serialNumber : undefined;
    output.result({ id, target, client: 16, ...(serialNumber !== undefined && { serialNumber }) }, () => meterEntryText({ id, target }));
    return;
  }
  throw new TransportError("timeout", "no meter was found", {
    hint: "check the probe or the cable, give --serial-number as printed on the meter, or look at the octets with --trace hex",
  });
}

/** The ways of each place that is to be looked at. */
function placesOf(place: string | undefined, serialNumber: string | undefined): readonly (readonly Way[])[] {
  if (place === undefined) return portsOfMachine().map((port) => waysOverPort(port, serialNumber));
  if (place.startsWith("/") || /^COM\d+$/i.test(place)) return [waysOverPort(place, serialNumber)];
  const [, host = place, port] = /^(.*?)(?::(\d{1,5}))?$/.exec(place) ?? [];
  return [waysOverNetwork(host, port === undefined ? undefined : Number(port))];
}

function portsOfMachine(): readonly string[] {
  const ports = existsSync(portFolder) ? readdirSync(portFolder).map((name) => join(portFolder, name)) : [];
  if (ports.length === 0) {
    throw new ConfigError("PLACE", `expected a serial port or a host, and ${portFolder} has none`, {
      hint: "plug the probe in, or name a port or host, as in dlms scan /dev/ttyUSB0",
    });
  }
  return ports;
}

function tell(output: Output, { way, ...outcome }: Attempt): void {
  if (outcome.found === "meter") output.note(`${way.target}: ${outcome.id}`);
  else output.note(`${way.target}: ${outcome.reason}`);
}
