import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { ConfigError } from "../../errors.ts";

/** Writes a file with the folders it needs; whoever reads it meets the old content or the new. @throws ConfigError */
export function writeOutputFile(path: string, text: string): void {
  const draft = `${path}.${process.pid}`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(draft, text);
    renameSync(draft, path);
  } catch (cause) {
    rmSync(draft, { force: true });
    throw new ConfigError("out", `cannot write ${path}: ${(cause as Error).message}`, { cause });
  }
}
