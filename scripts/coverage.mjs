// npm run coverage: runs the tests under c8 and holds the result against the floors below.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { root } from "./lib/project.mjs";

const measures = ["statements", "lines", "branches"];
/** Least coverage in percent, by the start of a path. Where bytes, keys or money are at stake nothing may go untested. */
const floors = [
  { path: "src/", percent: 95 },
  ...["src/bytes/", "src/hdlc/", "src/dlms/axdr/", "src/dlms/security/", "src/sts/"].map((path) => ({ path, percent: 100 })),
  ...["account", "credit", "charge", "tokens"].map((name) => ({ path: `src/meter-model/${name}.ts`, percent: 100 })),
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

const short = floors.flatMap(({ path, percent }) =>
  measures
    .map((measure) => ({ measure, reached: percentOf(path, measure) }))
    .filter(({ reached }) => reached < percent)
    .map(({ measure, reached }) => `${path}: ${measure} ${reached.toFixed(2)} %, wanted ${percent} %`),
);
for (const line of short) console.error(line);
process.exitCode = run.status === 0 && short.length === 0 ? 0 : 1;
