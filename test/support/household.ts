import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The recorded household, where it lies beside the repository or HOUSEHOLD_CSV names it; it is not part of it. */
export function householdFile(): string | undefined {
  const path = process.env["HOUSEHOLD_CSV"] ?? fileURLToPath(new URL("../../../shared/data/household-load.csv", import.meta.url));
  return existsSync(path) ? path : undefined;
}
