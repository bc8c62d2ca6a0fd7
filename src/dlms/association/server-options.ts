import type { SecurityError } from "../../errors.ts";
import type { RandomSource } from "../security/secure-random.ts";
import type { Conformance } from "../xdlms/conformance.ts";
import type { HlsOptions } from "./hls-authentication.ts";
import type { NegotiatedContext } from "./negotiation.ts";
import type { AssociationSecurity } from "./protection.ts";

/** What a server demands of the client with one SAP. */
export type ServerAuthentication =
  | { readonly mechanism: "none" }
  | { readonly mechanism: "lls"; readonly password: Uint8Array }
  | ({ readonly mechanism: "hls" } & HlsOptions);

/** Counts wrong secrets of one client, and says when the next may be looked at; `now` in ms. */
export interface AttemptLimiter {
  mayTry(now: number): boolean;
  failed(now: number): void;
  /** A secret was right. */
  succeeded?(now: number): void;
}

export interface ServerAssociationOptions {
  readonly clientSap: number;
  readonly serverSap: number;
  /** Undefined when no association is foreseen between the two: it fails exactly like one with a wrong password. */
  readonly authentication: ServerAuthentication | undefined;
  /** Keys under which everything has to be; without them everything is in clear. */
  readonly security?: AssociationSecurity | undefined;
  /** Slows down those who try secrets. */
  readonly limiter?: AttemptLimiter;
  /** An APDU was refused for its protection: replayed, or not to be opened. */
  readonly onInsecure?: (error: SecurityError) => void;
  /** Where challenges come from; high level security needs it. */
  readonly random?: RandomSource;
  /** Milliseconds that passes 3 and 4 of high level security may take. */
  readonly authenticationTimeout?: number;
  /** Contexts that are served: those with logical names by default, or both. */
  readonly servesShortNames?: boolean;
  /** What this side can do; by default all that this stack does, with the names that the client asks for. */
  readonly supportedConformance?: Conformance;
  /** Longest APDU this side takes. */
  readonly maxReceivePduSize?: number;
  /** Longest APDU that the link carries from this side, where that is less than a client may take. */
  readonly maxSendPduSize?: number;
  /** Longest request this side takes, over all its blocks. */
  readonly maxRequestLength?: number;
  /** Blocks of a general block transfer this side takes in a row, 1..63. */
  readonly gbtWindow?: number;
  /** Milliseconds without an APDU after which the association is over; undefined where the link watches over it. */
  readonly inactivityTimeout?: number;
  /** The association stands without being opened, and cannot be opened, released or replaced (Green Book 9.4.2). */
  readonly preEstablished?: NegotiatedContext;
}

export const serverDefaults = { maxRequestLength: 256 * 1024, gbtWindow: 32, authenticationTimeout: 10_000 } as const;
