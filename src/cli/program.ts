import { Command } from "commander";
import { withKeyFileOptions } from "./keys/key-file-options.ts";
import { version } from "./version.ts";

/** The commands in the order of the help. Each is loaded when a line names it: all of them take a second. */
const commands = {
  demo: async () => (await import("./commands/demo.ts")).demoCommand(),
  meter: async () => (await import("./commands/meter.ts")).meterCommand(),
  read: async () => (await import("./commands/read.ts")).readCommand(),
  objects: async () => (await import("./commands/objects.ts")).objectsCommand(),
  profile: async () => (await import("./commands/profile.ts")).profileCommand(),
  events: async () => (await import("./commands/events.ts")).eventsCommand(),
  clock: async () => (await import("./commands/clock.ts")).clockCommand(),
  relay: async () => (await import("./commands/relay.ts")).relayCommand(),
  set: async () => (await import("./commands/set.ts")).setCommand(),
  invoke: async () => (await import("./commands/set.ts")).invokeCommand(),
  tariff: async () => (await import("./commands/tariff.ts")).tariffCommand(),
  alarms: async () => (await import("./commands/alarms.ts")).alarmsCommand(),
  firmware: async () => (await import("./commands/firmware.ts")).firmwareCommand(),
  apply: async () => (await import("./commands/apply.ts")).applyCommand(),
  job: async () => (await import("./commands/job.ts")).jobCommand(),
  report: async () => (await import("./commands/report.ts")).reportCommand(),
  scan: async () => (await import("./commands/scan.ts")).scanCommand(),
  diagnose: async () => (await import("./commands/diagnose.ts")).diagnoseCommand(),
  conformance: async () => (await import("./commands/conformance.ts")).conformanceCommand(),
  readout: async () => (await import("./commands/readout.ts")).readoutCommand(),
  decode: async () => (await import("./commands/decode.ts")).decodeCommand(),
  gateway: async () => (await import("./commands/gateway.ts")).gatewayCommand(),
  dashboard: async () => (await import("./commands/dashboard.ts")).dashboardCommand(),
  keypad: async () => (await import("./commands/keypad.ts")).keypadCommand(),
  keys: async () => (await import("./commands/keys.ts")).keysCommand(),
  token: async () => (await import("./commands/token.ts")).tokenCommand(),
  bench: async () => (await import("./commands/bench.ts")).benchCommand(),
  completion: async () => (await import("./commands/completion.ts")).completionCommand(),
} satisfies Readonly<Record<string, () => Promise<Command>>>;

export type CommandName = keyof typeof commands;

export const commandNames = Object.keys(commands) as readonly CommandName[];

export function isCommandName(word: string | undefined): word is CommandName {
  return word !== undefined && Object.hasOwn(commands, word);
}

/** `dlms` with its own options, and no commands yet. */
export function emptyProgram(): Command {
  return withKeyFileOptions(new Command("dlms"))
    .description("DLMS/COSEM meters: read them, serve a virtual one, bridge them to MQTT")
    .version(version)
    .configureHelp({ showGlobalOptions: true });
}

/** Loads these commands and adds them to the program. */
export async function addCommands(program: Command, names: readonly CommandName[]): Promise<Command> {
  for (const command of await Promise.all(names.map((name) => commands[name]()))) program.addCommand(command);
  return program;
}

/** The tree of all commands: what is completed and described in the manual, and of which a line runs a part. */
export function buildProgram(): Promise<Command> {
  return addCommands(emptyProgram(), commandNames);
}

/** The command and all below it, each before those of its own. */
export function everyCommand(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}
