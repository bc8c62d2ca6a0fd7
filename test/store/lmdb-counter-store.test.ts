import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { LmdbCounterStore } from "../../src/store/lmdb-counter-store.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { storeErrorOf } from "./support.ts";

const child = fileURLToPath(new URL("./counter-child.ts", import.meta.url));

/** Lets another process use counters up until it has named `count`, kills it, and answers all it named. */
async function useAndDie(path: string, side: "client" | "meter", count: number): Promise<readonly number[]> {
  const running = spawn(process.execPath, ["--import", "tsx", child, path, side], { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(running, "exit");
  let output = "";
  let lines = 0;
  for await (const chunk of running.stdout.setEncoding("utf8") as AsyncIterable<string>) {
    output += chunk;
    lines += chunk.split("\n").length - 1;
    if (lines >= count) running.kill("SIGKILL");
  }
  expect((await exited)[1]).to.equal("SIGKILL");
  return output.split("\n").slice(0, -1).map(Number);
}

describe("LmdbCounterStore", () => {
  const folder = temporaryFolder();
  const opened = async (run: (store: LmdbCounterStore) => unknown, path = folder.path("counters")): Promise<void> => {
    const store = new LmdbCounterStore(path);
    try {
      await run(store);
    } finally {
      await store.close();
    }
  };

  it("begins at zero, and keeps what was written", async () => {
    const path = folder.path("counters");
    await opened((store) => {
      expect(store.read("a")).to.equal(0);
      store.write("a", 7);
    }, path);
    await opened((store) => expect([store.read("a"), store.read("b")]).to.deep.equal([7, 0]), path);
  });

  it("gives no value to two who ask", () =>
    opened((store) => {
      expect([store.allot("a", 10), store.allot("a", 10), store.allot("a", 5, 100), store.allot("a", 1)]).to.deep.equal([0, 10, 100, 105]);
    }));

  it("extends what was set aside last, and refuses where another was served since", () =>
    opened((store) => {
      store.allot("a", 10);
      store.extend("a", 10, 20);
      expect(store.read("a")).to.equal(20);
      store.allot("a", 10);
      expect(storeErrorOf(() => store.extend("a", 20, 30)).code).to.equal("store-busy");
      expect(store.read("a")).to.equal(30);
    }));

  it("never sets FFFFFFFF aside", () =>
    opened((store) => {
      expect(store.allot("a", 10, 0xffff_fffe)).to.equal(0xffff_fffe);
      expect(store.read("a")).to.equal(0xffff_ffff);
    }));

  it("notes the last of several numbers, and never a lower one", async () => {
    const path = folder.path("counters");
    await opened((store) => {
      for (let value = 1; value <= 500; value++) store.note("a", value);
      store.write("b", 9);
      store.note("b", 3);
    }, path);
    await opened((store) => expect([store.read("a"), store.read("b")]).to.deep.equal([500, 9]), path);
  });

  it("makes a text once", async () => {
    const path = folder.path("counters");
    await opened((store) => expect(store.text("title", () => "first")).to.equal("first"), path);
    await opened((store) => expect(store.text("title", () => "second")).to.equal("first"), path);
  });

  it("is shared by those who open it at the same time in other processes", async function () {
    this.timeout(20_000);
    const path = folder.path("counters");
    const both = await Promise.all([useAndDie(path, "client", 200), useAndDie(path, "client", 200)]);
    const used = both.flat();
    expect(new Set(used).size).to.equal(used.length);
  });

  for (const side of ["client", "meter"] as const) {
    it(`repeats no counter of a ${side} that was killed between reserving and using`, async function () {
      this.timeout(30_000);
      const path = folder.path("counters");
      const used: number[] = [];
      for (const count of [1, 900, 2500]) used.push(...(await useAndDie(path, side, count)));
      expect(used.length).to.be.greaterThan(3400);
      expect(new Set(used).size).to.equal(used.length);
      expect(used).to.deep.equal([...used].sort((a, b) => a - b));
    });
  }
});
