import { readFileSync } from "node:fs";
import { expect } from "chai";
import { pages } from "../../scripts/pages/pages.ts";

describe("the generated pages", () => {
  for (const [name, page] of pages) {
    it(`docs/${name} says what the sources say (npm run docs:pages)`, () => {
      expect(readFileSync(new URL(`../../docs/${name}`, import.meta.url), "utf8")).to.equal(page());
    });
  }
});
