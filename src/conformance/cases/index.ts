import type { ConformanceCase } from "../case.ts";
import { applicationCases } from "./application/index.ts";
import { serviceCases } from "./extra/index.ts";
import { wrapperCases } from "./extra/wrapper.ts";
import { hdlcCases, hdlcExtraCases } from "./hdlc/index.ts";
import { objectCases } from "./objects/index.ts";
import { securityCases } from "./security/index.ts";

/** Every case of the suite, in the order they are run. */
export const conformanceCases: readonly ConformanceCase[] = [
  ...hdlcCases,
  ...applicationCases,
  ...objectCases,
  ...hdlcExtraCases,
  ...wrapperCases,
  ...serviceCases,
  ...securityCases,
];
