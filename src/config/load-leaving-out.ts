import type { z } from "zod";
import type { ConfigError } from "../errors.ts";
import { checkYaml, type Frozen, readConfigFile } from "./load.ts";

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
  const indices = new Set<number>();
  const text = readConfigFile(file);
  for (;;) {
    const result = checkYaml(text, schema, file, { list, indices });
    if (result.ok) return { config: result.config, faults };
    const faulty = result.problems.map(({ path }) => itemOf(path, list));
    // A fault anywhere else is one of the whole file.
    if (faulty.includes(undefined)) throw result.problems[0];
    faults.push(...result.problems);
    for (const index of faulty as number[]) indices.add(index);
  }
}

/** The item that a path leads into. */
function itemOf(path: string, list: string): number | undefined {
  const [, index] = new RegExp(`^${list}\\[(\\d+)\\]`).exec(path) ?? [];
  return index === undefined ? undefined : Number(index);
}
