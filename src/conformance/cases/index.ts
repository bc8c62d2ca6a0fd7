import type { ConformanceCase } from "../case.ts";
import { applicationCases } from "./application/index.ts";
import { serviceCases } from "./extra/index.ts";

/** Every case of the suite, in the order they are run. */
export const conformanceCases: readonly ConformanceCase[] = [...applicationCases, ...serviceCases];
