import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { hashFiles } from "../../scripts/lib/project.mjs";

describe("the hash that tells whether the build is stale", () => {
  let folder: string;
  const hash = () => hashFiles(folder, ["src", "lock.json"]);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "dlms-gateway-hash-"));
    mkdirSync(join(folder, "src", "deep"), { recursive: true });
    writeFileSync(join(folder, "src", "a.ts"), "one");
    writeFileSync(join(folder, "src", "deep", "b.ts"), "two");
    writeFileSync(join(folder, "lock.json"), "{}");
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("is the same while nothing changes", () => {
    expect(hash()).to.match(/^[0-9a-f]{64}$/);
    expect(hash()).to.equal(hash());
  });

  const changes: Readonly<Record<string, () => void>> = {
    "a changed file": () => writeFileSync(join(folder, "src", "deep", "b.ts"), "twO"),
    "a new file": () => writeFileSync(join(folder, "src", "c.ts"), ""),
    "a removed file": () => rmSync(join(folder, "lock.json")),
    "a renamed file": () => renameSync(join(folder, "src", "a.ts"), join(folder, "src", "z.ts")),
    "text that moved from one file to the next": () => {
      writeFileSync(join(folder, "src", "a.ts"), "onet");
      writeFileSync(join(folder, "src", "deep", "b.ts"), "wo");
    },
  };
  for (const [name, change] of Object.entries(changes)) {
    it(`differs after ${name}`, () => {
      const before = hash();
      change();
      expect(hash()).to.not.equal(before);
    });
  }
});
