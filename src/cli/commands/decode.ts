import { readFileSync } from "node:fs";
import { Command } from "commander";
import { fromHex } from "../../bytes/hex.ts";
import { explain } from "../../decode/explain.ts";
import { type Explanation, isComplete, type Json } from "../../decode/explanation.ts";
import { ConfigError, DecodeError } from "../../errors.ts";
import { exitCodes } from "../exit-codes.ts";
import { type CommonOptions, withCommonOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { displayPlain } from "../readings.ts";
import { commandAction } from "./action.ts";

interface DecodeOptions extends CommonOptions {
  readonly file?: string;
  readonly ek?: string;
  readonly ak?: string;
  readonly systemTitle?: string;
}

/** `dlms decode [HEX]` */
export function decodeCommand(): Command {
  return withCommonOptions(new Command("decode"))
    .description("explain octets: HDLC frames, wrapper PDUs, bare APDUs, several of them together")
    .argument("[hex]", "hex digits with or without spaces; - or nothing reads standard input")
    .option("--file <file>", "hex digits in a file")
    .option("--ek <key>", "encryption key")
    .option("--ak <key>", "authentication key")
    .option("--system-title <hex>", "system title of the sender")
    .addHelpText("after", "\nExample:\n  dlms decode 7EA0070321930F017E\n  dlms decode --json C401C10006000004D2")
    .action(commandAction(decode));
}

function decode(output: Output, options: DecodeOptions, hex?: string): Promise<void> {
  for (const name of ["ek", "ak", "systemTitle"] as const) {
    if (options[name] !== undefined)
      throw new ConfigError(`--${name === "systemTitle" ? "system-title" : name}`, "deciphering is not served yet", {
        hint: "leave it out",
      });
  }
  const bytes = fromHex(read(options.file, hex));
  if (bytes.length === 0)
    throw new DecodeError("truncated", "input", 0, "there are no octets to explain", { hint: "give hex digits, --file or standard input" });
  const explanation = explain(bytes);
  output.result(explanation, () => asText(explanation));
  if (!isComplete(explanation)) process.exitCode = exitCodes.malformed;
  return Promise.resolve();
}

const standardInput = 0;

function read(file: string | undefined, hex: string | undefined): string {
  if (file === undefined && hex !== undefined && hex !== "-") return hex;
  try {
    return readFileSync(file ?? standardInput, "utf8");
  } catch (cause) {
    throw new ConfigError("--file", `cannot read ${file ?? "standard input"}: ${(cause as Error).message}`, { cause });
  }
}

function asText({ link, apdus, readings, remaining, warnings }: Explanation): string {
  return [
    ...link.map(({ kind, ok, error, ...details }) =>
      `${kind} ${ok ? "" : `BAD (${error}) `}${pairs(details as Readonly<Record<string, Json | undefined>>)}`.trimEnd(),
    ),
    ...apdus.flatMap(({ type, ...fields }) => [type, ...tree(fields, 1)]),
    ...(readings.length === 0 ? [] : ["values"]),
    ...readings.map(
      ({ logicalName, attribute, position, name, value, unit }) =>
        `  ${logicalName === undefined ? `#${position ?? 1}` : `${logicalName}:${attribute}`}${name === undefined ? "" : ` ${name}`} = ${displayPlain(value)}${unit === undefined ? "" : ` ${unit}`}`,
    ),
    ...warnings.map((warning) => `warning: ${warning}`),
    ...(remaining === 0 ? [] : [`${remaining} octets were not understood`]),
  ].join("\n");
}

function pairs(details: Readonly<Record<string, Json | undefined>>): string {
  return Object.entries(details)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${String(value)}`)
    .join(" ");
}

/** Nested fields, indented; a tagged value on one line where it is simple. */
function tree(fields: Readonly<Record<string, Json>>, depth: number): readonly string[] {
  const indent = "  ".repeat(depth);
  return Object.entries(fields).flatMap(([key, value]) => {
    if (!isObject(value)) return [`${indent}${key}: ${scalar(value)}`];
    const simple = simpleData(value);
    return simple === undefined ? [`${indent}${key}:`, ...tree(value, depth + 1)] : [`${indent}${key}: ${simple}`];
  });
}

function isObject(value: Json): value is { readonly [key: string]: Json } {
  return (
    typeof value === "object" &&
    value !== null &&
    (!Array.isArray(value) || value.some((item) => typeof item === "object" && item !== null))
  );
}

function simpleData(value: { readonly [key: string]: Json }): string | undefined {
  const { type, value: inner, ...rest } = value;
  return typeof type === "string" && inner !== undefined && !isObject(inner) && Object.keys(rest).length === 0
    ? `${type} ${scalar(inner)}`
    : undefined;
}

function scalar(value: Json): string {
  return Array.isArray(value) ? value.map((item) => scalar(item as Json)).join(", ") : String(value);
}
