import { z } from "zod";
import { field, list, secretReference, section, text, yesOrNo } from "./fields.ts";
import type { SecretReference } from "./secret.ts";

/** A value as VALUE of `dlms set` has it: JSON in the types of what is there, or a text such as "long-unsigned:900". */
export type WrittenValue = string | number | boolean | readonly WrittenValue[];

/** One step of a parameter set; objects, attributes and methods are still as they were written. */
export type WrittenStep =
  | {
      readonly kind: "set";
      /** OBJECT of the command line, with `:attribute` for others than the value. */
      readonly object: string;
      /** What is to be there; a secret stands elsewhere and is never shown. */
      readonly value: WrittenValue | SecretReference;
      /** Whether it is written, at every run, though the meter does not let it be read. */
      readonly blind: boolean;
    }
  | { readonly kind: "invoke"; readonly object: string; readonly method: string; readonly value: WrittenValue | undefined };

/** Bounds nested lists; the deepest attributes of the Blue Book have six levels. */
const deepest = 16;

function isValue(value: unknown, depth = 0): value is WrittenValue {
  if (Array.isArray(value)) return depth < deepest && value.every((item) => isValue(item, depth + 1));
  return typeof value === "string" || typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value));
}

const value = field(
  'expected a number, a text, true, false, a list of them, or "type:value" such as "long-unsigned:900"',
  (written) => (isValue(written) ? written : undefined),
  // What a value may be depends on the attribute; nobody but the meter knows. Values of secret attributes stay out of errors.
  { jsonSchema: { type: ["number", "string", "boolean", "array"] }, secret: true },
);

const method = field(
  "expected the name or the number of a method",
  (written) => (Number.isInteger(written) || (typeof written === "string" && written !== "") ? String(written) : undefined),
  { jsonSchema: { type: ["string", "integer"] } },
);

/** What each kind of step takes besides the key that names it. */
const keysOf = { set: ["value", "secret", "blind"], invoke: ["method", "value"] } as const;

const object = () => text("an object such as 1-0:0.9.11 or clock:time_zone");

const step = section({
  set: object().optional(),
  invoke: object().optional(),
  method: method.optional(),
  value: value.optional(),
  secret: secretReference().optional(),
  blind: yesOrNo().optional(),
}).transform((written, context): WrittenStep => {
  const refuse = (message: string, path: readonly string[] = []) => {
    context.addIssue({ code: "custom", message, path: [...path] });
    return z.NEVER;
  };
  const { set, invoke, value, secret, blind = false } = written;
  if ((set === undefined) === (invoke === undefined)) return refuse("expected either set or invoke, with an object");
  const kind = set === undefined ? "invoke" : "set";
  const allowed: readonly string[] = [kind, ...keysOf[kind]];
  const stray = Object.entries(written).find(([key, given]) => given !== undefined && !allowed.includes(key));
  if (stray !== undefined) return refuse(`does not go with ${kind}, which takes ${keysOf[kind].join(", ")}`, [stray[0]]);
  if (invoke !== undefined) {
    if (written.method === undefined) return refuse("expected the name or the number of a method, got nothing", ["method"]);
    return { kind: "invoke", object: invoke, method: written.method, value };
  }
  const wanted = value ?? secret;
  if (wanted === undefined || (value !== undefined && secret !== undefined)) return refuse("expected either value or secret beside set");
  return { kind: "set", object: set as string, value: wanted, blind };
});

/** A parameter set of `dlms apply`: what attributes of a meter are to hold, and what is invoked when they have changed. */
export const parameterSetSchema = section({ name: text("a name").optional(), steps: list(step).min(1, "expected at least one step") });
