import type { Aarq, AssociateDiagnostic } from "../acse/apdus.ts";
import { equalSecrets } from "../security/compare.ts";
import { challengeLengths } from "../security/hls.ts";
import { systemTitleLength } from "../security/system-title.ts";
import type { ConfirmedServiceError } from "../xdlms/exception.ts";
import type { InitiateRequest } from "../xdlms/initiate.ts";
import { meaningOf, minPduSize, type NegotiatedContext, negotiate, supportedFor, unlimitedPduSize } from "./negotiation.ts";
import { overheadOf, suffices } from "./protection.ts";
import type { ServerAssociationOptions, ServerAuthentication } from "./server-options.ts";

/** Why an association is refused. */
export interface Refused {
  readonly diagnostic: AssociateDiagnostic;
  readonly initiateError?: Pick<ConfirmedServiceError, "errorClass" | "value">;
  /** The secret was wrong, or there was none to compare with: an attempt that counts. */
  readonly secret?: boolean;
}

export const accepted: AssociateDiagnostic = { source: "acse-service-user", value: "null" };

/** Accepted so far: the client has to answer the challenge (Green Book 9.2.7.4). */
export const challenged: AssociateDiagnostic = { source: "acse-service-user", value: "authentication-required" };

const inClear = { authenticated: false, encrypted: false } as const;

/**
 * Green Book 9.4.4: protocol version, context, mechanism, title, Initiate, secret; the first fault decides.
 * @param open the Initiate request, deciphered where it has to be; undefined where there is none
 * @param mayTry whether the secret may be looked at; a client that tries too often is told that it is wrong
 */
export function examine(
  aarq: Aarq,
  open: () => InitiateRequest | Refused | undefined,
  options: ServerAssociationOptions,
  mayTry: () => boolean,
): { readonly context: NegotiatedContext; readonly hls: boolean; readonly responseAllowed: boolean } | Refused {
  const { authentication, clientSap, serverSap, security } = options;
  const { maxReceivePduSize = unlimitedPduSize, maxSendPduSize = unlimitedPduSize } = options;
  if (aarq.protocolVersion1 === false) return { diagnostic: { source: "acse-service-provider", value: "no-common-acse-version" } };
  const context = meaningOf(aarq.applicationContext);
  if (context === undefined || (context.referencing === "short-name" && options.servesShortNames !== true)) {
    return refused("application-context-name-not-supported");
  }
  // Nobody is served in clear where keys and a policy are agreed on, and nobody without keys otherwise.
  const policyInClear =
    security === undefined || (suffices(inClear, security.policy) && suffices(inClear, security.answerPolicy ?? security.policy));
  // A client that nobody knows has whatever context it likes, and then keys that are wrong.
  const withoutKeys = authentication !== undefined && security === undefined;
  if (context.ciphered ? withoutKeys : !policyInClear) return refused("application-context-name-not-supported");
  const mechanism = aarq.mechanism ?? "none";
  const expected = expectedMechanism(authentication, mechanism);
  if (mechanism !== expected) {
    return refused(mechanism === "none" ? "authentication-required" : "authentication-mechanism-name-not-recognised");
  }
  // Without the authentication functional unit the fields that belong to it mean nothing (ISO/IEC 8650-1).
  if (expected !== "none" && !aarq.authenticationRequired) return refused("authentication-required");
  const needsTitle = context.ciphered || titledMechanisms.has(mechanism);
  if (aarq.callingApTitle === undefined ? needsTitle : aarq.callingApTitle.length !== systemTitleLength) {
    return refused("calling-ap-title-not-recognized");
  }
  const initiate = open();
  if (initiate === undefined) return refused("no-reason-given");
  if ("diagnostic" in initiate) return initiate;
  const negotiated = negotiate(initiate, options.supportedConformance ?? supportedFor(context.referencing));
  const protectionOverhead = context.ciphered && security !== undefined ? overheadOf(security) : 0;
  const initiateError = negotiated.error ?? tooSmall(protectionOverhead, negotiated.clientMaxReceivePduSize);
  if (negotiated.error !== undefined || initiateError !== undefined) {
    return { ...refused("no-reason-given"), initiateError: { errorClass: "initiate", value: initiateError as string } };
  }
  const hls = expected !== "none" && expected !== "lls";
  const challenge = aarq.authenticationValue?.length ?? 0;
  if (hls && (challenge < challengeLengths.shortest || challenge > challengeLengths.longest)) return refused("authentication-failure");
  // What was not looked at is no attempt: it must not keep the right client out any longer.
  if (expected !== "none" && !mayTry()) return refused("authentication-failure");
  if (!hls && !authenticates(aarq, authentication)) return { ...refused("authentication-failure"), secret: true };
  return {
    hls,
    responseAllowed: initiate.responseAllowed,
    context: {
      clientSap,
      serverSap,
      applicationContext: aarq.applicationContext,
      referencing: context.referencing,
      mechanism,
      conformance: negotiated.conformance,
      clientMaxReceivePduSize: Math.min(negotiated.clientMaxReceivePduSize, maxSendPduSize),
      serverMaxReceivePduSize: maxReceivePduSize,
      ...(needsTitle && aarq.callingApTitle && { clientSystemTitle: aarq.callingApTitle }),
      ...(protectionOverhead > 0 && { protectionOverhead }),
    },
  };
}

/** Mechanisms whose answers have the system titles in them. */
const titledMechanisms: ReadonlySet<string> = new Set(["hls-gmac", "hls-sha256", "hls-ecdsa"]);

/** A client that nobody knows is taken for one that does what it offers, so that it learns no more than one with a wrong secret. */
function expectedMechanism(authentication: ServerAuthentication | undefined, offered: string): string {
  if (authentication === undefined) return offered === "none" ? "lls" : offered;
  return authentication.mechanism === "hls" ? authentication.credentials.mechanism : authentication.mechanism;
}

function tooSmall(overhead: number, size: number | undefined): "pdu-size-too-short" | undefined {
  return size !== undefined && size < minPduSize + overhead ? "pdu-size-too-short" : undefined;
}

/** The same work is done for clients nobody knows, so that they cannot be told apart. */
function authenticates(aarq: Aarq, authentication: ServerAuthentication | undefined): boolean {
  if (authentication?.mechanism === "none") return true;
  const password = authentication?.mechanism === "lls" ? authentication.password : new Uint8Array();
  const matches = equalSecrets(password, aarq.authenticationValue ?? new Uint8Array());
  return authentication !== undefined && matches;
}

export function refused(value: AssociateDiagnostic["value"] & string): Refused {
  return { diagnostic: { source: "acse-service-user", value } as AssociateDiagnostic };
}
