import { type Command, Option } from "commander";
import { associationKeys, associationOptions } from "../config/association-options.ts";
import { ConfigError } from "../errors.ts";
import { traceModes } from "../log/trace-format.ts";
import type { Flags } from "./target.ts";

/** Options of every command. */
export interface CommonOptions {
  readonly json?: boolean;
  readonly trace?: (typeof traceModes)[number];
  /** Milliseconds. */
  readonly timeout?: number;
}

/** Adds --json, --trace and --timeout. */
export function withCommonOptions(command: Command): Command {
  return command
    .option("--json", "one JSON document on standard output")
    .addOption(new Option("--trace <what>", "what crosses the line, to standard error").choices(traceModes))
    .option("--timeout <seconds>", "longest wait for an answer", parseSeconds);
}

/** Adds the options of the association and --book; each is also a key of the target's query. */
export function withTargetOptions(command: Command): Command {
  for (const key of associationKeys) {
    const { name, expected, example } = associationOptions[key];
    command.option(`--${name} <value>`, `${expected.replace(/^expected /, "")} (${example})`);
  }
  return withCommonOptions(command.option("--book <file>", "address book for meter:NAME", "config/meters.yaml"));
}

/** The association flags that were given, by their names. */
export function associationFlags(options: Readonly<Record<string, unknown>>): Flags {
  return Object.fromEntries(
    associationKeys.flatMap((key) => {
      const { name } = associationOptions[key];
      const value = options[camelCase(name)];
      return typeof value === "string" ? [[name, value]] : [];
    }),
  );
}

/** Parses a port, for commander. @throws ConfigError */
export function parsePort(name: string): (text: string) => number {
  return (text) => {
    const port = Number(text);
    if (!/^\d{1,5}$/.test(text) || port > 65_535)
      throw new ConfigError(name, `expected a port from 0 to 65535, got ${JSON.stringify(text)}`);
    return port;
  };
}

/** Parses a number within bounds, for commander. @throws ConfigError */
export function parseNumber(name: string, least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === "" || !(value >= least && value <= most)) {
      throw new ConfigError(name, `expected a number from ${least} to ${most}, got ${JSON.stringify(text)}`);
    }
    return value;
  };
}

function parseSeconds(text: string): number {
  return parseNumber("--timeout", 0.1, 3600)(text) * 1000;
}

/** As commander names the option in its result. */
function camelCase(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
