import { readFileSync } from "node:fs";
import { LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import { ConfigError } from "../errors.ts";
import { problemsOf } from "./problems.ts";
import type { SecretReference } from "./secret.ts";

/** Deeply readonly, since what is loaded is frozen. Class instances, secrets among them, are left as they are. */
export type Frozen<T> = T extends SecretReference
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Frozen<Item>[]
    : T extends object
      ? { readonly [Key in keyof T]: Frozen<T[Key]> }
      : T;

export type CheckResult<T> =
  | { readonly ok: true; readonly config: Frozen<T> }
  | { readonly ok: false; readonly problems: readonly [ConfigError, ...ConfigError[]] };

/** Configuration files are written by people; whatever is longer is something else. */
const longestFile = 16 * 1024 * 1024;
/** Bounds what nested aliases can expand to. */
const mostAliases = 100;

/**
 * Reads and validates a YAML file.
 * @throws ConfigError with the first problem; its hint says where it is and how many there are besides.
 */
export function loadYaml<S extends z.ZodType>(file: string, schema: S): Frozen<z.output<S>> {
  return parseYaml(readConfigFile(file), schema, file);
}

/**
 * Validates YAML text; `file` is its name in errors.
 * @throws ConfigError as `loadYaml` does.
 */
export function parseYaml<S extends z.ZodType>(text: string, schema: S, file: string): Frozen<z.output<S>> {
  const result = checkYaml(text, schema, file);
  if (result.ok) return result.config;
  throw result.problems[0];
}

/** Items of a list that are not looked at, by their places in the file. */
export interface Omission {
  readonly list: string;
  readonly indices: ReadonlySet<number>;
}

/** Validates YAML text, all of it but what is to be omitted, and reports every problem at its place in the file. */
export function checkYaml<S extends z.ZodType>(text: string, schema: S, file: string, omission?: Omission): CheckResult<z.output<S>> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [syntax] = document.errors;
  if (syntax !== undefined) {
    const { line, col } = lines.linePos(syntax.pos[0]);
    const message = `${syntax.message} (${file}, line ${line}, column ${col})`;
    return { ok: false, problems: [new ConfigError("", message, { details: { file, line, column: col } })] };
  }
  let content: unknown;
  try {
    content = document.toJS({ maxAliasCount: mostAliases });
  } catch (error) {
    return { ok: false, problems: [new ConfigError("", `${file}: ${(error as Error).message}`, { cause: error })] };
  }
  const { remaining, placeOf } = omit(content ?? {}, omission);
  const result = schema.safeParse(remaining);
  if (result.success) return { ok: true, config: freeze(result.data) };
  const issues = result.error.issues.map((issue) => ({ ...issue, path: placeOf(issue.path) }));
  const [first, ...others] = problemsOf(issues, lineOf, file);
  return { ok: false, problems: [first ?? new ConfigError("", `${file} is refused`), ...others] };

  // A missing key has no node: the line of what it is missing from is the next best.
  function lineOf(path: readonly PropertyKey[]): number | undefined {
    for (let length = path.length; length > 0; length--) {
      const node = document.getIn(path.slice(0, length), true) as { readonly range?: readonly [number, number, number] } | undefined;
      if (node?.range != null) return lines.linePos(node.range[0]).line;
    }
    return undefined;
  }
}

/** The content without what is omitted, and the way back from a path in it to one in the file. */
function omit(content: unknown, omission: Omission | undefined) {
  const items = (content as Readonly<Record<string, unknown>>)[omission?.list ?? ""];
  if (omission === undefined || !Array.isArray(items)) return { remaining: content, placeOf: (path: PropertyKey[]) => path };
  const kept = items.map((_, index) => index).filter((index) => !omission.indices.has(index));
  return {
    remaining: { ...(content as object), [omission.list]: kept.map((index) => items[index] as unknown) },
    placeOf: ([list, index, ...rest]: PropertyKey[]): PropertyKey[] => {
      if (list === undefined) return [];
      if (index === undefined) return [list];
      return [list, list === omission.list && typeof index === "number" ? (kept[index] ?? index) : index, ...rest];
    },
  };
}

/** @throws ConfigError for a file that cannot be read, or is too long to be one */
export function readConfigFile(file: string): string {
  try {
    const text = readFileSync(file);
    if (text.length > longestFile) throw new ConfigError("", `${file} is too long for a configuration file`);
    return text.toString("utf8");
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new ConfigError("", missing ? `there is no file ${file}` : `cannot read ${file}: ${(error as Error).message}`, { cause: error });
  }
}

function freeze<T>(value: T): Frozen<T> {
  if (typeof value === "object" && value !== null && (Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype)) {
    for (const child of Object.values(value)) freeze(child);
    Object.freeze(value);
  }
  return value as Frozen<T>;
}
