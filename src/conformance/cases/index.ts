import type { ConformanceCase } from "../case.ts";
import { idleCases } from "./application/idle.ts";

/** Every case of the suite, in the order they are run. */
export const conformanceCases: readonly ConformanceCase[] = [...idleCases];
