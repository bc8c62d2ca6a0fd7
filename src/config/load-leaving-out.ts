import { readFileSync } from "node:fs";
import { parseDocument } from "yaml";
import type { z } from "zod";
import type { ConfigError } from "../errors.ts";
import { checkYaml, type Frozen, loadYaml } from "./load.ts";

/** A configuration without the items of a list that have faults, and these. */
export interface LoadedInPart<T> {
  readonly config: Frozen<T>;
  readonly faults: readonly ConfigError[];
}

/**
 * Reads and validates a YAML file as `loadYaml` does, except that items of `list` with faults are left out: one of them does
 * not keep the others from what they are for.
 * @throws ConfigError for a fault anywhere else
 */
export function loadYamlLeavingOut<S extends z.ZodType>(file: string, schema: S, list: string): LoadedInPart<z.output<S>> {
  const faults: ConfigError[] = [];
  const document = parseDocument(readable(file), { prettyErrors: false });
  for (;;) {
    const result = checkYaml(faults.length === 0 ? readable(file) : String(document), schema, file);
    if (result.ok) return { config: result.config, faults };
    const indices = result.problems.map(({ path }) => itemOf(path, list));
    // The whole file decides: with its own error, as nothing can be left out.
    if (document.errors.length > 0 || indices.includes(undefined)) return { config: loadYaml(file, schema), faults };
    faults.push(...result.problems);
    for (const index of [...new Set(indices as number[])].sort((a, b) => b - a)) document.deleteIn([list, index]);
  }
}

function readable(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    // loadYaml says what is wrong with it.
    return "[";
  }
}

/** The item that a path leads into. */
function itemOf(path: string, list: string): number | undefined {
  const [, index] = new RegExp(`^${list}\\[(\\d+)\\]`).exec(path) ?? [];
  return index === undefined ? undefined : Number(index);
}
