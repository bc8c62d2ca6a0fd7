import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface TemporaryFolder {
  /** The folder itself; there only while tests run. */
  readonly root: string;
  path(...names: readonly string[]): string;
}

/** A folder for each test of the suite, or one for all of them, gone afterwards. */
export function temporaryFolder(lifetime: "test" | "suite" = "test"): TemporaryFolder {
  const [setUp, tearDown] = lifetime === "test" ? [beforeEach, afterEach] : [before, after];
  let root = "";
  setUp(() => {
    root = mkdtempSync(join(tmpdir(), "dlms-test-"));
  });
  tearDown(() => {
    rmSync(root, { recursive: true, force: true });
  });
  return {
    get root() {
      return root;
    },
    path: (...names) => join(root, ...names),
  };
}
