import type { ApplicationContext, AuthenticationMechanism } from "../acse/object-identifiers.ts";
import { type Conformance, type ConformanceName, intersect } from "../xdlms/conformance.ts";
import type { ConfirmedServiceError } from "../xdlms/exception.ts";
import { dlmsVersion, type InitiateRequest } from "../xdlms/initiate.ts";

/** What the two sides of an association agreed on. */
export interface NegotiatedContext {
  readonly clientSap: number;
  readonly serverSap: number;
  readonly applicationContext: ApplicationContext;
  readonly mechanism: AuthenticationMechanism;
  readonly conformance: Conformance;
  /** Longest APDU the client takes, in octets. */
  readonly clientMaxReceivePduSize: number;
  /** Longest APDU the server takes, in octets. */
  readonly serverMaxReceivePduSize: number;
}

/** Longest APDU that 16 bits can announce. */
export const unlimitedPduSize = 0xffff;

/** Sizes below this are reserved (Green Book 9.4.6.1). */
export const minPduSize = 12;

/** Services of logical name referencing that this stack carries out, in both roles. */
export const supportedConformance: Conformance = new Set<ConformanceName>([
  "priority-mgmt-supported",
  "block-transfer-with-get-or-read",
  "block-transfer-with-set-or-write",
  "block-transfer-with-action",
  "multiple-references",
  "get",
  "set",
  "selective-access",
  "action",
]);

/** An association without any of these could do nothing. */
const essential: readonly ConformanceName[] = ["get", "set", "action"];

export type Negotiation =
  | { readonly conformance: Conformance; readonly clientMaxReceivePduSize: number; readonly error?: undefined }
  | { readonly error: ConfirmedServiceError["value"] & string };

/**
 * The server's side of xDLMS-Initiate (Green Book 9.4.6.1): proposed and supported, or the reason why not, as the value
 * of a ConfirmedServiceError of class initiate.
 */
export function negotiate(proposed: InitiateRequest, supported: Conformance): Negotiation {
  if (proposed.proposedDlmsVersionNumber < dlmsVersion) return { error: "dlms-version-too-low" };
  const size = proposed.clientMaxReceivePduSize === 0 ? unlimitedPduSize : proposed.clientMaxReceivePduSize;
  if (size < minPduSize) return { error: "pdu-size-too-short" };
  const conformance = intersect(proposed.proposedConformance, supported);
  if (!essential.some((name) => conformance.has(name))) return { error: "incompatible-conformance" };
  return { conformance, clientMaxReceivePduSize: size };
}
