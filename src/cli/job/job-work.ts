import { dirname, resolve } from "node:path";
import type { WrittenJobStep } from "../../config/job.ts";
import { ConfigError } from "../../errors.ts";
import type { StepResult } from "../../field/parameter-set-apply.ts";
import { applySet } from "./apply-set.ts";
import type { ChangeLog } from "./change-log.ts";
import { clockStep } from "./clock-step.ts";
import type { ConnectedMeter } from "./connected-meter.ts";
import { fileOf } from "./job-meters.ts";
import { ParameterSet } from "./parameter-set.ts";
import { prepareProfile, profileStep } from "./profile-step.ts";
import { readStep } from "./read-step.ts";
import type { MeterWork } from "./run-job.ts";
import { countResults, hasFailed } from "./step-report.ts";

export interface JobWorkOptions {
  /** The file of the job: paths in it start from its folder. */
  readonly file: string;
  readonly dryRun: boolean;
  readonly log: ChangeLog | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Begins a step at a meter: what it answers is done as often as the connection is lost, and keeps what has to outlive that. */
type StepAt = (meterId: string) => MeterWork<ConnectedMeter>[number];

/** One step of a job, ready for any meter. */
export interface JobStep {
  /** Title of its column in the summary. */
  readonly title: string;
  readonly at: StepAt;
}

/**
 * Everything about the steps of a job that can be wrong before anything is connected.
 * @throws ConfigError naming the step
 */
export function prepareSteps(steps: readonly WrittenJobStep[], options: JobWorkOptions): readonly JobStep[] {
  const startedAt = options.now();
  return steps.map((step, index) => {
    try {
      return prepareStep(step, startedAt, options);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      throw new ConfigError(`steps[${index}]`, error.message, { hint: error.hint ?? `see ${options.file}`, cause: error });
    }
  });
}

function prepareStep(step: WrittenJobStep, startedAt: number, { file, dryRun, log, environment, now }: JobWorkOptions): JobStep {
  const place = (path: string): string => resolve(dirname(file), path);
  const outputOf = (pattern: string, meterId: string): string => place(fileOf(pattern, meterId, new Date(startedAt)));
  switch (step.kind) {
    case "read":
      return {
        title: `Read ${step.objects.join(", ")}`,
        at: (id) => (meter) => readStep(meter, step.objects, step.out === undefined || dryRun ? undefined : outputOf(step.out, id)),
      };
    case "profile": {
      const prepared = prepareProfile(step, startedAt);
      return { title: `Profile ${step.profile}`, at: (id) => (meter) => profileStep(meter, prepared, outputOf(step.out, id), dryRun) };
    }
    case "clock":
      return { title: "Clock", at: () => (meter) => clockStep(meter.client, { ...step, dryRun, now }) };
    case "apply": {
      const set = ParameterSet.load(place(step.file), environment);
      return { title: `Apply ${step.file}`, at: (id) => applyStep(set, id, { dryRun, keepGoing: step.keepGoing, log }) };
    }
  }
}

function applyStep(
  set: ParameterSet,
  meterId: string,
  options: { readonly dryRun: boolean; readonly keepGoing: boolean; readonly log: ChangeLog | undefined },
): MeterWork<ConnectedMeter>[number] {
  const progress = new Map<number, StepResult>();
  return async (meter) => {
    const steps = await applySet(meter.client, await meter.view(), set, { ...options, meter: meterId, progress });
    const failed = steps.some(hasFailed);
    return {
      json: { step: "apply", result: failed ? "failed" : "done", file: set.file, steps },
      text: countResults(steps),
      verdict: failed ? "failed" : "ok",
    };
  };
}
