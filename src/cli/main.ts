#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import { ConfigError } from "../errors.ts";
import { outputFor } from "./commands/action.ts";
import { benchCommand } from "./commands/bench.ts";
import { clockCommand } from "./commands/clock.ts";
import { decodeCommand } from "./commands/decode.ts";
import { demoCommand } from "./commands/demo.ts";
import { diagnoseCommand } from "./commands/diagnose.ts";
import { eventsCommand } from "./commands/events.ts";
import { gatewayCommand } from "./commands/gateway.ts";
import { keypadCommand } from "./commands/keypad.ts";
import { keysCommand } from "./commands/keys.ts";
import { meterCommand } from "./commands/meter.ts";
import { objectsCommand } from "./commands/objects.ts";
import { profileCommand } from "./commands/profile.ts";
import { readCommand } from "./commands/read.ts";
import { readoutCommand } from "./commands/readout.ts";
import { relayCommand } from "./commands/relay.ts";
import { reportCommand } from "./commands/report.ts";
import { scanCommand } from "./commands/scan.ts";
import { invokeCommand, setCommand } from "./commands/set.ts";
import { tokenCommand } from "./commands/token.ts";
import { version } from "./version.ts";

const program = new Command("dlms")
  .description("DLMS/COSEM meters: read them, serve a virtual one, bridge them to MQTT")
  .version(version)
  .configureHelp({ showGlobalOptions: true })
  .addCommand(demoCommand())
  .addCommand(meterCommand())
  .addCommand(readCommand())
  .addCommand(objectsCommand())
  .addCommand(profileCommand())
  .addCommand(eventsCommand())
  .addCommand(clockCommand())
  .addCommand(relayCommand())
  .addCommand(setCommand())
  .addCommand(invokeCommand())
  .addCommand(reportCommand())
  .addCommand(scanCommand())
  .addCommand(diagnoseCommand())
  .addCommand(readoutCommand())
  .addCommand(decodeCommand())
  .addCommand(gatewayCommand())
  .addCommand(keypadCommand())
  .addCommand(keysCommand())
  .addCommand(tokenCommand())
  .addCommand(benchCommand());

// From the start, so that help for a reader that goes away early is no failure either.
const output = outputFor({ json: process.argv.includes("--json") });

/** Commander's own refusals, in the shape and with the exit code of all others. */
function refuse(error: CommanderError): void {
  if (error.exitCode === 0) return;
  const message = error.message.replace(/^error: /, "");
  process.exitCode = output.failure(
    new ConfigError("", message, { hint: `see dlms ${process.argv[2]?.match(/^[a-z]+$/)?.[0] ?? ""} --help`.replace("  ", " ") }),
  );
}

for (const command of [program, ...program.commands.flatMap((each) => [each, ...each.commands])])
  command.exitOverride().configureOutput({ outputError: () => {} });

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) refuse(error);
  else process.exitCode = output.failure(error);
}
