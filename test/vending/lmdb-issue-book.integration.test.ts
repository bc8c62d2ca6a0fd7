import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { damageOf } from "../../src/store/lmdb-file.ts";
import { LmdbIssueBook } from "../../src/vending/lmdb-issue-book.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { meterKey } from "./samples.ts";

const child = fileURLToPath(new URL("./issue-child.ts", import.meta.url));

interface Named {
  readonly identifier: number;
  readonly digits: string;
}

/** Lets another process issue `count` tokens, or kills it once it has named `killAfter`; answers all it named. */
async function issue(path: string, count: number, killAfter = Number.POSITIVE_INFINITY): Promise<readonly Named[]> {
  const running = spawn(process.execPath, ["--import", "tsx", child, path, String(count)], { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(running, "exit");
  let output = "";
  let lines = 0;
  for await (const chunk of running.stdout.setEncoding("utf8") as AsyncIterable<string>) {
    output += chunk;
    lines += chunk.split("\n").length - 1;
    if (lines >= killAfter) running.kill("SIGKILL");
  }
  const [code, signal] = (await exited) as [number | null, string | null];
  expect(signal ?? code).to.equal(killAfter === Number.POSITIVE_INFINITY ? 0 : "SIGKILL");
  return output
    .split("\n")
    .slice(0, -1)
    .map((line) => {
      const [identifier, digits = ""] = line.split(" ");
      return { identifier: Number(identifier), digits };
    });
}

const meter = meterKey().pan.digits;

/** What the book has of each token that was named has to be just that. */
async function expectKept(path: string, named: readonly Named[]): Promise<number> {
  const book = new LmdbIssueBook(path);
  for (const { identifier, digits } of named) expect(book.find(meter, identifier)?.tokens).to.deep.equal([digits]);
  const all = [...book.all(meter)];
  await book.close();
  const identifiers = all.map(({ identifier }) => identifier?.tokenIdentifier);
  expect(new Set(identifiers).size).to.equal(all.length);
  return all.length;
}

describe("LmdbIssueBook, among processes", function () {
  this.timeout(60_000);
  const folder = temporaryFolder();

  it("gives 200 tokens of one meter and minute to four processes at once, no identifier twice", async () => {
    const path = folder.path("book");
    const named = (await Promise.all([50, 50, 50, 50].map((count) => issue(path, count)))).flat();
    expect(named).to.have.lengthOf(200);
    expect(new Set(named.map(({ identifier }) => identifier)).size).to.equal(200);
    expect(new Set(named.map(({ digits }) => digits)).size).to.equal(200);
    expect(await expectKept(path, named)).to.equal(200);
  });

  it("is not taken for damaged by who looks while others write", async () => {
    const path = folder.path("book");
    await issue(path, 1);
    let isWriting = true;
    const writing = Promise.all([issue(path, 400), issue(path, 400)]).finally(() => {
      isWriting = false;
    });
    const found = new Set<string | undefined>();
    while (isWriting) {
      for (let times = 0; times < 200; times++) found.add(damageOf(join(path, "data.mdb")));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await writing;
    expect([...found]).to.deep.equal([undefined]);
  });

  it("keeps what was printed before kill -9, and never gives its identifiers again", async () => {
    const path = folder.path("book");
    const named: Named[] = [];
    for (const killAfter of [1, 40, 120]) {
      const both = await Promise.all([issue(path, 100_000, killAfter), issue(path, 20)]);
      named.push(...both.flat());
    }
    expect(named.length).to.be.greaterThan(220);
    expect(new Set(named.map(({ identifier }) => identifier)).size).to.equal(named.length);
    // One more for each process that was killed between keeping and naming.
    expect((await expectKept(path, named)) - named.length).to.be.within(0, 3);
  });
});
