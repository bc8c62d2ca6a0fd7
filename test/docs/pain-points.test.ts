import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "chai";

const root = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

describe("docs/pain-points.md", () => {
  const rows = readFileSync(root("docs/pain-points.md"), "utf8")
    .split("\n")
    .map((line) => line.split("|").map((cell) => cell.trim()))
    .filter(([, number]) => /^\d+$/.test(number ?? ""));

  it("has forty rows in order", () => {
    expect(rows.map(([, number]) => Number(number))).to.deep.equal(Array.from({ length: 40 }, (_, index) => index + 1));
  });

  for (const [, number, complaint, , proof = ""] of rows) {
    it(`names a test that there is, or says that there is none, for ${number} ${complaint}`, () => {
      const named = [...proof.matchAll(/test\/[\w./-]+\.test\.ts/g)].map(([path]) => path);
      expect(named.filter((path) => !existsSync(root(path)))).to.deep.equal([]);
      if (named.length === 0) expect(proof).to.equal("not yet");
    });
  }
});
