import type { ConformanceCase } from "../../case.ts";
import { counterCases } from "./counters.ts";
import { dataCases } from "./data.ts";
import { dedicatedCases } from "./dedicated.ts";
import { hlsCases } from "./hls.ts";
import { keyCases } from "./keys.ts";
import { policyCases } from "./policies.ts";
import { tagCases } from "./tags.ts";

/** Security (ATS_AL SYMSEC_0), and what goes beyond it; keys are changed last. */
export const securityCases: readonly ConformanceCase[] = [
  ...dataCases,
  ...counterCases,
  ...dedicatedCases,
  ...policyCases,
  ...tagCases,
  ...hlsCases,
  ...keyCases,
];
