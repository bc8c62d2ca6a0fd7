import type { TargetAddress } from "../../config/target.ts";
import { DlmsError } from "../../errors.ts";
import { type ExitCode, exitCodeOf, exitCodes } from "../exit-codes.ts";
import { describeFailure, type Failure } from "../output.ts";
import { byLine } from "./job-meters.ts";

/** What became of one step at one meter. */
export interface JobStepReport {
  /** As JSON shows it. */
  readonly json: Readonly<Record<string, unknown>>;
  /** As a cell of the summary shows it. */
  readonly text: string;
  /** `finding`: not as it should be, but nothing that keeps later steps from being done; `failed` ends the work at this meter. */
  readonly verdict: "ok" | "finding" | "failed";
}

/** One meter of a job. */
export interface JobMeter {
  readonly id: string;
  readonly address: TargetAddress;
}

/** Work at one meter, step by step. What has to outlive a lost connection, it keeps. */
export type MeterWork<Client> = readonly ((client: Client) => Promise<JobStepReport>)[];

/** What running a job needs of the world. */
export interface JobPorts<Meter extends JobMeter, Client extends AsyncDisposable> {
  connect(meter: Meter): Promise<Client>;
  /** The work at a meter, begun anew. */
  workAt(meter: Meter): MeterWork<Client>;
  sleep(ms: number): Promise<void>;
  /** Hears of a meter that is done, and of a failure that is tried again. */
  onMeter?(report: MeterReport): void;
  onRetry?(meter: Meter, failure: Failure, attempt: number): void;
}

export interface JobLimits {
  /** Further attempts after a lost connection. */
  readonly retries: number;
  /** Milliseconds before each of them. */
  readonly pause: number;
  /** Lines that are worked on at once. */
  readonly parallel: number;
}

/** What became of one meter. */
export interface MeterReport {
  readonly meter: string;
  readonly result: "done" | "attention" | "failed";
  readonly attempts: number;
  /** Of the steps that came to an end, in order. */
  readonly steps: readonly JobStepReport[];
  readonly error?: Failure;
  readonly exitCode: ExitCode;
}

/** Does the work at all meters: those of one line one after the other, in their order, and so many lines at once. Never rejects for a meter. */
export async function runJob<Meter extends JobMeter, Client extends AsyncDisposable>(
  meters: readonly Meter[],
  limits: JobLimits,
  ports: JobPorts<Meter, Client>,
): Promise<readonly MeterReport[]> {
  const reports = new Map<Meter, MeterReport>();
  const lines = byLine(meters).values();
  const worker = async (): Promise<void> => {
    // The workers share one iterator, so each line goes to one of them.
    for (const line of lines) {
      for (const meter of line) {
        const report = await workAtMeter(meter, limits, ports);
        reports.set(meter, report);
        ports.onMeter?.(report);
      }
    }
  };
  await Promise.all(Array.from({ length: limits.parallel }, worker));
  return meters.map((meter) => reports.get(meter) as MeterReport);
}

/** The worst of all, which is the highest. */
export function worstExitCode(reports: readonly MeterReport[]): ExitCode {
  return reports.reduce<ExitCode>((worst, { exitCode }) => (exitCode > worst ? exitCode : worst), exitCodes.done);
}

async function workAtMeter<Meter extends JobMeter, Client extends AsyncDisposable>(
  meter: Meter,
  { retries, pause }: JobLimits,
  ports: JobPorts<Meter, Client>,
): Promise<MeterReport> {
  const steps: JobStepReport[] = [];
  const work = ports.workAt(meter);
  for (let attempts = 1; ; attempts++) {
    try {
      await goOn(await ports.connect(meter), work, steps);
      return { meter: meter.id, attempts, steps, ...verdictOf(steps) };
    } catch (error) {
      const failure = describeFailure(error);
      if (attempts > retries || !(error instanceof DlmsError && error.retriable))
        return { meter: meter.id, attempts, steps, result: "failed", error: failure, exitCode: exitCodeOf(error) };
      ports.onRetry?.(meter, failure, attempts);
    }
    await ports.sleep(pause);
  }
}

/** Does what is left to do; what was done before the connection was lost is not done again. */
async function goOn<Client extends AsyncDisposable>(connected: Client, work: MeterWork<Client>, steps: JobStepReport[]): Promise<void> {
  await using client = connected;
  for (const step of work.slice(steps.length)) {
    const report = await step(client);
    steps.push(report);
    if (report.verdict === "failed") return;
  }
}

function verdictOf(steps: readonly JobStepReport[]): Pick<MeterReport, "result" | "exitCode"> {
  if (steps.some(({ verdict }) => verdict === "failed")) return { result: "failed", exitCode: exitCodes.refused };
  if (steps.some(({ verdict }) => verdict === "finding")) return { result: "attention", exitCode: exitCodes.refused };
  return { result: "done", exitCode: exitCodes.done };
}
