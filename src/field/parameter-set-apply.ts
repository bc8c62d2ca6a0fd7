import type { AttributeAddress, DlmsClient } from "../client/dlms-client.ts";
import { encodeData } from "../dlms/axdr/data.ts";
import type { DlmsData } from "../dlms/axdr/dlms-data.ts";
import { DataAccessError, DlmsError, ServiceError } from "../errors.ts";
import { type ParameterPlan, type PlannedInvoke, type PlannedSet, sameData } from "./parameter-set.ts";

/**
 * What became of a step.
 *
 * - `unchanged`: the attribute held the value already; `changed`: it does now, as reading it back has shown
 * - `written`: the meter took the value and does not let it be read back
 * - `not-kept`: the meter took the value and holds another one
 * - `invoked`; `not-needed`: nothing before it has changed
 * - `refused`: by the meter; `skipped`: because of an earlier refusal
 * - `unknown`: the answer of the meter was lost
 */
export type StepResult = "unchanged" | "changed" | "written" | "not-kept" | "invoked" | "not-needed" | "refused" | "skipped" | "unknown";

/** One step of a plan and what became of it. */
export interface StepOutcome {
  readonly planned: PlannedSet | PlannedInvoke;
  readonly result: StepResult;
  /** What the attribute holds after it was written. */
  readonly after?: DlmsData;
  /** Why it was refused, or is not known. */
  readonly error?: DlmsError;
}

export interface ApplyOptions {
  /** Goes on after a refusal; methods behind one are not invoked all the same, since what they put in force is not complete. */
  readonly keepGoing?: boolean;
  /** Invokes methods though nothing before them has changed, as after a run that ended between the two. */
  readonly invoke?: boolean;
  /** What became of steps in runs that were cut off, by their places: what was changed then counts, and no method is invoked twice. */
  readonly earlier?: ReadonlyMap<number, StepResult>;
  /** Hears of every step as soon as it is over, so that nothing that was done goes unrecorded. */
  readonly onOutcome?: (outcome: StepOutcome, index: number) => void;
}

/** Results after which the meter is not what the set says. */
export const failedResults: ReadonlySet<StepResult> = new Set(["refused", "not-kept", "skipped", "unknown"]);
/** Results after which the meter may hold something else than before. */
const changes: ReadonlySet<StepResult> = new Set(["changed", "written", "not-kept", "unknown"]);

type ParameterClient = Pick<DlmsClient, "getMany" | "setRaw" | "invokeRaw">;

/**
 * Writes what differs, in the order of the plan, and reads each back. Without `keepGoing` nothing at all is written where
 * the plan already shows a step that cannot be done.
 * @throws TransportError and whatever else ends the association, after `onOutcome` has heard of the step under way
 */
export async function applyParameters(
  client: ParameterClient,
  plan: ParameterPlan,
  { keepGoing = false, invoke = false, earlier = new Map(), onOutcome = () => {} }: ApplyOptions = {},
): Promise<readonly StepOutcome[]> {
  const outcomes: StepOutcome[] = [];
  let changed = invoke;
  let failed = false;
  const hopeless = !keepGoing && plan.some((planned) => planned.kind === "set" && planned.state === "unreadable");
  for (const [index, planned] of plan.entries()) {
    const outcome = await (planned.kind === "set"
      ? applySet(client, planned, { stop: hopeless || (failed && !keepGoing), before: earlier.get(index) })
      : applyInvoke(client, planned, { stop: hopeless || failed, before: earlier.get(index), needed: changed }));
    outcomes.push(outcome);
    onOutcome(outcome, index);
    const { result, error } = outcome;
    if (error !== undefined && !(error instanceof ServiceError)) throw error;
    changed ||= changes.has(result);
    failed ||= failedResults.has(result);
  }
  return outcomes;
}

interface StepCircumstances {
  /** It can no longer be done. */
  readonly stop: boolean;
  /** What became of it in a run that was cut off. */
  readonly before: StepResult | undefined;
}

async function applySet(client: ParameterClient, planned: PlannedSet, { stop, before }: StepCircumstances): Promise<StepOutcome> {
  const { step, reading, state, wanted } = planned;
  if (state === "same") return { planned, result: before !== undefined && changes.has(before) ? "changed" : "unchanged" };
  if (state === "unreadable" || wanted === undefined) return { planned, result: "refused", error: readRefusal(planned) };
  if (state === "blind" && before === "written") return { planned, result: "written" };
  if (stop) return { planned, result: "skipped" };
  const address: AttributeAddress = { classId: reading.classId, logicalName: step.logicalName, attribute: step.attribute };
  try {
    await client.setRaw(address, encodeData(wanted));
  } catch (error) {
    return { planned, ...failure(error) };
  }
  return { planned, ...(await readBack(client, address, wanted)) };
}

/** A read-back that is refused is no refusal of what was written. */
async function readBack(client: ParameterClient, address: AttributeAddress, wanted: DlmsData): Promise<Omit<StepOutcome, "planned">> {
  try {
    const after = (await client.getMany([address]))[0]?.value;
    if (after === undefined) return { result: "written" };
    return { result: sameData(after, wanted) ? "changed" : "not-kept", after };
  } catch (error) {
    return { ...failure(error), result: "written" };
  }
}

async function applyInvoke(
  client: ParameterClient,
  planned: PlannedInvoke,
  { stop, before, needed }: StepCircumstances & { readonly needed: boolean },
): Promise<StepOutcome> {
  if (before === "invoked" || before === "unknown") return { planned, result: before };
  if (stop) return { planned, result: "skipped" };
  if (!needed) return { planned, result: "not-needed" };
  try {
    await client.invokeRaw(planned.step, planned.step.parameter);
    return { planned, result: "invoked" };
  } catch (error) {
    return { planned, ...failure(error) };
  }
}

/** The meter's no is a refusal; after anything else nobody knows whether it did what it was told. */
function failure(error: unknown): { readonly result: "refused" | "unknown"; readonly error: DlmsError } {
  if (!(error instanceof DlmsError)) throw error;
  return { result: error instanceof ServiceError ? "refused" : "unknown", error };
}

function readRefusal({ reading: { logicalName, attribute, error } }: PlannedSet): DataAccessError {
  const result = String(error ?? "other-reason");
  return new DataAccessError(result, `GET ${logicalName} attribute ${attribute}: ${result}`, {
    hint: "what cannot be read cannot be compared; blind: true writes it at every run",
  });
}
