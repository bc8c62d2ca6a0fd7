import type { ConformanceCase } from "../../case.ts";
import { listCases } from "./list.ts";
import { mandatoryCases } from "./mandatory.ts";
import { profileCases } from "./profiles.ts";
import { readingCases } from "./reading.ts";
import { referenceCases } from "./references.ts";

/** The objects of each declared association. */
export const objectCases: readonly ConformanceCase[] = [
  ...listCases,
  ...readingCases,
  ...mandatoryCases,
  ...profileCases,
  ...referenceCases,
];
