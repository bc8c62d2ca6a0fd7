import { writeFileSync } from "node:fs";
import { Command } from "commander";
import { ConfigError } from "../../errors.ts";
import { parseNumber, withTargetOptions } from "../options.ts";
import { type Output, toJson } from "../output.ts";
import { startProgress } from "../progress.ts";
import { reportPage } from "../report/page.ts";
import { readReport } from "../report/read-report.ts";
import { reportCsv } from "../report/report-csv.ts";
import { type TargetOptions, withClient } from "../session.ts";
import { commandAction } from "./action.ts";
import { deviceView } from "./device-view.ts";

interface ReportOptions extends TargetOptions {
  readonly out: string;
  readonly days: number;
}

const longestCurve = 93;

/** `dlms report TARGET --out FILE.html` */
export function reportCommand(): Command {
  return withTargetOptions(new Command("report"))
    .description("one page about a meter: identity, clock, registers, load, credit, alarms, events; CSV and JSON beside it")
    .argument("<target>", "tcp://host:port, hdlc://host:port or meter:NAME")
    .requiredOption("--out <file>", "the page; FILE.csv and FILE.json hold the same figures")
    .option("--days <n>", `days of the load curve, 1 to ${longestCurve}`, parseNumber("--days", 1, longestCurve), 7)
    .addHelpText(
      "after",
      "\nExample:\n  dlms report tcp://127.0.0.1:4059 --out house.html --client 2 --auth lls --password env:METER_PASSWORD",
    )
    .action(commandAction(writeReport));
}

async function writeReport(output: Output, options: ReportOptions, target: string): Promise<void> {
  const { out, days } = options;
  const base = out.replace(/\.html?$/i, "");
  await withClient(target, options, output, async (client) => {
    const { view, save } = await deviceView(client);
    const progress = startProgress(process.stderr, "reading profiles");
    const report = await readReport(client, view, { days, now: Date.now, onProgress: (bytes) => progress.update(bytes) }).finally(() =>
      progress.end(),
    );
    save();
    const files = [
      { file: out, text: reportPage(report) },
      { file: `${base}.csv`, text: reportCsv(report) },
      { file: `${base}.json`, text: `${toJson(report)}\n` },
    ];
    for (const { file, text } of files) write(file, text);
    const names = files.map(({ file }) => file);
    output.result({ files: names, notRead: report.notRead }, () => `written: ${names.join(", ")}`);
    if (report.notRead.length > 0) output.note(`not shown to client ${report.client}: ${report.notRead.join(", ")}`);
  });
}

/** @throws ConfigError */
function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (cause) {
    throw new ConfigError("--out", `cannot write ${file}: ${(cause as Error).message}`, { cause });
  }
}
