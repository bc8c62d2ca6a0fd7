import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ensureBuild } from "./build.mjs";
import { ensureDependencies } from "./install.mjs";
import { root } from "./project.mjs";

/**
 * Runs the built `dlms` with `args` in this very process, installing and building first where needed: signals, the
 * terminal and the exit code then are the command's own, and there is no second start of Node to wait for.
 */
export async function runCommandLine(args) {
  if (!ensureDependencies() || !ensureBuild()) {
    process.exitCode = 2;
    return;
  }
  const main = join(root, "dist", "cli", "main.js");
  process.argv = [process.execPath, main, ...args];
  await import(pathToFileURL(main).href);
}
