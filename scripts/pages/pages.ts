import { apdusPage } from "./apdus-page.ts";
import { conformancePage } from "./conformance-page.ts";
import { manualPage } from "./manual-page.ts";
import { objectsPage } from "./objects-page.ts";
import { statesPage } from "./states-page.ts";

/** The generated pages by file name within docs. */
export const pages: ReadonlyMap<string, () => string> = new Map([
  ["apdus.md", apdusPage],
  ["conformance-cases.md", conformancePage],
  ["dlms.1", manualPage],
  ["objects.md", objectsPage],
  ["states.md", statesPage],
]);
