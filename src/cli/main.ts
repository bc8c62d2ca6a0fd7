#!/usr/bin/env node
import { CommanderError } from "commander";
import { ConfigError } from "../errors.ts";
import { outputFor } from "./commands/action.ts";
import { buildProgram, everyCommand } from "./program.ts";

const program = buildProgram();

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

for (const command of everyCommand(program)) command.exitOverride().configureOutput({ outputError: () => {} });

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) refuse(error);
  else process.exitCode = output.failure(error);
}
