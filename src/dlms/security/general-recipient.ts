import { SecurityError } from "../../errors.ts";
import type { GeneralHeader } from "../xdlms/ciphering.ts";
import { equalSecrets } from "./compare.ts";
import type { SystemTitle } from "./system-title.ts";

/**
 * Refuses a general-ciphering or general-signing APDU that is for somebody else, or that is our own sent back. An empty
 * recipient means everybody.
 * @throws SecurityError `policy`
 */
export function checkRecipient({ originatorSystemTitle, recipientSystemTitle }: GeneralHeader, systemTitle: SystemTitle): void {
  if (recipientSystemTitle.length > 0 && !equalSecrets(recipientSystemTitle, systemTitle)) {
    throw new SecurityError("policy", "the APDU is for another recipient");
  }
  if (equalSecrets(originatorSystemTitle, systemTitle))
    throw new SecurityError("policy", "the APDU has our own system title as originator");
}
