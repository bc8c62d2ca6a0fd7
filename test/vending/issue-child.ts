import { writeSync } from "node:fs";
import { misty1 } from "../../src/sts/index.ts";
import { issueToken } from "../../src/vending/index.ts";
import { LmdbIssueBook } from "../../src/vending/lmdb-issue-book.ts";
import { meterKey, noon } from "./samples.ts";

/** Issues tokens of one minute for one meter as fast as it can, naming each once it is kept: so many, or until it is killed. */
const [path = "", count = ""] = process.argv.slice(2);
const book = new LmdbIssueBook(path);
const order = { key: meterKey(), algorithm: misty1, service: "credit-electricity", value: "25.6", now: noon } as const;
for (let issued = 0; issued < Number(count); issued++) {
  const { identifier, tokens } = issueToken(book, { ...order, random: issued % 16 });
  say(`${identifier?.tokenIdentifier} ${tokens[0]}\n`);
}
void book.close();

/** A pipe that is full takes nothing for a while. */
function say(line: string): void {
  for (;;) {
    try {
      writeSync(1, line);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
    }
  }
}
