import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StoreError } from "../../src/errors.ts";

/** A folder for one test, gone after it. */
export function temporaryFolder(): { path(name: string): string } {
  let root = "";
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "meter-store-"));
  });
  afterEach(() => {
    rmSync(root, { recursive: true, force: true });
  });
  return { path: (name) => join(root, name) };
}

/** The error an action throws, which has to be a `StoreError`. */
export function storeErrorOf(action: () => unknown): StoreError {
  try {
    action();
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
  throw new TypeError("nothing was thrown");
}
