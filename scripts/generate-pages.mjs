// npm run docs:pages: writes the pages of docs that are made from the sources.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./lib/project.mjs";
import { pages } from "./pages/pages.ts";

for (const [name, page] of pages) writeFileSync(join(root, "docs", name), page());
