import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { hashFiles, readText, root } from "./project.mjs";

const stampFile = join(root, "node_modules", ".install-stamp");

/** Installs the locked packages unless node_modules already holds them. Returns false when npm fails. */
export function ensureDependencies() {
  const wanted = hashFiles(root, ["package-lock.json"]);
  if (readText(stampFile) === wanted) return true;
  if (!installedFromLock(readText(join(root, "package-lock.json")), readText(join(root, "node_modules", ".package-lock.json")))) {
    process.stderr.write("installing packages (npm ci)\n");
    // Output goes to stderr: stdout belongs to the command that is about to run.
    const npm = spawnSync("npm", ["ci", "--no-audit", "--no-fund"], {
      cwd: root,
      stdio: ["ignore", 2, 2],
      shell: process.platform === "win32",
      env: installEnvironment(process.env),
    });
    if (npm.status !== 0) {
      process.stderr.write(`npm ci failed${npm.error ? `: ${npm.error.message}` : ""}; the lines above say why\n`);
      return false;
    }
  }
  writeFileSync(stampFile, wanted);
  return true;
}

// A production setting in the caller's shell would leave out the compiler, which a clone needs.
export function installEnvironment(environment) {
  const { NODE_ENV: _, npm_config_omit: __, npm_config_production: ___, ...rest } = environment;
  return { ...rest, npm_config_include: "dev" };
}

// npm leaves a record of what it put in place. When it agrees with the lock file, somebody has run npm by hand and
// installing again would only cost time.
export function installedFromLock(lockText, recordText) {
  if (lockText === undefined || recordText === undefined) return false;
  const locked = parsePackages(lockText);
  const installed = parsePackages(recordText);
  if (locked === undefined || installed === undefined) return false;
  const { "": _root, ...wanted } = locked;
  return (
    Object.entries(wanted).every(([path, entry]) => agrees(installed[path], entry)) &&
    Object.keys(installed).every((path) => path in wanted)
  );
}

function agrees(installed, locked) {
  // Optional packages are those of other platforms.
  if (installed === undefined) return locked.optional === true || locked.devOptional === true || locked.peer === true;
  return installed.version === locked.version && installed.integrity === locked.integrity;
}

function parsePackages(text) {
  try {
    return JSON.parse(text).packages;
  } catch {
    return undefined;
  }
}
