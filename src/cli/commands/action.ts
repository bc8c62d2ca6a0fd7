import type { Command } from "commander";
import type { CommonOptions } from "../options.ts";
import { createOutput, type Output } from "../output.ts";

/**
 * Wraps what a command does for commander: an output that suits the options, failures on one line, the exit code of the
 * interface. A command that stays resolves when it has to end.
 */
export function commandAction<Options extends CommonOptions, Arguments extends unknown[]>(
  run: (output: Output, options: Options, ...arguments_: Arguments) => Promise<void>,
): (...invocation: unknown[]) => Promise<void> {
  return async (...invocation) => {
    const command = invocation.at(-1) as Command;
    const options = command.opts<Options>();
    const arguments_ = invocation.slice(0, -2) as Arguments;
    const output = outputFor(options);
    try {
      await run(output, options, ...arguments_);
    } catch (error) {
      process.exitCode = output.failure(error);
    }
  };
}

/** The output of a command with these options. */
export function outputFor({ json = false }: CommonOptions): Output {
  return createOutput({ stdout: process.stdout, stderr: process.stderr, json, environment: process.env });
}
