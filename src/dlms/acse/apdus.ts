import type { ApplicationContext, AuthenticationMechanism } from "./object-identifiers.ts";

/** A-ASSOCIATE request (Green Book 9.4.2.2). Octet strings are views of the source. */
export interface Aarq {
  readonly applicationContext: ApplicationContext;
  /** False when a protocol version is given and lacks version 1. */
  readonly protocolVersion1?: boolean | undefined;
  /** System title of the client, where ciphering needs it. */
  readonly callingApTitle?: Uint8Array | undefined;
  /** Certificate of the client's signing key (mechanism 7). */
  readonly callingAeQualifier?: Uint8Array | undefined;
  /** Client user id. */
  readonly callingAeInvocationId?: number | undefined;
  /** Whether the authentication functional unit is asked for. */
  readonly authenticationRequired: boolean;
  readonly mechanism?: AuthenticationMechanism | undefined;
  /** LLS password, or challenge CtoS of HLS. */
  readonly authenticationValue?: Uint8Array | undefined;
  /** InitiateRequest, plain or ciphered. */
  readonly userInformation?: Uint8Array | undefined;
}

export const associationResults = { accepted: 0, "rejected-permanent": 1, "rejected-transient": 2 } as const;

/** Diagnostics of acse-service-user. */
export const userDiagnostics = {
  null: 0,
  "no-reason-given": 1,
  "application-context-name-not-supported": 2,
  "calling-ap-title-not-recognized": 3,
  "calling-ap-invocation-identifier-not-recognized": 4,
  "calling-ae-qualifier-not-recognized": 5,
  "calling-ae-invocation-identifier-not-recognized": 6,
  "called-ap-title-not-recognized": 7,
  "called-ap-invocation-identifier-not-recognized": 8,
  "called-ae-qualifier-not-recognized": 9,
  "called-ae-invocation-identifier-not-recognized": 10,
  "authentication-mechanism-name-not-recognised": 11,
  "authentication-mechanism-name-required": 12,
  "authentication-failure": 13,
  "authentication-required": 14,
} as const;

/** Diagnostics of acse-service-provider. */
export const providerDiagnostics = { null: 0, "no-reason-given": 1, "no-common-acse-version": 2 } as const;

export type AssociationResult = keyof typeof associationResults | number;

export type AssociateDiagnostic =
  | { readonly source: "acse-service-user"; readonly value: keyof typeof userDiagnostics | number }
  | { readonly source: "acse-service-provider"; readonly value: keyof typeof providerDiagnostics | number };

/** A-ASSOCIATE response (Green Book 9.4.2.2). */
export interface Aare {
  readonly applicationContext: ApplicationContext;
  readonly protocolVersion1?: boolean | undefined;
  readonly result: AssociationResult;
  readonly diagnostic: AssociateDiagnostic;
  /** System title of the server. */
  readonly respondingApTitle?: Uint8Array | undefined;
  readonly respondingAeQualifier?: Uint8Array | undefined;
  readonly authenticationRequired: boolean;
  readonly mechanism?: AuthenticationMechanism | undefined;
  /** Challenge StoC of HLS. */
  readonly authenticationValue?: Uint8Array | undefined;
  /** InitiateResponse or ConfirmedServiceError, plain or ciphered; absent in the rejections of some meters. */
  readonly userInformation?: Uint8Array | undefined;
}

/** A-RELEASE request or response. Reasons: 0 normal, 1 urgent or not finished, 30 user defined. */
export interface Release {
  readonly reason?: number | undefined;
  readonly userInformation?: Uint8Array | undefined;
}

/** A-ABORT. Source: 0 the peer's application, 1 its provider. */
export interface Abrt {
  readonly source: number;
  readonly userInformation?: Uint8Array | undefined;
}
