import type { ApplicationContext, AuthenticationMechanism } from "../acse/object-identifiers.ts";
import type { SystemTitle } from "../security/system-title.ts";
import { type Conformance, type ConformanceName, intersect } from "../xdlms/conformance.ts";
import type { ConfirmedServiceError } from "../xdlms/exception.ts";
import { dlmsVersion, type InitiateRequest } from "../xdlms/initiate.ts";

/** What an application context says of an association. */
export interface ContextMeaning {
  readonly referencing: Referencing;
  readonly ciphered: boolean;
}

const contexts: Readonly<Partial<Record<ApplicationContext, ContextMeaning>>> = {
  "logical-name": { referencing: "logical-name", ciphered: false },
  "short-name": { referencing: "short-name", ciphered: false },
  "logical-name-ciphered": { referencing: "logical-name", ciphered: true },
  "short-name-ciphered": { referencing: "short-name", ciphered: true },
};

/** Undefined for a context that nobody here knows. */
export function meaningOf(context: ApplicationContext): ContextMeaning | undefined {
  return contexts[context];
}

export function isCipheredContext(context: ApplicationContext): boolean {
  return contexts[context]?.ciphered === true;
}

/** What the two sides of an association agreed on. */
export interface NegotiatedContext {
  readonly clientSap: number;
  readonly serverSap: number;
  readonly applicationContext: ApplicationContext;
  readonly referencing: Referencing;
  readonly mechanism: AuthenticationMechanism;
  readonly conformance: Conformance;
  /** Longest APDU the client takes, in octets. */
  readonly clientMaxReceivePduSize: number;
  /** Longest APDU the server takes, in octets. */
  readonly serverMaxReceivePduSize: number;
  /** Of the client, where it told one. */
  readonly clientSystemTitle?: SystemTitle;
  /** Octets of an APDU that its protection takes from the service inside; none in clear. */
  readonly protectionOverhead?: number;
}

/** Longest APDU that 16 bits can announce. */
export const unlimitedPduSize = 0xffff;

/** Sizes below this are reserved (Green Book 9.4.6.1). */
export const minPduSize = 12;

/** How objects are addressed: the application contexts without and with ciphering have it in their names. */
export type Referencing = "logical-name" | "short-name";

/** Services that this stack carries out in both roles, with logical names. */
export const supportedConformance: Conformance = new Set<ConformanceName>([
  "general-block-transfer",
  "delta-value-encoding",
  "attribute0-supported-with-set",
  "priority-mgmt-supported",
  "attribute0-supported-with-get",
  "block-transfer-with-get-or-read",
  "block-transfer-with-set-or-write",
  "block-transfer-with-action",
  "multiple-references",
  "data-notification",
  "access",
  "get",
  "set",
  "selective-access",
  "event-notification",
  "action",
]);

/** The same with short names. */
export const supportedConformanceWithShortNames: Conformance = new Set<ConformanceName>([
  "general-block-transfer",
  "read",
  "write",
  "unconfirmed-write",
  "delta-value-encoding",
  "block-transfer-with-get-or-read",
  "block-transfer-with-set-or-write",
  "multiple-references",
  "information-report",
  "data-notification",
  "parameterized-access",
]);

/** What this stack can do in an association that addresses objects one way or the other. */
export const supportedFor = (referencing: Referencing): Conformance =>
  referencing === "short-name" ? supportedConformanceWithShortNames : supportedConformance;

/** An association without any of these could do nothing. */
const essential: readonly ConformanceName[] = ["get", "set", "action", "access", "read", "write", "unconfirmed-write"];

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
