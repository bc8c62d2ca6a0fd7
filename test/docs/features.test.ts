import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import type { LogicalName } from "../../src/cosem-objects/logical-name.ts";
import { objectTable } from "../../src/virtual-meter/object-table.ts";

const root = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

describe("docs/features.md", () => {
  const page = readFileSync(root("docs/features.md"), "utf8");

  it("names tests that there are", () => {
    const named = [...page.matchAll(/test\/[\w./-]+\.test\.ts/g)].map(([path]) => path);
    expect(named.length).to.be.greaterThan(25);
    expect(named.filter((path) => !existsSync(root(path)))).to.deep.equal([]);
  });

  it("names objects that there are", () => {
    const known = new Set<LogicalName>(Object.values(objectTable).flatMap((byClass) => Object.values(byClass).flat()));
    const named = [...page.matchAll(/(\d)-(\d):(\d+)\.(\d+)\.(\d+)/g)].map(([, ...groups]) => `${groups.join(".")}.255` as LogicalName);
    expect(named.length).to.be.greaterThan(60);
    expect(named.filter((name) => !known.has(name))).to.deep.equal([]);
  });
});
