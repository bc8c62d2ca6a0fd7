// npm run coverage: runs the tests under c8 and holds the result against the floors below.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { root } from "./lib/project.mjs";

const measures = ["statements", "lines", "branches"];
/**
 * Least coverage in percent, by the start of a path. Where bytes, keys or money are at stake nothing should go untested;
 * what is missing to 100 are the compiler's own branches, one in nearly every file, and lines that hold types alone.
 */
const floors = [
  { path: "src/", least: 95, branches: 90 },
  ...["src/bytes/", "src/hdlc/", "src/dlms/axdr/", "src/sts/"].map((path) => ({ path, least: 98, branches: 92 })),
  // One small file so far, in which the compiler's branch weighs a quarter.
  { path: "src/dlms/security/", least: 98, branches: 75 },
  ...["account", "credit", "charge", "tokens"].map((name) => ({ path: `src/meter-model/${name}.ts`, least: 98, branches: 92 })),
];

const run = spawnSync(process.execPath, ["node_modules/c8/bin/c8.js", process.execPath, "node_modules/mocha/bin/mocha.js"], {
  cwd: root,
  stdio: "inherit",
});

const { total: _total, ...files } = JSON.parse(readFileSync(join(root, "coverage/coverage-summary.json"), "utf8"));
const covered = Object.entries(files).map(([file, figures]) => ({ path: relative(root, file).split(sep).join("/"), figures }));

function percentOf(path, measure) {
  const figures = covered.filter((entry) => entry.path.startsWith(path)).map((entry) => entry.figures[measure]);
  const sum = (key) => figures.reduce((total, figure) => total + figure[key], 0);
  return sum("total") === 0 ? 100 : (100 * sum("covered")) / sum("total");
}

const short = floors.flatMap(({ path, least, branches }) =>
  measures
    .map((measure) => ({ measure, reached: percentOf(path, measure), wanted: measure === "branches" ? branches : least }))
    .filter(({ reached, wanted }) => reached < wanted)
    .map(({ measure, reached, wanted }) => `${path}: ${measure} ${reached.toFixed(2)} %, wanted ${wanted} %`),
);
for (const line of short) console.error(line);
process.exitCode = run.status === 0 && short.length === 0 ? 0 : 1;
