import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { version } from "../version.ts";
import { keptByBash, wordsOf } from "./command-line.ts";
import type { CommandSpec } from "./command-spec.ts";
import { type Completion, type CompletionSources, complete } from "./complete.ts";

/**
 * What `dlms __complete` prints for these arguments: `[--described] -- WORD...`, or from bash
 * `--line LINE --breaks CHARACTERS`.
 */
export async function answerCompletion(args: readonly string[], sources: CompletionSources = userSources): Promise<readonly string[]> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { line: { type: "string" }, breaks: { type: "string", default: "" }, described: { type: "boolean", default: false } },
    allowPositionals: true,
  });
  const words = values.line === undefined ? positionals : wordsOf(values.line);
  const completion = await complete(await commandSpec(), words, sources);
  const kept = values.line === undefined ? "" : keptByBash(words.at(-1) ?? "", values.breaks);
  return linesOf(completion, { described: values.described, kept });
}

function linesOf({ candidates, files, open }: Completion, { described, kept }: { described: boolean; kept: string }): readonly string[] {
  return [
    ...(files ? [":files"] : []),
    ...(open ? [":open"] : []),
    ...candidates.map(({ value, description }) =>
      described && description !== undefined ? `${value}\t${description.replace(/\s+/g, " ")}` : value.slice(kept.length),
    ),
  ];
}

const userSources: CompletionSources = {
  async meters(book = "config/meters.yaml") {
    try {
      // Only where a target is wanted: reading YAML takes longer than all the rest.
      const [{ loadYaml }, { addressBookSchema }] = await Promise.all([import("../../config/load.ts"), import("../../config/meters.ts")]);
      return loadYaml(book, addressBookSchema).meters.map(({ id }) => id);
    } catch {
      return [];
    }
  },
  ports() {
    const folder = "/dev/serial/by-id";
    try {
      return readdirSync(folder).map((name) => join(folder, name));
    } catch {
      return [];
    }
  },
};

/** Loading every command takes a second, which is too long behind a key: the tree is kept until the program changes. */
async function commandSpec(): Promise<CommandSpec> {
  const file = join(cacheFolder(), "commands.json");
  const key = programKey();
  const kept = key === undefined ? undefined : load(file, key);
  if (kept !== undefined) return kept;
  const [{ buildProgram }, { specOf }] = await Promise.all([import("../program.ts"), import("./command-spec.ts")]);
  const spec = specOf(await buildProgram());
  if (key !== undefined) store(file, key, spec);
  return spec;
}

/** Tells one build from another; sources that run as they are change without a sign. */
function programKey(): string | undefined {
  const self = fileURLToPath(import.meta.url);
  return self.endsWith(".ts") ? undefined : `${version} ${self} ${statSync(self).mtimeMs}`;
}

function cacheFolder(): string {
  const base = process.env["XDG_CACHE_HOME"];
  return join(base === undefined || base === "" ? join(homedir(), ".cache") : base, "dlms-gateway");
}

function load(file: string, key: string): CommandSpec | undefined {
  try {
    const kept = JSON.parse(readFileSync(file, "utf8")) as { readonly key: string; readonly spec: CommandSpec };
    return kept.key === key ? kept.spec : undefined;
  } catch {
    return undefined;
  }
}

/** A cache that cannot be written is no failure. */
function store(file: string, key: string, spec: CommandSpec): void {
  const fresh = `${file}.${process.pid}`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(fresh, JSON.stringify({ key, spec }));
    renameSync(fresh, file);
  } catch {
    // The next time takes a second again.
  }
}
