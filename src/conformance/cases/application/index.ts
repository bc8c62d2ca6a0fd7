import type { ConformanceCase } from "../../case.ts";
import { aarqFieldCases } from "./aarq-fields.ts";
import { authenticationCases } from "./authentication.ts";
import { idleCases } from "./idle.ts";
import { initiateCases } from "./initiate.ts";
import { openingCases } from "./opening.ts";
import { releaseCases } from "./release.ts";
import { logicalNameServiceCases } from "./services-ln.ts";
import { shortNameServiceCases } from "./services-sn.ts";

/** The cases of the application layer, by their ids. */
export const applicationCases: readonly ConformanceCase[] = [
  ...idleCases,
  ...[...openingCases, ...authenticationCases, ...aarqFieldCases, ...initiateCases].sort((a, b) => numberOf(a) - numberOf(b)),
  ...logicalNameServiceCases,
  ...shortNameServiceCases,
  ...releaseCases,
];

function numberOf({ id }: ConformanceCase): number {
  return Number(id.split("_").at(-1));
}
