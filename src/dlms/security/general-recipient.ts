import { SecurityError } from "../../errors.ts";
import type { GeneralHeader } from "../xdlms/ciphering.ts";
import { type SystemTitle, sameSystemTitle } from "./system-title.ts";

/**
 * Refuses a general-ciphering or general-signing APDU that is for somebody else, or that is our own sent back. An empty
 * recipient means everybody.
 * @throws SecurityError `policy`
 */
export function checkRecipient({ originatorSystemTitle, recipientSystemTitle }: GeneralHeader, systemTitle: SystemTitle): void {
  if (recipientSystemTitle.length > 0 && !sameSystemTitle(recipientSystemTitle, systemTitle)) {
    throw new SecurityError("policy", "the APDU is for another recipient");
  }
  if (sameSystemTitle(originatorSystemTitle, systemTitle))
    throw new SecurityError("policy", "the APDU has our own system title as originator");
}
