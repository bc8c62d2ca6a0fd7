import type { Argument, Command, Option } from "commander";
import { argumentValues, optionValues, type Values } from "./values.ts";

/** An option as it is written, without what happens with it. */
export interface OptionSpec {
  /** "-V", "--version" */
  readonly flags: readonly string[];
  readonly description: string;
  /** What stands behind it, "file"; absent for a switch. */
  readonly placeholder?: string;
  /** What the value may be. */
  readonly values?: Values;
  /** What holds without it. */
  readonly standard?: string;
}

export interface ArgumentSpec {
  readonly name: string;
  readonly description: string;
  readonly required: boolean;
  readonly variadic: boolean;
  readonly values?: Values;
}

/** A command and those below it as plain data: what completion and the manual know of the command line. */
export interface CommandSpec {
  readonly name: string;
  readonly description: string;
  readonly options: readonly OptionSpec[];
  readonly arguments: readonly ArgumentSpec[];
  readonly commands: readonly CommandSpec[];
}

/** What a command shows of itself; hidden options and the command `help` are left out. */
export function specOf(command: Command, above = ""): CommandSpec {
  const help = command.createHelp();
  const path = `${above} ${command.name()}`.trim();
  return {
    name: command.name(),
    description: command.description(),
    options: help.visibleOptions(command).map(optionSpec),
    arguments: command.registeredArguments.map((argument) => argumentSpec(argument, path)),
    commands: help
      .visibleCommands(command)
      .filter((each) => each.name() !== "help")
      .map((each) => specOf(each, path)),
  };
}

function optionSpec(option: Option): OptionSpec {
  const placeholder = /[<[](.+?)(?:\.\.\.)?[>\]]/.exec(option.flags)?.[1];
  const values = placeholder === undefined ? undefined : (option.argChoices ?? optionValues(option.name(), placeholder));
  return {
    flags: [option.short, option.long].filter((flag) => flag !== undefined && flag !== null),
    description: option.description,
    ...(placeholder !== undefined && { placeholder }),
    ...(values !== undefined && { values }),
    ...(typeof option.defaultValue === "string" && { standard: option.defaultValue }),
  };
}

function argumentSpec(argument: Argument, path: string): ArgumentSpec {
  const values = argument.argChoices ?? argumentValues(path, argument.name());
  return {
    name: argument.name(),
    description: argument.description,
    required: argument.required,
    variadic: argument.variadic,
    ...(values !== undefined && { values }),
  };
}
