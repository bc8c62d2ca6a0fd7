import { writeFileSync } from "node:fs";
import { Command, Option } from "commander";
import { ObjectReader } from "../../client/object-reader.ts";
import { type ProfileSelection, readProfile } from "../../client/profile-reader.ts";
import { type LogicalName, tryParseLogicalName } from "../../cosem-objects/logical-name.ts";
import { logicalNameByName, profileNames } from "../../cosem-objects/names.ts";
import type { ProfileTable } from "../../cosem-objects/profile-table.ts";
import { ConfigError } from "../../errors.ts";
import { withTargetOptions } from "../options.ts";
import { type Output, toJson } from "../output.ts";
import { startProgress } from "../progress.ts";
import { displayPlain } from "../readings.ts";
import { type TargetOptions, withClient } from "../session.ts";
import { formatTable } from "../table.ts";
import { parseTimeLimit } from "../time-limit.ts";
import { commandAction } from "./action.ts";
import { deviceView } from "./device-view.ts";

interface ProfileOptions extends TargetOptions {
  readonly from?: string;
  readonly to?: string;
  readonly last?: string;
  readonly entries?: string;
  readonly format?: "table" | "csv" | "json";
  readonly out?: string;
  readonly resume?: boolean;
}

/** `dlms profile TARGET PROFILE` */
export function profileCommand(): Command {
  return withTargetOptions(new Command("profile"))
    .description("read a profile: load, hourly, daily, monthly, tokens, or any logical name")
    .argument("<target>", "tcp://host:port, hdlc://host:port or meter:NAME")
    .argument("<profile>", Object.keys(profileNames).join(", "))
    .option("--from <iso>", "first row; without an offset the meter's local time")
    .option("--to <iso>", "last row")
    .option("--last <n>", "the newest rows")
    .option("--entries <a:b>", "rows by number, the oldest is 1, 0 is the newest")
    .addOption(new Option("--format <format>", "how rows are written").choices(["table", "csv", "json"]))
    .option("--out <file>", "write there instead of standard output")
    .option("--resume", "go on after an interruption")
    .addHelpText(
      "after",
      "\nExample:\n  dlms profile tcp://127.0.0.1:4059 load --from 2026-11-22T00:00 --to 2026-11-22T12:00 --client 2 --auth lls --password env:P",
    )
    .action(commandAction(profile));
}

async function profile(output: Output, options: ProfileOptions, target: string, name: string): Promise<void> {
  if (options.resume === true) throw new ConfigError("--resume", "not served yet", { hint: "leave it out" });
  const logicalName = profileOf(name);
  const selection = selectionOf(options);
  await withClient(target, options, output, async (client) => {
    const { view, save } = await deviceView(client);
    const progress = startProgress(process.stderr, `reading ${name}`);
    let table: ProfileTable;
    try {
      table = await readProfile(client, new ObjectReader(client, view), logicalName, selection, (bytes) => progress.update(bytes));
    } finally {
      progress.end();
    }
    save();
    write(output, options, table);
  });
}

function profileOf(name: string): LogicalName {
  const logicalName = Object.hasOwn(profileNames, name)
    ? profileNames[name as keyof typeof profileNames]
    : (tryParseLogicalName(name) ?? logicalNameByName(name));
  if (logicalName === undefined) {
    throw new ConfigError("PROFILE", `${JSON.stringify(name)} is no profile`, {
      hint: `use ${Object.keys(profileNames).join(", ")} or a logical name`,
    });
  }
  return logicalName;
}

/** @throws ConfigError for limits that do not go together */
function selectionOf({ from, to, last, entries }: ProfileOptions): ProfileSelection {
  const kinds = [from ?? to, last, entries].filter((given) => given !== undefined).length;
  if (kinds > 1) throw new ConfigError("--from", "a range, --last and --entries exclude each other");
  if (last !== undefined) return { kind: "last", count: wholeNumber("--last", last, 1) };
  if (entries !== undefined) return entriesOf(entries);
  if (from === undefined && to === undefined) return { kind: "all" };
  return { kind: "range", from: parseTimeLimit("--from", from ?? "1970-01-01"), to: parseTimeLimit("--to", to ?? "2099-12-31") };
}

function entriesOf(text: string): ProfileSelection {
  const [from, to, ...rest] = text.split(":");
  if (from === undefined || to === undefined || rest.length > 0)
    throw new ConfigError("--entries", `expected A:B such as 1:96, got ${JSON.stringify(text)}`);
  return { kind: "entries", from: wholeNumber("--entries", from, 1), to: wholeNumber("--entries", to, 0) };
}

function wholeNumber(option: string, text: string, least: number): number {
  if (!/^\d{1,9}$/.test(text) || Number(text) < least)
    throw new ConfigError(option, `expected a whole number from ${least}, got ${JSON.stringify(text)}`);
  return Number(text);
}

function write(output: Output, { format, out, json }: ProfileOptions, table: ProfileTable): void {
  const how = json === true ? "json" : (format ?? "table");
  const text = { table: () => asTable(table, output.width), csv: () => asCsv(table), json: () => toJson(asJson(table)) }[how];
  if (out !== undefined) {
    try {
      writeFileSync(out, `${text()}\n`);
    } catch (cause) {
      throw new ConfigError("--out", `cannot write ${out}: ${(cause as Error).message}`, { cause });
    }
    output.note(`${table.rowCount} rows written to ${out}`);
    return;
  }
  output.result(asJson(table), text);
}

function asJson(table: ProfileTable) {
  return {
    logicalName: table.logicalName,
    capturePeriod: table.capturePeriod,
    columns: table.columns.map(({ logicalName, classId, attribute, name, unit }) => ({
      logicalName,
      classId,
      attribute,
      name,
      ...(unit === undefined ? {} : { unit }),
    })),
    rows: Array.from({ length: table.rowCount }, (_, row) => table.row(row)),
  };
}

function titles(table: ProfileTable): readonly string[] {
  return table.columns.map(({ name, unit }) => (unit === undefined ? name : `${name} [${unit}]`));
}

function asTable(table: ProfileTable, width: number | undefined): string {
  const columns = titles(table).map((title, index) => ({ title, align: index === 0 ? ("left" as const) : ("right" as const) }));
  const rows = Array.from({ length: table.rowCount }, (_, row) => table.row(row).map(displayPlain));
  return formatTable(columns, rows, { width });
}

function asCsv(table: ProfileTable): string {
  const rows = Array.from({ length: table.rowCount }, (_, row) =>
    table
      .row(row)
      .map((cell) => quote(cell === null ? "" : displayPlain(cell)))
      .join(","),
  );
  return [titles(table).map(quote).join(","), ...rows].join("\n");
}

/** RFC 4180: quotes around what holds a separator, and doubled within. */
function quote(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
