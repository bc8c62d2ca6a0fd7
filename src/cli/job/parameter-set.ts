import { dirname } from "node:path";
import type { ObjectReader } from "../../client/object-reader.ts";
import { loadYaml } from "../../config/load.ts";
import { parameterSetSchema, type WrittenStep, type WrittenValue } from "../../config/parameter-set.ts";
import { resolveSecret, SecretReference } from "../../config/secret.ts";
import type { ObjectListElement } from "../../cosem-objects/classes/association-ln.ts";
import type { LogicalName } from "../../cosem-objects/logical-name.ts";
import { encodeData } from "../../dlms/axdr/data.ts";
import type { DlmsData } from "../../dlms/axdr/dlms-data.ts";
import { ConfigError } from "../../errors.ts";
import type { ParameterStep } from "../../field/parameter-set.ts";
import { parseMethod, parseObject } from "../object-argument.ts";
import { parseTypedValue } from "../typed-value.ts";

/** A parameter set with its secrets at hand; only a meter can tell what its names mean. */
export class ParameterSet {
  readonly file: string;
  readonly #steps: readonly WrittenStep[];
  readonly #secrets: ReadonlyMap<SecretReference, string>;

  private constructor(file: string, steps: readonly WrittenStep[], secrets: ReadonlyMap<SecretReference, string>) {
    this.file = file;
    this.#steps = steps;
    this.#secrets = secrets;
  }

  /** Loads a file; paths in it start from its folder. @throws ConfigError for what is wrong whatever the meter is, secrets among it */
  static load(file: string, environment: Readonly<Record<string, string | undefined>>): ParameterSet {
    const steps: readonly WrittenStep[] = loadYaml(file, parameterSetSchema).steps;
    const secrets = new Map<SecretReference, string>();
    for (const [index, step] of steps.entries()) {
      if (step.kind !== "set" || !(step.value instanceof SecretReference)) continue;
      const path = `steps[${index}].secret`;
      const { bytes } = resolveSecret(step.value, { path, format: "text", environment, directory: dirname(file) });
      secrets.set(step.value, new TextDecoder().decode(bytes));
    }
    return new ParameterSet(file, steps, secrets);
  }

  /** What the set means for the meter behind `reader`. @throws ConfigError for an object, attribute or method that it does not have */
  stepsFor(reader: Pick<ObjectReader, "find">): readonly ParameterStep[] {
    return this.#steps.map((step, index) =>
      this.#within(step, index, () => (step.kind === "set" ? this.#setStep(step, index, reader) : invokeStep(step, reader))),
    );
  }

  #setStep(written: WrittenStep & { readonly kind: "set" }, index: number, reader: Pick<ObjectReader, "find">): ParameterStep {
    const { object, value, blind } = written;
    const { logicalName, attribute } = visible(object, reader);
    const secret = value instanceof SecretReference;
    const wanted = (present: DlmsData | undefined): DlmsData =>
      secret
        ? secretData(this.#secrets.get(value) as string, present)
        : this.#within(written, index, () => parseTypedValue(valueText(value), present));
    return { kind: "set", logicalName, attribute, wanted, blind, secret };
  }

  /** Runs something that speaks of arguments of the command line, and lets its errors speak of the file. */
  #within<T>({ kind }: WrittenStep, index: number, run: () => T): T {
    try {
      return run();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      const keys: Readonly<Record<string, string>> = { OBJECT: kind, METHOD: "method", VALUE: "value" };
      const place = error.path.replace(/^[A-Z]+/, (argument) => `.${keys[argument] ?? "value"}`);
      const message = error.message.slice(error.path.length + 2);
      throw new ConfigError(`steps[${index}]${place}`, message, { hint: error.hint ?? `see ${this.file}`, cause: error });
    }
  }
}

function invokeStep(
  { object, method, value = "integer:0" }: WrittenStep & { readonly kind: "invoke" },
  reader: Pick<ObjectReader, "find">,
): ParameterStep {
  const { logicalName, classId, version } = visible(object, reader);
  const parameter = encodeData(parseTypedValue(valueText(value), undefined));
  return { kind: "invoke", classId, logicalName, method: parseMethod(method, classId, version), parameter };
}

/** @throws ConfigError for an object that the association does not show, also where the name of an attribute needs its class */
function visible(object: string, reader: Pick<ObjectReader, "find">) {
  const find = (logicalName: LogicalName): ObjectListElement => {
    const element = reader.find(logicalName);
    if (element !== undefined) return element;
    throw new ConfigError("OBJECT", `this client sees no ${logicalName}`, { hint: "dlms objects lists what it sees" });
  };
  const place = parseObject(object, { find });
  const { classId, version } = find(place.logicalName);
  return { ...place, classId, version };
}

/** As VALUE of the command line has it. Texts keep their quotes unless they name a type, so that "120" is no number. */
function valueText(value: WrittenValue): string {
  return typeof value === "string" && /^[a-z][a-z0-9-]*:/.test(value) ? value : JSON.stringify(value);
}

const octetPrefix = "octet-string:";

/** A secret is its characters, whatever they look like; octets that are none are written as octet-string:hex. */
function secretData(text: string, present: DlmsData | undefined): DlmsData {
  if (text.startsWith(octetPrefix)) return parseTypedValue(text, present);
  if (present?.type === "visible-string" || present?.type === "utf8-string") return { type: present.type, value: text };
  return { type: "octet-string", value: new TextEncoder().encode(text) };
}
