import { type Command, CommanderError } from "commander";
import { ConfigError } from "../errors.ts";
import { outputFor } from "./commands/action.ts";
import { firstSteps } from "./first-steps.ts";
import type { Output } from "./output.ts";
import { addCommands, commandNames, emptyProgram, everyCommand, isCommandName } from "./program.ts";

/** Runs `dlms` with these arguments and sets the exit code of the process. */
export async function runCommandLine(args: readonly string[]): Promise<void> {
  // From the start, so that help for a reader that goes away early is no failure either.
  const output = outputFor({ json: args.includes("--json") });
  if (args.length === 0) {
    output.result(firstSteps, () => firstSteps.map(({ command, does }) => `${does}\n    ${command}`).join("\n"));
    return;
  }
  const program = throwing(emptyProgram());
  try {
    // The first word that is no option of the program; --version ends here already.
    const [name] = program.parseOptions([...args]).operands;
    // Help, and advice about a word that is none of them, need all.
    await addCommands(program, isCommandName(name) ? [name] : commandNames);
    everyCommand(program).forEach(throwing);
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) refuse(error, helpOf(args[0]), output);
    else process.exitCode = output.failure(error);
  }
}

/** Makes commander throw what it would print, or would end the process with. */
function throwing(command: Command): Command {
  return command.exitOverride().configureOutput({ outputError: () => {} });
}

/** Commander's own refusals, in the shape and with the exit code of all others. */
function refuse(error: CommanderError, help: string, output: Output): void {
  if (error.exitCode === 0) return;
  process.exitCode = output.failure(new ConfigError("", error.message.replace(/^error: /, ""), { hint: `see ${help}` }));
}

function helpOf(first: string | undefined): string {
  return isCommandName(first) ? `dlms ${first} --help` : "dlms --help";
}
