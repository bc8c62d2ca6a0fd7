import { dirname, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Command } from "commander";
import type { DlmsClient } from "../../client/dlms-client.ts";
import { jobSchema } from "../../config/job.ts";
import { loadYaml } from "../../config/load.ts";
import { addressBookSchema } from "../../config/meters.ts";
import { ChangeLog } from "../job/change-log.ts";
import { ConnectedMeter } from "../job/connected-meter.ts";
import { selectMeters } from "../job/job-meters.ts";
import { type JobStep, prepareSteps } from "../job/job-work.ts";
import { type MeterReport, runJob, worstExitCode } from "../job/run-job.ts";
import { associationFlags, parseNumber, withTargetOptions } from "../options.ts";
import { failureLine, type Output } from "../output.ts";
import { connectTarget, type TargetOptions } from "../session.ts";
import { formatTable } from "../table.ts";
import { resolveTarget } from "../target.ts";
import { commandAction } from "./action.ts";
import { deviceView } from "./device-view.ts";

interface JobCommandOptions extends TargetOptions {
  readonly dryRun?: boolean;
  readonly parallel?: number;
}

/** `dlms job FILE` */
export function jobCommand(): Command {
  return withTargetOptions(new Command("job"))
    .description("do the same with many meters of the address book: read, profiles to files, clocks, parameter sets")
    .argument("<file>", "the job, as in docs/technician.md")
    .option("--parallel <n>", "lines at once; meters of one line take turns", parseNumber("--parallel", 1, 256))
    .option("--dry-run", "read only: no meter and no file is written")
    .addHelpText("after", "\nExample:\n  dlms job monthly.yaml --book config/meters.yaml --dry-run")
    .action(commandAction(job));
}

async function job(output: Output, options: JobCommandOptions, file: string): Promise<void> {
  const { dryRun = false } = options;
  const { name, steps: written, meters: patterns, ...limits } = loadYaml(file, jobSchema);
  const book = loadYaml(options.book, addressBookSchema);
  const source = { directory: dirname(options.book), load: () => book };
  const meters = selectMeters(patterns, book.meters);
  const log = limits.log === undefined || dryRun ? undefined : new ChangeLog(resolve(dirname(file), limits.log), Date.now);
  const steps = prepareSteps(written, { file, dryRun, log, environment: process.env, now: Date.now });
  const flags = associationFlags(options as unknown as Record<string, unknown>);

  let count = 0;
  const open = new Set<DlmsClient>();
  const interrupt = (): void => void Promise.all([...open].map((client) => client.close())).then(() => process.exit(130));
  process.once("SIGINT", interrupt);
  try {
    const reports = await runJob(
      meters,
      { ...limits, parallel: options.parallel ?? limits.parallel },
      {
        async connect(meter) {
          const client = await connectTarget(resolveTarget(`meter:${meter.id}`, flags, source), options, output);
          open.add(client);
          return new ConnectedMeter(client, deviceView);
        },
        workAt: ({ id }) => steps.map(({ at }) => at(id)),
        sleep,
        onMeter: ({ meter, result }) => output.note(`${meter}: ${result}, ${++count} of ${meters.length}`),
        onRetry: ({ id }, failure, attempt) => output.note(`${id}: ${failureLine(failure)}; attempt ${attempt} of ${limits.retries + 1}`),
      },
    );
    output.result({ name, dryRun, meters: reports.map(reportJson) }, () => {
      const table = summaryTable(reports, steps, output.width);
      return dryRun ? `${table}; nothing was written` : table;
    });
    process.exitCode = worstExitCode(reports);
  } finally {
    process.removeListener("SIGINT", interrupt);
  }
}

/** One meter as `dlms job --json` shows it; the keys are an interface. */
function reportJson({ meter, result, attempts, exitCode, steps, error }: MeterReport) {
  return { meter, result, attempts, exitCode, steps: steps.map(({ json }) => json), ...(error === undefined ? {} : { error }) };
}

/** One row per meter: what became of it, and of each step. */
function summaryTable(reports: readonly MeterReport[], steps: readonly JobStep[], width: number | undefined): string {
  const columns = ["Meter", "Result", "Tries", ...steps.map(({ title }) => title), "Failure"];
  const rows = reports.map(({ meter, result, attempts, steps: done, error }) => [
    meter,
    result,
    String(attempts),
    ...steps.map((_, index) => done[index]?.text ?? ""),
    error?.message ?? "",
  ]);
  const count = (wanted: MeterReport["result"]): number => reports.filter(({ result }) => result === wanted).length;
  const table = formatTable(
    columns.map((title) => ({ title })),
    rows,
    { width },
  );
  return `${table}\n${count("done")} done, ${count("attention")} need attention, ${count("failed")} failed`;
}
