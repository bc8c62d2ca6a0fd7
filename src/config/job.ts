import { z } from "zod";
import { duration, integer, list, oneOf, section, text, textField, yesOrNo } from "./fields.ts";

/** One step of a job; times and names are still as they were written. */
export type WrittenJobStep =
  | { readonly kind: "read"; readonly objects: readonly string[]; readonly out: string | undefined }
  | {
      readonly kind: "profile";
      readonly profile: string;
      /** Which rows: the newest so many, those of the last so many milliseconds, or a range. */
      readonly rows:
        | { readonly kind: "last"; readonly count: number }
        | { readonly kind: "since"; readonly span: number }
        | { readonly kind: "range"; readonly from: string | undefined; readonly to: string | undefined };
      readonly format: "csv" | "json";
      readonly out: string;
    }
  | {
      readonly kind: "clock";
      readonly mode: "check" | "set";
      /** The drift in milliseconds that is left alone. */
      readonly limit: number;
      /** The drift in milliseconds from which a clock is not set any more. */
      readonly most: number;
    }
  | { readonly kind: "apply"; readonly file: string; readonly keepGoing: boolean };

/** More meters at once than that are the gateway's business. */
const mostParallel = 256;

const files = /\{meter\}/;
const filesExpected = "expected a path with {meter} in it";

/** A file for each meter. */
const filePattern = () =>
  textField(`${filesExpected}, such as profiles/{meter}-load.csv`, (written) => (files.test(written) ? written : undefined), {
    pattern: files.source,
  });

/** What each kind of step takes besides the key that names it. */
const keysOf = {
  read: ["out"],
  profile: ["last", "since", "from", "to", "format", "out"],
  clock: ["limit", "most"],
  apply: ["keepGoing"],
} as const;

type StepKind = keyof typeof keysOf;

const kinds = Object.keys(keysOf) as readonly StepKind[];

const defaults = { limit: 30_000, most: 300_000, retries: 0, pause: 5000, parallel: 4 };

const step = section({
  read: list(text("an object such as 1-0:1.8.0")).min(1, "expected at least one object").optional(),
  profile: text("a profile such as load or 1.0.99.1.0.255").optional(),
  last: integer(1, 0xffff_ffff).optional(),
  since: duration().optional(),
  from: text("a time such as 2026-11-22T00:00").optional(),
  to: text("a time such as 2026-11-22T12:00").optional(),
  format: oneOf(["csv", "json"]).optional(),
  out: filePattern().optional(),
  clock: oneOf(["check", "set"]).optional(),
  limit: duration().optional(),
  most: duration().optional(),
  apply: text("the file of a parameter set").optional(),
  keepGoing: yesOrNo().optional(),
}).transform((written, context): WrittenJobStep => {
  const refuse = (message: string, ...path: string[]) => {
    context.addIssue({ code: "custom", message, path });
    return z.NEVER;
  };
  const given = kinds.filter((kind) => written[kind] !== undefined);
  const [kind] = given;
  if (kind === undefined || given.length > 1) return refuse(`expected one of ${kinds.join(", ")}, got ${given.join(" and ") || "none"}`);
  const allowed: readonly string[] = [kind, ...keysOf[kind]];
  const stray = Object.entries(written).find(([key, value]) => value !== undefined && !allowed.includes(key));
  if (stray !== undefined) return refuse(`does not go with ${kind}, which takes ${keysOf[kind].join(", ")}`, stray[0]);

  const { read, profile, out, last, since, from, to, clock, limit, most, apply, keepGoing } = written;
  if (read !== undefined) return { kind: "read", objects: read, out };
  if (clock !== undefined) {
    const clockStep = { kind: "clock", mode: clock, limit: limit ?? defaults.limit, most: most ?? defaults.most } as const;
    // Otherwise nothing would ever be set.
    if (clock === "set" && clockStep.limit > clockStep.most)
      return refuse("expected no more than most, which is 5m unless it is given", "limit");
    return clockStep;
  }
  if (apply !== undefined) return { kind: "apply", file: apply, keepGoing: keepGoing ?? false };
  if (out === undefined) return refuse(`${filesExpected}, got nothing`, "out");
  if ([last, since, from ?? to].filter((limits) => limits !== undefined).length > 1)
    return refuse("last, since and a range exclude each other");
  const rows =
    last !== undefined
      ? ({ kind: "last", count: last } as const)
      : since !== undefined
        ? ({ kind: "since", span: since } as const)
        : ({ kind: "range", from, to } as const);
  return { kind: "profile", profile: profile as string, rows, format: written.format ?? "csv", out };
});

/** A job of `dlms job`: what is done, in this order, with each of which meters of the address book. */
export const jobSchema = section({
  name: text("a name").optional(),
  meters: list(text("the name of a meter, or a pattern such as feeder7-*")).min(1, "expected at least one meter"),
  retries: integer(0, 100).prefault(defaults.retries),
  pause: duration().prefault(`${defaults.pause}ms`),
  parallel: integer(1, mostParallel).prefault(defaults.parallel),
  log: text("a file").optional(),
  steps: list(step).min(1, "expected at least one step"),
}).transform((job, context) => {
  // The second would take the place of the first.
  const seen = new Set<string>();
  for (const [index, each] of job.steps.entries()) {
    if (!("out" in each) || each.out === undefined) continue;
    if (seen.has(each.out))
      context.addIssue({ code: "custom", message: "another step writes this file already", path: ["steps", index, "out"] });
    seen.add(each.out);
  }
  return job;
});
