import { findClass } from "../../cosem-objects/catalogue.ts";
import { methodById } from "../../cosem-objects/define.ts";
import { formatObis } from "../../cosem-objects/logical-name.ts";
import { nameOf } from "../../cosem-objects/names.ts";
import { type PlainValue, plainValue } from "../../cosem-objects/plain-value.ts";
import { unitSymbol } from "../../cosem-objects/unit.ts";
import type { DlmsData } from "../../dlms/axdr/dlms-data.ts";
import type { ParameterPlan, PlannedInvoke, PlannedSet } from "../../field/parameter-set.ts";
import { failedResults, type StepOutcome, type StepResult } from "../../field/parameter-set-apply.ts";
import { displayName, displayPlain } from "../readings.ts";
import { formatTable } from "../table.ts";

/** What would become of a step, of a run that writes nothing. */
export type DryResult = "unchanged" | "would-change" | "would-write" | "would-invoke" | "not-needed" | "refused";

/** One step of a parameter set as `dlms apply --json` shows it; the keys are an interface. */
export interface StepReport {
  readonly logicalName: string;
  readonly obis: string;
  readonly classId: number;
  readonly name: string;
  readonly attribute?: number;
  readonly method?: number;
  /** Scaled like those of `dlms read`; "(secret)" for what nobody is to see. */
  readonly old?: PlainValue;
  readonly new?: PlainValue;
  /** What the meter holds instead of the new value. */
  readonly kept?: PlainValue;
  readonly unit?: string;
  readonly result: StepResult | DryResult;
  readonly error?: string;
}

const hidden = "(secret)";

/** What would become of each step of a plan. */
export function reportPlan(plan: ParameterPlan): readonly StepReport[] {
  let changes = false;
  return plan.map((planned) => {
    if (planned.kind === "invoke") return { ...describeInvoke(planned), result: changes ? "would-invoke" : "not-needed" };
    const result = dryResults[planned.state];
    changes ||= result === "would-change" || result === "would-write";
    return { ...describeSet(planned), result, ...(result === "refused" ? { error: String(planned.reading.error ?? "other-reason") } : {}) };
  });
}

const dryResults = { same: "unchanged", differs: "would-change", blind: "would-write", unreadable: "refused" } as const;

/** What became of a step. */
export function reportOutcome({ planned, result, after, error }: StepOutcome): StepReport {
  const failure = error === undefined ? {} : { error: error.code };
  if (planned.kind === "invoke") return { ...describeInvoke(planned), result, ...failure };
  const kept = result === "not-kept" && after !== undefined ? { kept: shownValue(planned, after) } : {};
  return { ...describeSet(planned), ...kept, result, ...failure };
}

function describeSet(planned: PlannedSet): Omit<StepReport, "result"> {
  const { reading, wanted } = planned;
  const { logicalName, classId, attribute, scalerUnit, value } = reading;
  const unit = scalerUnit && unitSymbol(scalerUnit.unit);
  return {
    logicalName,
    obis: formatObis(logicalName),
    classId,
    name: displayName(reading),
    attribute,
    ...(value === undefined ? {} : { old: shownValue(planned, value) }),
    ...(wanted === undefined ? {} : { new: shownValue(planned, wanted) }),
    ...(unit === undefined ? {} : { unit }),
  };
}

function shownValue({ step, reading }: PlannedSet, value: DlmsData): PlainValue {
  return step.secret ? hidden : plainValue(value, reading.scalerUnit?.scaler);
}

/** Without its parameter, which may be a key. */
function describeInvoke({ step: { logicalName, classId, method } }: PlannedInvoke): Omit<StepReport, "result"> {
  const cosemClass = findClass(classId);
  const called = (cosemClass && methodById(cosemClass, method)?.name) ?? `method ${method}`;
  return {
    logicalName,
    obis: formatObis(logicalName),
    classId,
    name: `${nameOf(logicalName) ?? formatObis(logicalName)}, ${called}`,
    method,
  };
}

/** The difference as people read it. */
export function stepTable(steps: readonly StepReport[], width: number | undefined): string {
  return formatTable(
    [{ title: "Object" }, { title: "Old" }, { title: "New" }, { title: "Unit" }, { title: "Result" }],
    steps.map(({ name, old, new: wanted, kept, unit = "", result, error }) => [
      name,
      old === undefined ? "" : displayPlain(old),
      wanted === undefined ? "" : displayPlain(wanted),
      unit,
      `${result}${kept === undefined ? "" : `: ${displayPlain(kept)}`}${error === undefined ? "" : ` (${error})`}`,
    ]),
    { width },
  );
}

/** "2 changed, 5 unchanged", in the order in which results come up. */
export function countResults(steps: readonly StepReport[]): string {
  const counts = new Map<string, number>();
  for (const { result } of steps) counts.set(result, (counts.get(result) ?? 0) + 1);
  return [...counts].map(([result, count]) => `${count} ${result}`).join(", ");
}

/** True where the meter is, or would be, not what the set says. */
export function hasFailed({ result }: StepReport): boolean {
  return (failedResults as ReadonlySet<string>).has(result);
}
