// npm start: from a fresh clone to the running demonstration.
import { runCommandLine } from "./lib/command-line.mjs";

await runCommandLine(["demo", ...process.argv.slice(2)]);
