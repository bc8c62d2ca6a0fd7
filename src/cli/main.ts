#!/usr/bin/env node
import { completionWord } from "./completion/scripts.ts";

const [, , first, ...others] = process.argv;

// The shell waits for an answer at every key, so nothing else is loaded for it.
if (first === completionWord) {
  const { answerCompletion } = await import("./completion/answer.ts");
  process.stdout.write((await answerCompletion(others)).map((line) => `${line}\n`).join(""));
} else {
  const { runCommandLine } = await import("./run.ts");
  await runCommandLine(process.argv.slice(2));
}
