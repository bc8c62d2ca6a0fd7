import { z } from "zod";
import { didYouMean } from "./did-you-mean.ts";
import { durationExpected, parseDuration, parsePeriod, periodExpected } from "./duration.ts";
import { parseEndpoint } from "./endpoint.ts";
import { parseSecretReference, secretExpected, secretReferenceExpected } from "./secret.ts";
import { show } from "./show.ts";

export interface FieldOptions {
  /** What an editor should know of the field as it is written, in JSON Schema. */
  readonly jsonSchema: Readonly<Record<string, unknown>>;
  /** True keeps what was written out of the error. */
  readonly secret?: boolean;
}

/** A field of a configuration file; `parse` answers undefined to what it cannot use, and `expected` then says what it can. */
export function field<T>(expected: string, parse: (value: unknown) => T | undefined, options: FieldOptions) {
  return z
    .unknown()
    .transform((value, context): T => {
      const parsed = parse(value);
      if (parsed !== undefined) return parsed;
      const hidden = options.secret === true && value !== undefined && value !== null;
      context.addIssue({ code: "custom", message: hidden ? `${expected}, got something else` : `${expected}, got ${show(value)}` });
      return z.NEVER;
    })
    .meta(options.jsonSchema);
}

/** A field written as text; `parse` sees nothing but text. */
export function textField<T>(expected: string, parse: (text: string) => T | undefined, jsonSchema: Readonly<Record<string, unknown>> = {}) {
  return field(expected, (value) => (typeof value === "string" ? parse(value) : undefined), {
    jsonSchema: { type: "string", description: describe(expected), ...jsonSchema },
  });
}

/** "expected a host" to "a host", for editors. */
export function describe(expected: string): string {
  return expected.replace(/^expected /, "");
}

/** Any text but the empty one. */
export function text(what: string) {
  return textField(`expected ${what}`, (value) => (value === "" ? undefined : value));
}

/** Text of this form. */
export function textLike(expected: string, pattern: RegExp) {
  return textField(expected, (value) => (pattern.test(value) ? value : undefined), { pattern: pattern.source });
}

/** A whole number from `least` to `most`. */
export function integer(least: number, most: number) {
  const expected = `expected a whole number from ${least} to ${most}`;
  return field(
    expected,
    (value) => (Number.isInteger(value) && (value as number) >= least && (value as number) <= most ? (value as number) : undefined),
    {
      jsonSchema: { type: "integer", minimum: least, maximum: most },
    },
  );
}

/** A number greater than zero. */
export function positiveNumber() {
  const isPositive = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value) && value > 0;
  return field("expected a number greater than 0", (value) => (isPositive(value) ? value : undefined), {
    jsonSchema: { type: "number", exclusiveMinimum: 0 },
  });
}

/** A number of zero or more. */
export function amount() {
  const isAmount = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value) && value >= 0;
  return field("expected a number of 0 or more", (value) => (isAmount(value) ? value : undefined), {
    jsonSchema: { type: "number", minimum: 0 },
  });
}

export function yesOrNo() {
  return field("expected true or false", (value) => (typeof value === "boolean" ? value : undefined), { jsonSchema: { type: "boolean" } });
}

/** One of these words or numbers. */
export function oneOf<const T extends string | number>(choices: readonly T[]) {
  const expected = `expected ${choices.length > 1 ? `one of ${choices.join(", ")}` : choices[0]}`;
  return field(expected, (value) => choices.find((choice) => choice === value), { jsonSchema: { enum: choices } });
}

export const port = () => integer(1, 65_535);

/** A duration as written in files and flags, to milliseconds. */
export const duration = () => textField(durationExpected, parseDuration, { pattern: "^\\d+(\\.\\d+)?(ms|s|m|h|d)$" });

/** A span of the calendar. */
export const period = () => textField(periodExpected, parsePeriod);

export const endpoint = () => textField("expected an address such as 127.0.0.1:8080", parseEndpoint);

/** A secret that stands elsewhere. */
export const secretReference = () =>
  secretField(secretReferenceExpected, (written) => {
    const reference = parseSecretReference(written);
    return reference?.visible === true ? undefined : reference;
  });

/** A secret of a demonstration, which may stand in the file. */
export const demoSecret = () => secretField(secretExpected, parseSecretReference);

function secretField<T>(expected: string, parse: (written: string) => T | undefined) {
  return field(expected, (value) => (typeof value === "string" ? parse(value) : undefined), {
    jsonSchema: { type: "string", description: describe(expected) },
    secret: true,
  });
}

/** A list; a single value is not one. */
export function list<T extends z.ZodType>(item: T) {
  return z.array(item, { error: (issue) => `expected a list, got ${show(issue.input)}` });
}

/** A part of a configuration file with these keys and no others. One line of the message belongs to each unknown key. */
export function section<S extends z.core.$ZodShape>(shape: S) {
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== "unrecognized_keys")
        return `expected a section with the keys ${Object.keys(shape).join(", ")}, got ${show(issue.input)}`;
      return issue.keys.map((key) => unknownKey(key, Object.keys(shape))).join("\n");
    },
  });
}

/** What to say of a key nobody knows. */
export function unknownKey(key: string, known: readonly string[]): string {
  const nearest = didYouMean(key, known);
  if (nearest !== undefined) return `unknown key, did you mean ${nearest}?`;
  return known.length === 0 ? "unknown key" : `unknown key; known are ${known.join(", ")}`;
}
