import { readFileSync } from "node:fs";
import { Command, Option } from "commander";
import { toHex } from "../../bytes/hex.ts";
import { annotatedView } from "../../decode/annotated-view.ts";
import { type Explained, explainFully } from "../../decode/explain.ts";
import { type ApduItem, allItems, type Explanation, isComplete, type Json, type PlainSection } from "../../decode/explanation.ts";
import { type Input, readHexText, readInput } from "../../decode/input-text.ts";
import { fromLosslessJson, toLosslessJson } from "../../decode/lossless-json.ts";
import { apduTags } from "../../dlms/xdlms/tags.ts";
import { ConfigError, DecodeError } from "../../errors.ts";
import { type KeyOptions, resolveKeys, withKeyOptions } from "../decode-keys.ts";
import { exitCodes } from "../exit-codes.ts";
import { type CommonOptions, withCommonOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { displayPlain } from "../readings.ts";
import { commandAction } from "./action.ts";

interface DecodeOptions extends CommonOptions, KeyOptions {
  readonly file?: string;
  readonly from?: "json";
  readonly to?: "apdu" | "json";
  readonly annotate?: true;
}

/** `dlms decode [HEX]` */
export function decodeCommand(): Command {
  return withKeyOptions(withCommonOptions(new Command("decode")))
    .description("explain octets: HDLC, wrapper, M-Bus, IEC 62056-21 telegrams and bare APDUs, one after the other and mixed")
    .argument("[hex]", "hex digits, or lines of a trace; - or nothing reads standard input")
    .option("--file <file>", "octets as they are, hex digits, or lines of a trace")
    .addOption(new Option("--to <form>", "print the APDUs alone: as hex, or as JSON without loss, one a line").choices(["apdu", "json"]))
    .addOption(new Option("--from <form>", "take what --to json printed, and encode it again").choices(["json"]))
    .option("--annotate", "with --json: what every octet of the input is")
    .addHelpText(
      "after",
      "\nExamples:\n  dlms decode 7EA0070321930F017E\n  dlms decode --json C401C10006000004D2\n  dlms decode --to json C401C10006000004D2 | dlms decode --from json\n  dlms decode --ek env:METER_EK --ak env:METER_AK --file capture.txt",
    )
    .action(commandAction(decode));
}

function decode(output: Output, options: DecodeOptions, hex?: string): Promise<void> {
  if (options.from === "json") {
    for (const apdu of readJson(textOf(options.file, hex))) printApdu(output, fromLosslessJson(apdu));
    return Promise.resolve();
  }
  const { bytes, ignored } = given(options.file, hex) ?? readInput(contentOf(options.file));
  if (bytes.length === 0)
    throw new DecodeError("truncated", "input", 0, "there are no octets to explain", { hint: "give hex digits, --file or standard input" });
  for (const text of ignored) output.note(`ignored: ${text}`);
  const { keys, warnings } = resolveKeys(options, { environment: process.env, directory: process.cwd() });
  for (const warning of warnings) output.note(`warning: ${warning}`);
  const annotate = options.to === undefined && (!output.json || options.annotate === true);
  const explained = explainFully(bytes, { annotate, keys });
  print(output, options, bytes, explained);
  if (!isComplete(explained.explanation)) process.exitCode = isWellFormed(explained.explanation) ? exitCodes.security : exitCodes.malformed;
  return Promise.resolve();
}

function print(output: Output, { to, annotate }: DecodeOptions, bytes: Uint8Array, explained: Explained): void {
  const { explanation, apdus, annotations, sections } = explained;
  if (to === "apdu") {
    for (const { octets, plain } of apdus) for (const apdu of plainest(octets, plain)) printApdu(output, apdu);
  } else if (to === "json") {
    for (const { octets, plain } of apdus) {
      const json = toLosslessJson(octets, plain);
      output.item(json, () => JSON.stringify(json));
    }
  } else {
    output.result(annotate === true ? { ...explanation, annotations, deciphered: sections.map(sectionJson) } : explanation, () =>
      [...annotatedView(bytes, annotations), ...sections.flatMap(sectionView), ...summary(explanation)].join("\n"),
    );
    return;
  }
  for (const problem of problems(explanation)) output.note(problem);
}

/** What is deciphered stands for what was ciphered; of general block transfer it follows the last block, which others need. */
function plainest(octets: Uint8Array, plain: Uint8Array | undefined): readonly Uint8Array[] {
  if (plain === undefined) return [octets];
  return octets[0] === apduTags["general-block-transfer"].plain ? [octets, plain] : [plain];
}

/** Without the octets, some of which may be a key. */
function sectionJson({ from, authenticated, octets, annotations }: PlainSection): object {
  return { from, authenticated, length: octets.length, annotations };
}

function sectionView({ from, octets, authenticated, annotations }: PlainSection): readonly string[] {
  const place = `${from.offset.toString(16).padStart(4, "0")}${from.section === 0 ? "" : ` of deciphered ${from.section}`}`;
  return ["", `deciphered from ${place}${authenticated ? "" : ", not authenticated"}`, ...annotatedView(octets, annotations)];
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
  const items = [...allItems(apdus)];
  const errors = [
    ...link.flatMap(({ kind, ok, error }) => (ok ? [] : [`${kind === "none" ? "octets" : kind}: ${String(error)}`])),
    ...items.flatMap(({ type, error, hint }) =>
      error === undefined ? [] : [`${type}: ${String(error)}${hint === undefined ? "" : `; ${String(hint)}`}`],
    ),
  ];
  return [
    ...warnings.map((warning) => `warning: ${warning}`),
    ...errors.map((error) => `error: ${error}`),
    ...notes(items),
    ...(remaining === 0 ? [] : [`${remaining} octets were not understood`]),
  ];
}

/** What would be needed for more, once for all APDUs that need it. */
function notes(items: readonly ApduItem[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { note } of items) if (typeof note === "string") counts.set(note, (counts.get(note) ?? 0) + 1);
  return [...counts].map(([note, count]) => `${count} ${count === 1 ? "APDU" : "APDUs"}: ${note}`);
}

/** True when nothing is wrong but what keys have to do with. */
function isWellFormed({ link, apdus, remaining }: Explanation): boolean {
  return (
    remaining === 0 &&
    link.every(({ ok }) => ok) &&
    [...allItems(apdus)].every(({ error, layer }) => error === undefined || layer === "security")
  );
}
