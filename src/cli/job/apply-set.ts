import type { DlmsClient } from "../../client/dlms-client.ts";
import { type DeviceView, ObjectReader } from "../../client/object-reader.ts";
import { plainValue } from "../../cosem-objects/plain-value.ts";
import { planParameters } from "../../field/parameter-set.ts";
import { applyParameters, type StepResult } from "../../field/parameter-set-apply.ts";
import type { ChangeLog } from "./change-log.ts";
import type { ParameterSet } from "./parameter-set.ts";
import { reportOutcome, reportPlan, type StepReport } from "./step-report.ts";

export interface ApplySetOptions {
  readonly dryRun: boolean;
  readonly keepGoing: boolean;
  /** Invokes methods though nothing before them has changed. */
  readonly invoke?: boolean;
  /** Name of the meter in the log. */
  readonly meter: string;
  readonly log: ChangeLog | undefined;
  /** What became of each step so far. A run that goes on after one that was cut off gets the same map, and keeps it up to date. */
  readonly progress: Map<number, StepResult>;
  /** Hears of each step as soon as it is over. */
  readonly onStep?: (step: StepReport) => void;
}

const deviceName = { logicalName: "0.0.42.0.0.255", attribute: 2 } as const;

/**
 * Brings a meter to what a parameter set says; a dry run does nothing but read.
 * @throws ConfigError for a set that does not fit the meter, TransportError where the association is lost on the way
 */
export async function applySet(
  client: DlmsClient,
  view: DeviceView,
  set: ParameterSet,
  { dryRun, keepGoing, invoke = false, meter, log, progress, onStep = () => {} }: ApplySetOptions,
): Promise<readonly StepReport[]> {
  const reader = new ObjectReader(client, view);
  const plan = await planParameters(reader, set.stepsFor(reader));
  if (dryRun) return reportPlan(plan);
  const device = log === undefined ? undefined : await deviceNameOf(reader);
  const outcomes = await applyParameters(client, plan, {
    keepGoing,
    invoke,
    earlier: new Map(progress),
    onOutcome(outcome, index) {
      const step = reportOutcome(outcome);
      if (progress.get(index) !== outcome.result) log?.add({ meter, device }, step);
      progress.set(index, outcome.result);
      onStep(step);
    },
  });
  return outcomes.map(reportOutcome);
}

async function deviceNameOf(reader: ObjectReader): Promise<string | undefined> {
  const [reading] = await reader.read([deviceName]);
  return reading?.value === undefined ? undefined : String(plainValue(reading.value));
}
