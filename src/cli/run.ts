import { type Command, CommanderError } from "commander";
import { ConfigError } from "../errors.ts";
import { outputFor } from "./commands/action.ts";
import { firstSteps } from "./first-steps.ts";
import type { Output } from "./output.ts";
import { buildProgram, everyCommand } from "./program.ts";

/** Runs `dlms` with these arguments and sets the exit code of the process. */
export async function runCommandLine(args: readonly string[]): Promise<void> {
  // From the start, so that help for a reader that goes away early is no failure either.
  const output = outputFor({ json: args.includes("--json") });
  if (args.length === 0) {
    output.result(firstSteps, () => firstSteps.map(({ command, does }) => `${does}\n    ${command}`).join("\n"));
    return;
  }
  const program = buildProgram();
  for (const command of everyCommand(program)) command.exitOverride().configureOutput({ outputError: () => {} });
  try {
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) refuse(error, helpOf(program, args[0]), output);
    else process.exitCode = output.failure(error);
  }
}

/** Commander's own refusals, in the shape and with the exit code of all others. */
function refuse(error: CommanderError, help: string, output: Output): void {
  if (error.exitCode === 0) return;
  process.exitCode = output.failure(new ConfigError("", error.message.replace(/^error: /, ""), { hint: `see ${help}` }));
}

function helpOf(program: Command, first: string | undefined): string {
  return program.commands.some((command) => command.name() === first) ? `dlms ${first} --help` : "dlms --help";
}
