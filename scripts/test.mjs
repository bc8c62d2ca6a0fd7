// npm test: installs what is missing, runs every check and test, and ends with one line that counts.
// `--scale long` is npm run test:long; other arguments go to mocha.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureBuild } from "./lib/build.mjs";
import { ensureDependencies } from "./lib/install.mjs";
import { readText, root } from "./lib/project.mjs";
import { ensureSystemPackages, searchPath } from "./lib/system-packages.mjs";
import { combine, summarize } from "./lib/test-report.mjs";

const longScale = { TEST_SCALE: "long" };
const longTimeout = ["--timeout", "600000"];

let child;
let interruptedBy;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => {
    interruptedBy = signal;
    child?.kill(signal);
  });
}

function run(script, args, environment = {}) {
  return new Promise((resolve) => {
    child = spawn(process.execPath, [join(root, "node_modules", script), ...args], {
      cwd: root,
      stdio: ["ignore", "inherit", "inherit"],
      env: { ...process.env, PATH: searchPath, ...environment },
    });
    child.once("error", (error) => resolve({ exitCode: 1, signal: error.message }));
    child.once("close", (exitCode, signal) => resolve({ exitCode, signal }));
  });
}

async function runMocha(args, built) {
  const long = args[0] === "--scale" && args[1] === "long";
  const folder = mkdtempSync(join(tmpdir(), "dlms-gateway-test-"));
  const output = join(folder, "report.ndjson");
  try {
    const { exitCode, signal } = await run(
      "mocha/bin/mocha.js",
      [
        "--reporter",
        join(root, "scripts/lib/test-reporter.mjs"),
        "--reporter-option",
        `output=${output}`,
        ...(long ? [...longTimeout, ...args.slice(2)] : args),
      ],
      { ...built, ...(long ? longScale : {}) },
    );
    return summarize(readText(output), exitCode, signal);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Every step runs even when an earlier one failed, so that one run shows the whole picture. */
async function runAll(args) {
  const nothing = { passed: 0, failed: [], skipped: [] };
  if (!ensureDependencies()) return combine(nothing, ["installing the packages (npm ci)"]);
  ensureSystemPackages();
  const failedSteps = [];
  const steps = [
    ["lint and format (biome check)", async () => (await run("@biomejs/biome/bin/biome", ["check"])).exitCode === 0],
    ["types (tsc)", async () => (await run("typescript/bin/tsc", ["-p", "."])).exitCode === 0],
    ["types of the page (tsc)", async () => (await run("typescript/bin/tsc", ["-p", "page"])).exitCode === 0],
    // Tests that start the command must not each wait for the compiler.
    ["build (tsc, vite)", async () => ensureBuild()],
  ];
  for (const [title, step] of steps) {
    if (interruptedBy === undefined && !(await step())) failedSteps.push(title);
  }
  const summary = interruptedBy === undefined ? await runMocha(args, failedSteps.length === 0 ? { DLMS_TEST_BUILT: "1" } : {}) : nothing;
  if (interruptedBy !== undefined) failedSteps.push(`interrupted by ${interruptedBy}`);
  return combine(summary, failedSteps);
}

const { lines, finalLine, exitCode } = await runAll(process.argv.slice(2)).catch((error) => {
  console.error(error);
  return combine({ passed: 0, failed: [], skipped: [] }, ["the test script itself"]);
});
process.exitCode = exitCode;
for (const line of lines) console.log(line);
console.log(finalLine);
