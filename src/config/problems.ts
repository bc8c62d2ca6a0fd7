import type { z } from "zod";
import { ConfigError } from "../errors.ts";

/** What zod objects to, in our words: one error for each place. The hint of the first says how many follow. */
export function problemsOf(
  issues: readonly z.core.$ZodIssue[],
  lineOf: (path: readonly PropertyKey[]) => number | undefined,
  file: string,
): ConfigError[] {
  const objections = issues.flatMap(objectionsOf);
  return objections.map(({ path, message }, index) => {
    const line = lineOf(path);
    const more = index === 0 && objections.length > 1 ? `; ${objections.length - 1} more in this file` : "";
    const hint = `see ${line === undefined ? "" : `line ${line} of `}${file}${more}`;
    return new ConfigError(pathText(path), message, { hint, details: { file, line } });
  });
}

interface Objection {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Unknown keys of one section come as one issue, with a line of the message for each. */
function objectionsOf(issue: z.core.$ZodIssue): Objection[] {
  if (issue.code !== "unrecognized_keys") return [issue];
  const messages = issue.message.split("\n");
  return issue.keys.map((key, index) => ({ path: [...issue.path, key], message: messages[index] ?? "unknown key" }));
}

/** ["meters", 2, "poll"] to "meters[2].poll". */
function pathText(path: readonly PropertyKey[]): string {
  return path.map((part, index) => (typeof part === "number" ? `[${part}]` : `${index === 0 ? "" : "."}${String(part)}`)).join("");
}
