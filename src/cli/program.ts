import { Command } from "commander";
import { alarmsCommand } from "./commands/alarms.ts";
import { applyCommand } from "./commands/apply.ts";
import { benchCommand } from "./commands/bench.ts";
import { clockCommand } from "./commands/clock.ts";
import { completionCommand } from "./commands/completion.ts";
import { dashboardCommand } from "./commands/dashboard.ts";
import { decodeCommand } from "./commands/decode.ts";
import { demoCommand } from "./commands/demo.ts";
import { diagnoseCommand } from "./commands/diagnose.ts";
import { eventsCommand } from "./commands/events.ts";
import { firmwareCommand } from "./commands/firmware.ts";
import { gatewayCommand } from "./commands/gateway.ts";
import { jobCommand } from "./commands/job.ts";
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
import { tariffCommand } from "./commands/tariff.ts";
import { tokenCommand } from "./commands/token.ts";
import { withKeyFileOptions } from "./keys/key-file-options.ts";
import { version } from "./version.ts";

/** The tree of all commands: what is run, completed and described in the manual is this one. */
export function buildProgram(): Command {
  return withKeyFileOptions(new Command("dlms"))
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
    .addCommand(tariffCommand())
    .addCommand(alarmsCommand())
    .addCommand(firmwareCommand())
    .addCommand(applyCommand())
    .addCommand(jobCommand())
    .addCommand(reportCommand())
    .addCommand(scanCommand())
    .addCommand(diagnoseCommand())
    .addCommand(readoutCommand())
    .addCommand(decodeCommand())
    .addCommand(gatewayCommand())
    .addCommand(dashboardCommand())
    .addCommand(keypadCommand())
    .addCommand(keysCommand())
    .addCommand(tokenCommand())
    .addCommand(benchCommand())
    .addCommand(completionCommand());
}

/** The command and all below it, each before those of its own. */
export function everyCommand(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}
