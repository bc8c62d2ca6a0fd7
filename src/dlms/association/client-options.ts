import type { RandomSource } from "../security/secure-random.ts";
import type { ApduOf } from "../xdlms/apdu.ts";
import type { Conformance } from "../xdlms/conformance.ts";
import { dlmsVersion } from "../xdlms/initiate.ts";
import type { HlsOptions } from "./hls-authentication.ts";
import { type NegotiatedContext, type Referencing, supportedFor, unlimitedPduSize } from "./negotiation.ts";
import type { AssociationSecurity } from "./protection.ts";

/** How the client proves who it is. */
export type ClientAuthentication =
  | { readonly mechanism: "none" }
  | { readonly mechanism: "lls"; readonly password: Uint8Array }
  | ({ readonly mechanism: "hls" } & ClientHlsOptions);

/** High level security: the client proves who it is, and the server after it. */
export interface ClientHlsOptions extends HlsOptions {
  /** Where challenges come from. */
  readonly random: RandomSource;
  /** Logical name of the association object that takes pass 3: 0.0.40.0.0.255, or the client's own where a meter wants that. */
  readonly associationObject?: Uint8Array;
}

export interface ClientAssociationOptions {
  readonly clientSap: number;
  readonly serverSap: number;
  readonly authentication: ClientAuthentication;
  readonly referencing?: Referencing;
  /** Keys under which everything is protected; none for an association in clear. */
  readonly security?: AssociationSecurity;
  readonly proposedConformance?: Conformance;
  /** Longest APDU this side takes. */
  readonly maxReceivePduSize?: number;
  /** Longest answer this side takes, over all its blocks. */
  readonly maxResponseLength?: number;
  /** Blocks of a general block transfer this side takes in a row, 1..63; 0 not to propose it. */
  readonly gbtWindow?: number;
  /** Requests under way at once, 1..15. */
  readonly maxOutstanding?: number;
  /** Milliseconds until an answer is given up. */
  readonly responseTimeout?: number;
  /** How often what may be repeated is, before an answer is given up; for links that lose APDUs. */
  readonly retries?: number;
  /** Milliseconds until a release that is not answered counts as done: not every meter knows it. */
  readonly releaseTimeout?: number;
  /** Both sides know the association without opening it (Green Book 9.4.2): neither AARQ nor RLRQ is sent. */
  readonly preEstablished?: NegotiatedContext;
}

export const clientDefaults = {
  maxResponseLength: 16 * 1024 * 1024,
  gbtWindow: 32,
  maxOutstanding: 1,
  responseTimeout: 10_000,
  retries: 0,
  releaseTimeout: 1000,
} as const;

/** What the client proposes. */
export function initiateRequestOf(options: ClientAssociationOptions): ApduOf<"initiate-request"> {
  const { referencing = "logical-name", gbtWindow = clientDefaults.gbtWindow } = options;
  const { proposedConformance = withoutGbt(supportedFor(referencing), gbtWindow === 0) } = options;
  return {
    type: "initiate-request",
    dedicatedKey: options.security?.dedicatedKey?.exposeSecret(),
    responseAllowed: true,
    proposedQualityOfService: undefined,
    proposedDlmsVersionNumber: dlmsVersion,
    proposedConformance,
    clientMaxReceivePduSize: options.maxReceivePduSize ?? unlimitedPduSize,
  };
}

function withoutGbt(conformance: Conformance, leaveOut: boolean): Conformance {
  return leaveOut ? new Set([...conformance].filter((name) => name !== "general-block-transfer")) : conformance;
}
