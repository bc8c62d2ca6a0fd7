import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hashFiles, readText, root } from "./project.mjs";

const dist = join(root, "dist");
const stampFile = join(dist, ".build-stamp");
const lockFile = join(dist, ".build-lock");
const inputs = ["src", "page", "tsconfig.json", "tsconfig.build.json", "package-lock.json"];
const waitStep = 50;
const longestBuild = 300_000;

/** Compiles src, and the page, to dist unless dist was built from exactly these sources. Returns false when a compiler refuses. */
export function ensureBuild({ clean = false } = {}) {
  const wanted = hashFiles(root, inputs);
  if (!clean && isBuilt(wanted)) return true;
  mkdirSync(dist, { recursive: true });
  acquire();
  try {
    // Another process may have built while this one waited for the lock.
    if (!clean && isBuilt(wanted)) return true;
    if (clean) emptyDist();
    process.stderr.write("building (tsc, vite)\n");
    rmSync(stampFile, { force: true });
    if (!run("typescript/bin/tsc", "-p", "tsconfig.build.json") || !run("vite/bin/vite.js", "build", "--config", "page/vite.config.ts"))
      return false;
    writeFileSync(stampFile, wanted);
    return true;
  } finally {
    rmSync(lockFile, { force: true });
  }
}

function run(script, ...args) {
  const { status } = spawnSync(process.execPath, [join(root, "node_modules", script), ...args], { cwd: root, stdio: ["ignore", 2, 2] });
  return status === 0;
}

function isBuilt(wanted) {
  return readText(stampFile) === wanted;
}

// The lock itself stays in place: it is held by the caller.
function emptyDist() {
  const held = readFileSync(lockFile);
  rmSync(dist, { recursive: true, force: true });
  mkdirSync(dist);
  writeFileSync(lockFile, held);
}

// Two commands started at once must not both write dist, nor run from a half-written one.
function acquire() {
  for (let waited = 0; !tryToHold(); waited += waitStep) {
    const holder = Number(readText(lockFile));
    // A holder that still lives after this long got its process number from a dead one.
    if ((holder > 0 && !isAlive(holder)) || waited > longestBuild) rmSync(lockFile, { force: true });
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, waitStep);
  }
}

function tryToHold() {
  try {
    writeFileSync(lockFile, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
    return false;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
