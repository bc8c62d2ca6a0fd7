import { AssociationRejectedError, DecodeError } from "../../errors.ts";
import type { Aare } from "../acse/apdus.ts";
import { type Apdu, decodeApdu } from "../xdlms/apdu.ts";

/** What to try, by diagnostic. */
const hints: Readonly<Record<string, string>> = {
  "authentication-failure": "check the password or keys for this client (--client, --password)",
  "authentication-required": "this client has to authenticate: --auth lls --password ...",
  "authentication-mechanism-name-required": "this client has to authenticate: --auth lls --password ...",
  "authentication-mechanism-name-not-recognised": "the meter expects another --auth for this client",
  "application-context-name-not-supported": "the meter expects ciphering, or short names (--suite, --referencing)",
  "calling-ap-title-not-recognized": "check --system-title",
};

/** An AARE that is not an acceptance, as the error its reader needs. Some meters leave out the user information. */
export function rejection(aare: Aare): AssociationRejectedError {
  const diagnostic = String(aare.diagnostic.value);
  const initiateError = initiateErrorOf(aare.userInformation);
  const reason = initiateError ?? diagnostic;
  const hint = hints[diagnostic];
  return new AssociationRejectedError(`the meter rejected the association: ${reason}`, {
    details: { result: String(aare.result), diagnostic, source: aare.diagnostic.source, initiateError },
    ...(hint === undefined ? {} : { hint }),
  });
}

function initiateErrorOf(userInformation: Uint8Array | undefined): string | undefined {
  if (userInformation === undefined) return undefined;
  try {
    const apdu = decodeApdu(userInformation);
    return apdu.type === "confirmed-service-error" && apdu.value !== "other" ? String(apdu.value) : undefined;
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

/** An exception in answer to AARQ: meters send it while an earlier association is open (Green Book pitfall 4). */
export function refusedAssociation(apdu: Apdu): AssociationRejectedError | undefined {
  if (apdu.type !== "exception-response" && apdu.type !== "confirmed-service-error") return undefined;
  const reason = apdu.type === "exception-response" ? `${apdu.stateError}, ${apdu.serviceError}` : `${apdu.errorClass}: ${apdu.value}`;
  return new AssociationRejectedError(`the meter refused the association: ${reason}`, {
    details: {
      result: apdu.type,
      diagnostic: reason,
      ...(apdu.type === "exception-response" && { invocationCounter: apdu.invocationCounter }),
    },
    hint: "an association of an earlier session may still be open; wait for its time-out (2 to 3 minutes)",
  });
}
