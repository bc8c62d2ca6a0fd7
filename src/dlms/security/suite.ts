import { type Curve, curves } from "./curve.ts";

/** What a security suite stands for (Green Book, security suites). */
export interface SuiteAlgorithms {
  /** Octets of every symmetric key. */
  readonly keyLength: 16 | 32;
  /** Authenticated encryption, as OpenSSL names it. */
  readonly aead: "aes-128-gcm" | "aes-256-gcm";
  /** Key wrap (RFC 3394), as OpenSSL names it. */
  readonly keyWrap: "id-aes128-wrap" | "id-aes256-wrap";
  /** Of signatures and key agreement; suite 0 has neither. */
  readonly curve: Curve | undefined;
  /** Of signatures and key derivation. */
  readonly hash: (typeof curves)[Curve]["hash"] | undefined;
}

/** The algorithms of each suite by its number. */
export const securitySuites = {
  0: { keyLength: 16, aead: "aes-128-gcm", keyWrap: "id-aes128-wrap", curve: undefined, hash: undefined },
  1: { keyLength: 16, aead: "aes-128-gcm", keyWrap: "id-aes128-wrap", curve: "P-256", hash: curves["P-256"].hash },
  2: { keyLength: 32, aead: "aes-256-gcm", keyWrap: "id-aes256-wrap", curve: "P-384", hash: curves["P-384"].hash },
} as const satisfies Readonly<Record<number, SuiteAlgorithms>>;

/** Number of a security suite. */
export type SecuritySuite = keyof typeof securitySuites;

/** Number of a suite with public keys. */
export type PublicKeySuite = Exclude<SecuritySuite, 0>;
