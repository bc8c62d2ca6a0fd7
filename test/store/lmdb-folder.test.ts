import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { open } from "lmdb";
import { LmdbFolder, type StoreDatabase, type StoreFormat } from "../../src/store/lmdb-folder.ts";
import { isRunning, thisProcess } from "../../src/store/owner.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { storeErrorOf } from "./support.ts";

const key = ["value"];
const first: StoreFormat = { kind: "test", version: 1, migrations: new Map() };
/** Knows how version 1 becomes 2, and 2 becomes 3. */
const third: StoreFormat = {
  kind: "test",
  version: 3,
  migrations: new Map([
    [1, (database: StoreDatabase) => void database.putSync(key, `${database.get(key)} twice`)],
    [2, (database: StoreDatabase) => void database.putSync(key, `${database.get(key)} thrice`)],
  ]),
};

async function create(path: string, format: StoreFormat, value: string): Promise<void> {
  const folder = new LmdbFolder(path, format);
  folder.database.putSync(key, value);
  await folder.close();
}

/** What is in the data file, to see that it was left alone. */
function content(path: string): string {
  return readFileSync(join(path, "data.mdb")).toString("base64");
}

describe("LmdbFolder", () => {
  const folder = temporaryFolder();

  describe("versions", () => {
    it("opens what it wrote, and writes its version from the first day", async () => {
      const path = folder.path("store");
      await create(path, first, "kept");
      const again = new LmdbFolder(path, first);
      expect(again.database.get(key)).to.equal("kept");
      expect(again.database.get(["format"])).to.deep.equal({ kind: "test", version: 1 });
      await again.close();
    });

    it("brings an older version up step by step, with a copy of it beside", async () => {
      const path = folder.path("store");
      await create(path, first, "once");
      const migrated = new LmdbFolder(path, third);
      expect(migrated.database.get(key)).to.equal("once twice thrice");
      await migrated.close();
      mkdirSync(folder.path("copy"));
      copyFileSync(join(path, "data.mdb.v1"), join(folder.path("copy"), "data.mdb"));
      const copy = open<unknown, string[]>({ path: folder.path("copy"), noSubdir: false });
      expect([copy.get(key), copy.get(["format"])]).to.deep.equal(["once", { kind: "test", version: 1 }]);
      await copy.close();
      const again = new LmdbFolder(path, third);
      expect(again.database.get(key)).to.equal("once twice thrice");
      await again.close();
    });

    it("leaves everything as it was when a migration fails", async () => {
      const path = folder.path("store");
      await create(path, first, "once");
      const failing: StoreFormat = {
        ...third,
        migrations: new Map([
          ...third.migrations,
          [
            2,
            () => {
              throw new RangeError("cannot");
            },
          ],
        ]),
      };
      expect(storeErrorOf(() => new LmdbFolder(path, failing)).code).to.equal("store-failed");
      const again = new LmdbFolder(path, first);
      expect(again.database.get(key)).to.equal("once");
      await again.close();
    });

    it("refuses a later version and says what to do", async () => {
      const path = folder.path("store");
      await create(path, third, "later");
      const before = content(path);
      const error = storeErrorOf(() => new LmdbFolder(path, first));
      expect(error.code).to.equal("store-version");
      expect(error.message).to.contain("format 3");
      expect(error.hint).to.contain("later");
      expect(content(path)).to.equal(before);
    });

    it("refuses a version it has no way from", async () => {
      const path = folder.path("store");
      await create(path, first, "old");
      const error = storeErrorOf(() => new LmdbFolder(path, { ...third, migrations: new Map([[2, () => {}]]) }));
      expect(error.code).to.equal("store-version");
      expect(error.hint).to.contain("earlier version");
    });
  });

  describe("what is not ours", () => {
    it("refuses a folder with other files and touches none", () => {
      const path = folder.path("documents");
      mkdirSync(path);
      writeFileSync(join(path, "letter.txt"), "dear");
      const error = storeErrorOf(() => new LmdbFolder(path, first));
      expect([error.code, error.message.includes("letter.txt")]).to.deep.equal(["store-version", true]);
      expect(readdirSync(path)).to.deep.equal(["letter.txt"]);
    });

    it("refuses a store of another kind", async () => {
      const path = folder.path("store");
      await create(path, { ...first, kind: "outbox" }, "other");
      const before = content(path);
      const error = storeErrorOf(() => new LmdbFolder(path, first));
      expect([error.code, error.message.includes("outbox")]).to.deep.equal(["store-version", true]);
      expect(content(path)).to.equal(before);
    });

    it("refuses the LMDB database of another program", async () => {
      const path = folder.path("foreign");
      const database = open({ path, noSubdir: false });
      database.putSync("some", "thing");
      await database.close();
      const before = content(path);
      expect(storeErrorOf(() => new LmdbFolder(path, first)).code).to.equal("store-version");
      expect(content(path)).to.equal(before);
    });

    it("refuses a file where the folder should be", () => {
      writeFileSync(folder.path("file"), "x");
      expect(storeErrorOf(() => new LmdbFolder(folder.path("file"), first)).code).to.equal("store-failed");
    });
  });

  describe("damage", () => {
    it("refuses a data file that is something else, or cut short, instead of dying of it", async () => {
      const garbage = folder.path("garbage");
      mkdirSync(garbage);
      writeFileSync(join(garbage, "data.mdb"), "garbage ".repeat(5000));
      expect(storeErrorOf(() => new LmdbFolder(garbage, first)).code).to.equal("store-corrupt");
      const path = folder.path("store");
      await create(path, first, "x".repeat(100_000));
      for (const length of [60_000, 9000, 5000, 300, 20]) {
        truncateSync(join(path, "data.mdb"), length);
        const error = storeErrorOf(() => new LmdbFolder(path, first));
        expect([length, error.code]).to.deep.equal([length, "store-corrupt"]);
      }
    });

    it("begins afresh where a process died before it wrote anything", async () => {
      const path = folder.path("store");
      mkdirSync(path);
      writeFileSync(join(path, "data.mdb"), "");
      await create(path, first, "new");
      expect(existsSync(join(path, "data.mdb.v1"))).to.equal(false);
    });
  });

  describe("owner", () => {
    it("is running while it runs", () => {
      expect(isRunning(thisProcess())).to.equal(thisProcess().started !== undefined);
      expect(isRunning({ pid: process.ppid, started: undefined })).to.equal(true);
    });

    it("is not a process that does not exist, nor another one that has its id now", () => {
      expect(isRunning({ pid: 2 ** 22 + 1, started: undefined })).to.equal(false);
      expect(isRunning({ pid: process.pid, started: "an earlier boot 17" })).to.equal(false);
    });

    it("gives way when it was killed and its id was given to us", async () => {
      const path = folder.path("store");
      await create(path, first, "left");
      const database = open<unknown, string[]>({ path, noSubdir: false });
      database.putSync(["owner"], { pid: process.pid, started: "an earlier boot 17" });
      await database.close();
      const again = new LmdbFolder(path, first);
      expect(again.database.get(key)).to.equal("left");
      await again.close();
    });
  });
});
