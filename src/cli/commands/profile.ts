import { existsSync, writeFileSync } from "node:fs";
import { Command, Option } from "commander";
import { ObjectReader } from "../../client/object-reader.ts";
import { type ProfileSelection, readProfile } from "../../client/profile-reader.ts";
import { type LogicalName, tryParseLogicalName } from "../../cosem-objects/logical-name.ts";
import { logicalNameByName, profileNames } from "../../cosem-objects/names.ts";
import type { ProfileTable } from "../../cosem-objects/profile-table.ts";
import { ConfigError } from "../../errors.ts";
import { withTargetOptions } from "../options.ts";
import { type Output, toJson } from "../output.ts";
import { sidecarOf } from "../profile-file.ts";
import { limitsOf } from "../profile-plan.ts";
import { type ResumableRead, readResumably } from "../profile-resume.ts";
import { profileCsv, profileJson, profileText } from "../profile-text.ts";
import { startProgress, startRowProgress } from "../progress.ts";
import { type TargetOptions, withClient } from "../session.ts";
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
    .option("--resume", "read piece by piece into FILE, and go on where an earlier run was interrupted")
    .addHelpText(
      "after",
      "\nExample:\n  dlms profile tcp://127.0.0.1:4059 load --from 2026-11-22T00:00 --to 2026-11-22T12:00 --client 2 --auth lls --password env:P",
    )
    .action(commandAction(profile));
}

async function profile(output: Output, options: ProfileOptions, target: string, name: string): Promise<void> {
  const logicalName = profileOf(name);
  if (options.resume === true) return resume(output, options, target, resumableOf(logicalName, options));
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
  return { kind: "range", ...limitsOf({ from, to }) };
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
  const texts = { table: () => profileText(table, output.width), csv: () => profileCsv(table), json: () => toJson(profileJson(table)) };
  const text = texts[how];
  if (out !== undefined) {
    try {
      writeFileSync(out, `${text()}\n`);
    } catch (cause) {
      throw new ConfigError("--out", `cannot write ${out}: ${(cause as Error).message}`, { cause });
    }
    output.note(`${table.rowCount} rows written to ${out}`);
    return;
  }
  output.result(profileJson(table), text);
}

/** @throws ConfigError for options that do not go with `--resume` */
function resumableOf(logicalName: LogicalName, { from, to, last, entries, format, out, json }: ProfileOptions): ResumableRead {
  if (out === undefined) throw new ConfigError("--resume", "there is nothing to go on with without --out FILE");
  if (last !== undefined || entries !== undefined) {
    throw new ConfigError("--resume", "--last and --entries mean other rows as time goes by", { hint: "select with --from and --to" });
  }
  if (format === "table") throw new ConfigError("--resume", "a table cannot be gone on with", { hint: "use --format csv or json" });
  const limits = { from, to };
  limitsOf(limits);
  return { logicalName, limits, format: json === true ? "json" : (format ?? "csv"), path: out };
}

/** Reads into a file, and says how to go on whatever happens. */
async function resume(output: Output, options: ProfileOptions, target: string, wanted: ResumableRead): Promise<void> {
  const { path } = wanted;
  let rows: number | undefined;
  let interrupted = false;
  const sayHow = (): void => {
    const kept = rows === undefined ? "what was read" : `${rows} rows`;
    if (existsSync(sidecarOf(path))) output.note(`${path} keeps ${kept}: run the same command again to go on`);
  };
  const onInterrupt = (): void => {
    interrupted = true;
  };
  try {
    await withClient(target, options, output, async (client) => {
      process.once("SIGINT", onInterrupt);
      const { view, save } = await deviceView(client);
      // At once, as the next run must not need as long again to learn it.
      save();
      const progress = startRowProgress(process.stderr, `reading ${wanted.logicalName}`);
      try {
        const result = await readResumably(client, new ObjectReader(client, view), wanted, (now) => {
          rows = now.rows;
          progress.update(now);
        });
        if (result.lackingBefore !== undefined)
          output.note(`warning: rows before ${result.lackingBefore} may be lacking: the meter has overwritten them`);
      } finally {
        progress.end();
        save();
        if (interrupted) sayHow();
      }
    });
  } catch (error) {
    // The session ends the process as soon as the association is released.
    if (interrupted) return;
    if (!(error instanceof ConfigError)) sayHow();
    throw error;
  } finally {
    process.removeListener("SIGINT", onInterrupt);
  }
  output.note(`${rows} rows written to ${path}`);
}
