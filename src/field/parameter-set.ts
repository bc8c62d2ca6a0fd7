import { toHex } from "../bytes/hex.ts";
import type { AttributeReading, ObjectReader } from "../client/object-reader.ts";
import { findClass } from "../cosem-objects/catalogue.ts";
import { Clock } from "../cosem-objects/classes/clock.ts";
import { attributeById } from "../cosem-objects/define.ts";
import type { LogicalName } from "../cosem-objects/logical-name.ts";
import { encodeData } from "../dlms/axdr/data.ts";
import type { DlmsData } from "../dlms/axdr/dlms-data.ts";
import { ConfigError } from "../errors.ts";

/** An attribute that is to hold a value. */
export interface SetStep {
  readonly kind: "set";
  readonly logicalName: LogicalName;
  readonly attribute: number;
  /**
   * The value that is to be there.
   * @param present what is there, undefined where it cannot be read
   * @throws ConfigError for a value that does not fit
   */
  readonly wanted: (present: DlmsData | undefined) => DlmsData;
  /** Write it though the meter does not let it be read, at every run. */
  readonly blind: boolean;
  /** Neither what was nor what will be there may be shown. */
  readonly secret: boolean;
}

/** A method that is invoked when something before it has changed. */
export interface InvokeStep {
  readonly kind: "invoke";
  readonly classId: number;
  readonly logicalName: LogicalName;
  readonly method: number;
  /** The octets of the tagged parameter, which may be a secret. */
  readonly parameter: Uint8Array;
}

export type ParameterStep = SetStep | InvokeStep;

/** An attribute as it is, and as it is to be. */
export interface PlannedSet {
  readonly kind: "set";
  readonly step: SetStep;
  /** What was there; its error says why nothing could be read. */
  readonly reading: AttributeReading;
  /** Undefined where the meter does not let it be read and nobody asked to write it blind. */
  readonly wanted: DlmsData | undefined;
  /** `same`: nothing is to be done. `unreadable`: whether anything is to be done cannot be known. */
  readonly state: "same" | "differs" | "blind" | "unreadable";
}

export interface PlannedInvoke {
  readonly kind: "invoke";
  readonly step: InvokeStep;
}

/** What a parameter set means for one meter as it is now, in the order of the set. */
export type ParameterPlan = readonly (PlannedSet | PlannedInvoke)[];

/**
 * Reads everything that a parameter set speaks of and compares; writes nothing.
 * @throws ConfigError for a set that cannot be applied to this meter, whatever the meter may say
 */
export async function planParameters(reader: Pick<ObjectReader, "read">, steps: readonly ParameterStep[]): Promise<ParameterPlan> {
  checkOnceEach(steps);
  const readings = (await reader.read(steps.filter((step) => step.kind === "set"))).values();
  return steps.map((step, index) =>
    step.kind === "invoke" ? { kind: "invoke", step } : planSet(step, index, readings.next().value as AttributeReading),
  );
}

function planSet(step: SetStep, index: number, reading: AttributeReading): PlannedSet {
  if (reading.classId === Clock.classId && step.attribute === Clock.attributes.time.id) {
    throw new ConfigError(`steps[${index}].set`, `${step.logicalName} never holds still, so it would be written at every run`, {
      hint: "set the time with dlms clock",
    });
  }
  const secret = step.secret || isSecret(reading);
  const shared = { kind: "set", step: { ...step, secret }, reading } as const;
  const { value: present } = reading;
  if (present === undefined && !step.blind) return { ...shared, wanted: undefined, state: "unreadable" };
  const wanted = secret ? withoutRepeating(step, index, present) : step.wanted(present);
  if (present === undefined) return { ...shared, wanted, state: "blind" };
  return { ...shared, wanted, state: sameData(present, wanted) ? "same" : "differs" };
}

/** Errors of values repeat what was written. */
function withoutRepeating({ wanted, logicalName, attribute }: SetStep, index: number, present: DlmsData | undefined): DlmsData {
  try {
    return wanted(present);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ConfigError(`steps[${index}].value`, `the secret for ${logicalName}:${attribute} does not fit what the attribute holds`, {
      hint: "give its type as well, as in octet-string:hex",
    });
  }
}

/** The same value in the same types: what differs in its type alone is not what was asked for. */
export function sameData(one: DlmsData, other: DlmsData): boolean {
  return toHex(encodeData(one)) === toHex(encodeData(other));
}

/** What a class has for writing only are its secrets (Blue Book class tables). */
function isSecret({ classId, attribute }: AttributeReading): boolean {
  const cosemClass = findClass(classId);
  return cosemClass !== undefined && attributeById(cosemClass, attribute)?.definition.access === "w";
}

/** Of two values for one attribute each run would write the first again. */
function checkOnceEach(steps: readonly ParameterStep[]): void {
  const seen = new Set<string>();
  for (const [index, step] of steps.entries()) {
    if (step.kind === "invoke") continue;
    const place = `${step.logicalName}:${step.attribute}`;
    if (seen.has(place)) throw new ConfigError(`steps[${index}].set`, `${place} is set twice`, { hint: "one of the two has to go" });
    seen.add(place);
  }
}
