import { readFileSync } from "node:fs";
import { Command, Option } from "commander";
import { toHex } from "../../bytes/hex.ts";
import { annotatedView } from "../../decode/annotated-view.ts";
import { type Explained, explainFully } from "../../decode/explain.ts";
import { type Explanation, isComplete, type Json } from "../../decode/explanation.ts";
import { type Input, readHexText, readInput } from "../../decode/input-text.ts";
import { fromLosslessJson, toLosslessJson } from "../../decode/lossless-json.ts";
import { ConfigError, DecodeError } from "../../errors.ts";
import { exitCodes } from "../exit-codes.ts";
import { type CommonOptions, withCommonOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { displayPlain } from "../readings.ts";
import { commandAction } from "./action.ts";

interface DecodeOptions extends CommonOptions {
  readonly file?: string;
  readonly from?: "json";
  readonly to?: "apdu" | "json";
  readonly annotate?: true;
  readonly ek?: string;
  readonly ak?: string;
  readonly systemTitle?: string;
}

/** `dlms decode [HEX]` */
export function decodeCommand(): Command {
  return withCommonOptions(new Command("decode"))
    .description("explain octets: HDLC, wrapper, M-Bus, IEC 62056-21 telegrams and bare APDUs, one after the other and mixed")
    .argument("[hex]", "hex digits, or lines of a trace; - or nothing reads standard input")
    .option("--file <file>", "octets as they are, hex digits, or lines of a trace")
    .addOption(new Option("--to <form>", "print the APDUs alone: as hex, or as JSON without loss, one a line").choices(["apdu", "json"]))
    .addOption(new Option("--from <form>", "take what --to json printed, and encode it again").choices(["json"]))
    .option("--annotate", "with --json: what every octet of the input is")
    .option("--ek <key>", "encryption key")
    .option("--ak <key>", "authentication key")
    .option("--system-title <hex>", "system title of the sender")
    .addHelpText(
      "after",
      "\nExamples:\n  dlms decode 7EA0070321930F017E\n  dlms decode --json C401C10006000004D2\n  dlms decode --to json C401C10006000004D2 | dlms decode --from json",
    )
    .action(commandAction(decode));
}

function decode(output: Output, options: DecodeOptions, hex?: string): Promise<void> {
  for (const name of ["ek", "ak", "systemTitle"] as const) {
    if (options[name] !== undefined)
      throw new ConfigError(`--${name === "systemTitle" ? "system-title" : name}`, "deciphering is not served yet", {
        hint: "leave it out",
      });
  }
  if (options.from === "json") {
    for (const apdu of readJson(textOf(options.file, hex))) printApdu(output, fromLosslessJson(apdu));
    return Promise.resolve();
  }
  const { bytes, ignored } = given(options.file, hex) ?? readInput(contentOf(options.file));
  if (bytes.length === 0)
    throw new DecodeError("truncated", "input", 0, "there are no octets to explain", { hint: "give hex digits, --file or standard input" });
  for (const text of ignored) output.note(`ignored: ${text}`);
  const annotate = options.to === undefined && (!output.json || options.annotate === true);
  const explained = explainFully(bytes, { annotate });
  print(output, options, bytes, explained);
  if (!isComplete(explained.explanation)) process.exitCode = exitCodes.malformed;
  return Promise.resolve();
}

function print(output: Output, { to, annotate }: DecodeOptions, bytes: Uint8Array, { explanation, apdus, annotations }: Explained): void {
  if (to === "apdu") {
    for (const apdu of apdus) printApdu(output, apdu);
  } else if (to === "json") {
    for (const json of apdus.map(toLosslessJson)) output.item(json, () => JSON.stringify(json));
  } else {
    output.result(annotate === true ? { ...explanation, annotations } : explanation, () =>
      [...annotatedView(bytes, annotations), ...summary(explanation)].join("\n"),
    );
    return;
  }
  for (const problem of problems(explanation)) output.note(problem);
}

function printApdu(output: Output, apdu: Uint8Array): void {
  const hex = toHex(apdu);
  output.item(hex, () => hex);
}

const standardInput = 0;

function given(file: string | undefined, hex: string | undefined): Input | undefined {
  return file === undefined && hex !== undefined && hex !== "-" ? readHexText(hex) : undefined;
}

function textOf(file: string | undefined, text: string | undefined): string {
  return file === undefined && text !== undefined && text !== "-" ? text : contentOf(file).toString("utf8");
}

function contentOf(file: string | undefined): Buffer {
  try {
    return readFileSync(file ?? standardInput);
  } catch (cause) {
    throw new ConfigError("--file", `cannot read ${file ?? "standard input"}: ${(cause as Error).message}`, { cause });
  }
}

/** APDUs one a line, or all of them in one array. */
function readJson(text: string): readonly Json[] {
  const documents = text.trimStart().startsWith("[") ? [text] : text.split("\n").filter((line) => line.trim() !== "");
  return documents.flatMap((document, index) => {
    try {
      return JSON.parse(document) as Json;
    } catch (cause) {
      throw new DecodeError("bad-tag", "JSON", index, `line ${index + 1} is not JSON: ${(cause as Error).message}`, { cause });
    }
  });
}

function summary(explanation: Explanation): readonly string[] {
  const { readings } = explanation;
  return [
    ...(readings.length === 0 ? [] : ["", "values"]),
    ...readings.map(({ logicalName, attribute, position, name, value, unit }) => {
      const place = logicalName === undefined ? `#${position ?? 1}` : attribute === undefined ? logicalName : `${logicalName}:${attribute}`;
      return `  ${place}${name === undefined ? "" : ` ${name}`} = ${displayPlain(value)}${unit === undefined ? "" : ` ${unit}`}`;
    }),
    ...problems(explanation),
  ];
}

/** What the layers have to complain of, each by its name. */
function problems({ link, apdus, remaining, warnings }: Explanation): readonly string[] {
  const errors = [
    ...link.flatMap(({ kind, ok, error }) => (ok ? [] : [`${kind === "none" ? "octets" : kind}: ${String(error)}`])),
    ...apdus.flatMap((apdu) => ("error" in apdu ? [`${apdu.type}: ${String(apdu["error"])}`] : [])),
  ];
  const ciphered = apdus.filter(({ note }) => note !== undefined).length;
  return [
    ...warnings.map((warning) => `warning: ${warning}`),
    ...errors.map((error) => `error: ${error}`),
    ...(ciphered === 0 ? [] : [`${ciphered} ciphered APDUs need keys`]),
    ...(remaining === 0 ? [] : [`${remaining} octets were not understood`]),
  ];
}
