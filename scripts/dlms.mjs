// What ./dlms runs.
import { runCommandLine } from "./lib/command-line.mjs";

await runCommandLine(process.argv.slice(2));
