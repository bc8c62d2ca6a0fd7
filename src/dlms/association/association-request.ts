import { DecodeError } from "../../errors.ts";
import type { Aarq, AssociateDiagnostic } from "../acse/apdus.ts";
import type { ApplicationContext } from "../acse/object-identifiers.ts";
import { equalSecrets } from "../security/compare.ts";
import { decodeApdu } from "../xdlms/apdu.ts";
import type { ConfirmedServiceError } from "../xdlms/exception.ts";
import type { InitiateRequest } from "../xdlms/initiate.ts";
import { type NegotiatedContext, negotiate, type Referencing, supportedFor, unlimitedPduSize } from "./negotiation.ts";
import type { ServerAssociationOptions, ServerAuthentication } from "./server-options.ts";

/** Why an association is refused. */
export interface Refused {
  readonly diagnostic: AssociateDiagnostic;
  readonly initiateError?: ConfirmedServiceError["value"];
}

export const accepted: AssociateDiagnostic = { source: "acse-service-user", value: "null" };

/** Octets of a calling-AP-title, which is a system title. */
const systemTitleLength = 8;

/** Contexts that are served, and how objects are addressed in them. */
const servedContexts: Readonly<Partial<Record<ApplicationContext, Referencing>>> = {
  "logical-name": "logical-name",
  "short-name": "short-name",
};

/** Green Book 9.4.4: protocol version, context, mechanism, title, Initiate, secret; the first fault decides. */
export function examine(
  aarq: Aarq,
  initiate: InitiateRequest | undefined,
  options: ServerAssociationOptions,
): { readonly context: NegotiatedContext } | Refused {
  const { authentication, clientSap, serverSap, maxReceivePduSize = unlimitedPduSize, maxSendPduSize = unlimitedPduSize } = options;
  const expected = authentication?.mechanism ?? "lls";
  if (aarq.protocolVersion1 === false) return { diagnostic: { source: "acse-service-provider", value: "no-common-acse-version" } };
  const referencing = servedContexts[aarq.applicationContext];
  if (referencing === undefined || (referencing === "short-name" && options.servesShortNames !== true))
    return refused("application-context-name-not-supported");
  const mechanism = aarq.mechanism ?? "none";
  if (mechanism !== expected) {
    return refused(mechanism === "none" ? "authentication-required" : "authentication-mechanism-name-not-recognised");
  }
  // Without the authentication functional unit the fields that belong to it mean nothing (ISO/IEC 8650-1).
  if (expected !== "none" && !aarq.authenticationRequired) return refused("authentication-required");
  if (aarq.callingApTitle !== undefined && aarq.callingApTitle.length !== systemTitleLength) {
    return refused("calling-ap-title-not-recognized");
  }
  if (initiate === undefined) return refused("no-reason-given");
  const negotiated = negotiate(initiate, options.supportedConformance ?? supportedFor(referencing));
  if (negotiated.error !== undefined) return { ...refused("no-reason-given"), initiateError: negotiated.error };
  if (!authenticates(aarq, authentication)) return refused("authentication-failure");
  return {
    context: {
      clientSap,
      serverSap,
      applicationContext: aarq.applicationContext,
      referencing,
      mechanism,
      conformance: negotiated.conformance,
      clientMaxReceivePduSize: Math.min(negotiated.clientMaxReceivePduSize, maxSendPduSize),
      serverMaxReceivePduSize: maxReceivePduSize,
    },
  };
}

/** The Initiate request of an AARQ; undefined where there is none, or it is not in clear. */
export function initiateOf(aarq: Aarq): InitiateRequest | undefined {
  if (aarq.userInformation === undefined) return undefined;
  try {
    const apdu = decodeApdu(aarq.userInformation);
    return apdu.type === "initiate-request" ? apdu : undefined;
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

/** The same work is done for clients nobody knows, so that they cannot be told apart. */
function authenticates(aarq: Aarq, authentication: ServerAuthentication | undefined): boolean {
  if (authentication?.mechanism === "none") return true;
  const matches = equalSecrets(authentication?.password ?? new Uint8Array(), aarq.authenticationValue ?? new Uint8Array());
  return authentication !== undefined && matches;
}

function refused(value: AssociateDiagnostic["value"] & string): Refused {
  return { diagnostic: { source: "acse-service-user", value } as AssociateDiagnostic };
}
