import { createHash } from "node:crypto";
import { DecodeError, SecurityError } from "../../errors.ts";
import { protect, securityHeaderLength, tagLength, unprotect } from "./apdu-cipher.ts";
import { equalSecrets } from "./compare.ts";
import type { PrivateKey } from "./private-key.ts";
import type { PublicKey } from "./public-key.ts";
import type { SecretBytes } from "./secret-bytes.ts";
import type { SecretKey } from "./secret-key.ts";
import { decodeSecurityControl, securityControl } from "./security-control.ts";
import { sign, verifySignature } from "./signature.ts";
import type { SecuritySuite } from "./suite.ts";
import { checkSystemTitle, type SystemTitle, sameSystemTitle } from "./system-title.ts";

/** What a side needs for high level security, by mechanism (Green Book 9.2.7.4, Table 42). */
export type HlsCredentials =
  /** Mechanism 2: whatever the manufacturer makes of a challenge, alike in both directions. */
  | { readonly mechanism: "hls-manufacturer"; readonly transform: (challenge: Uint8Array) => Uint8Array }
  /** Mechanisms 3 and 4. */
  | { readonly mechanism: "hls-md5" | "hls-sha1"; readonly secret: SecretBytes }
  /** Mechanism 5, under the global unicast encryption key. */
  | {
      readonly mechanism: "hls-gmac";
      readonly suite: SecuritySuite;
      readonly key: SecretKey;
      readonly authenticationKey: SecretKey | undefined;
    }
  /** Mechanism 6. */
  | { readonly mechanism: "hls-sha256"; readonly secret: SecretBytes }
  /** Mechanism 7: signing key of this side, and the other's verification key, known beforehand or by its system title. */
  | {
      readonly mechanism: "hls-ecdsa";
      readonly signingKey: PrivateKey | undefined;
      readonly verificationKey: PublicKey | ((peer: SystemTitle) => PublicKey | undefined);
    };

export type HlsMechanism = HlsCredentials["mechanism"];

/** What the first two passes have exchanged, seen from this side. */
export interface HlsExchange {
  /** Challenge of this side: CtoS of a client, StoC of a server. */
  readonly sentChallenge: Uint8Array;
  /** Challenge of the other side. */
  readonly receivedChallenge: Uint8Array;
  /** Of this side; mechanisms 5 to 7 need both titles. */
  readonly systemTitle?: SystemTitle | undefined;
  readonly peerSystemTitle?: SystemTitle | undefined;
}

/** Octets a challenge may have (Green Book 9.2.7.4). */
export const challengeLengths = { shortest: 8, longest: 64 } as const;

/** Sixteen octets are what every known peer takes; a signature of suite 2 deserves more. */
const usualLengths = { default: 16, "hls-ecdsa": 32 } as const;

/**
 * A fresh challenge.
 * @param random a cryptographically secure source of so many octets
 * @throws DecodeError `bad-length` for a length outside 8..64
 */
export function createChallenge(mechanism: HlsMechanism, random: (length: number) => Uint8Array, length?: number): Uint8Array {
  const challenge = random(length ?? usualLengths[mechanism === "hls-ecdsa" ? mechanism : "default"]);
  checkLength(challenge);
  return challenge;
}

/**
 * Refuses what cannot be answered safely: a challenge of impossible length, our own challenge or our own system title sent
 * back, with which a peer would have us compute its answer (reflection).
 * @throws DecodeError `bad-length`
 * @throws SecurityError `authentication-failed`
 */
export function checkExchange({ sentChallenge, receivedChallenge, systemTitle, peerSystemTitle }: HlsExchange): void {
  checkLength(receivedChallenge);
  if (equalSecrets(sentChallenge, receivedChallenge)) throw failed("the peer sent our own challenge back");
  if (systemTitle !== undefined && peerSystemTitle !== undefined && sameSystemTitle(systemTitle, peerSystemTitle)) {
    throw failed("the peer has our own system title");
  }
}

/**
 * This side's answer to the peer's challenge: pass 3 of a client, pass 4 of a server.
 * @param invocationCounter of mechanism 5 only: taken from the counter of the key, like that of any APDU
 * @throws as {@link checkExchange}; SecurityError `policy` where a system title or the counter is missing
 */
export function respond(credentials: HlsCredentials, exchange: HlsExchange, invocationCounter?: number): Uint8Array {
  checkExchange(exchange);
  const { receivedChallenge, sentChallenge } = exchange;
  switch (credentials.mechanism) {
    case "hls-manufacturer":
      return credentials.transform(receivedChallenge);
    case "hls-gmac": {
      if (invocationCounter === undefined) throw new SecurityError("policy", "HLS with GMAC needs an invocation counter");
      const { key, authenticationKey, suite } = credentials;
      const options = { key, authenticationKey, systemTitle: titlesOf(exchange)[0] };
      const whole = protect(options, securityControl(suite, "authenticated"), invocationCounter, receivedChallenge);
      // The challenge itself is left out: the peer has it.
      return Uint8Array.of(...whole.subarray(0, securityHeaderLength), ...whole.subarray(-tagLength));
    }
    case "hls-ecdsa": {
      const [own, peer] = titlesOf(exchange);
      if (credentials.signingKey === undefined) throw new SecurityError("policy", "there is no key to sign with");
      return sign(credentials.signingKey, Buffer.concat([own, peer, receivedChallenge, sentChallenge]));
    }
    default: {
      const titles = credentials.mechanism === "hls-sha256" ? titlesOf(exchange) : undefined;
      return digest(credentials, titles, receivedChallenge, sentChallenge);
    }
  }
}

/**
 * Verifies the peer's answer to our challenge in time that does not depend on where it differs.
 * @returns the invocation counter that the answer used up (mechanism 5), for the receiver's counter to accept
 * @throws SecurityError `authentication-failed`; as {@link respond} otherwise
 */
export function verify(credentials: HlsCredentials, exchange: HlsExchange, response: Uint8Array): number | undefined {
  checkExchange(exchange);
  const { receivedChallenge, sentChallenge } = exchange;
  switch (credentials.mechanism) {
    case "hls-manufacturer":
      expectEqual(credentials.transform(sentChallenge), response);
      return undefined;
    case "hls-gmac":
      return verifyGmac(credentials, titlesOf(exchange)[1], sentChallenge, response);
    case "hls-ecdsa": {
      const [own, peer] = titlesOf(exchange);
      const signed = Buffer.concat([peer, own, sentChallenge, receivedChallenge]);
      const { verificationKey } = credentials;
      const key = typeof verificationKey === "function" ? verificationKey(peer) : verificationKey;
      if (key === undefined || !verifySignature(key, signed, response)) throw failed();
      return undefined;
    }
    default: {
      const titles = credentials.mechanism === "hls-sha256" ? titlesOf(exchange) : undefined;
      expectEqual(digest(credentials, titles && [titles[1], titles[0]], sentChallenge, receivedChallenge), response);
      return undefined;
    }
  }
}

type Digesting = HlsCredentials & { readonly secret: SecretBytes };

/** @param titles of the side that answers, then of the other; mechanism 6 only */
function digest(
  { mechanism, secret }: Digesting,
  titles: readonly [SystemTitle, SystemTitle] | undefined,
  answered: Uint8Array,
  other: Uint8Array,
): Uint8Array {
  const octets = secret.exposeSecret();
  if (titles === undefined) {
    return createHash(mechanism === "hls-md5" ? "md5" : "sha1")
      .update(answered)
      .update(octets)
      .digest();
  }
  return createHash("sha256").update(octets).update(titles[0]).update(titles[1]).update(answered).update(other).digest();
}

function verifyGmac(
  { suite, key, authenticationKey }: HlsCredentials & { readonly mechanism: "hls-gmac" },
  peerSystemTitle: SystemTitle,
  challenge: Uint8Array,
  response: Uint8Array,
): number {
  if (response.length !== securityHeaderLength + tagLength) throw failed();
  try {
    const { encrypted } = decodeSecurityControl(response[0] as number);
    if (encrypted) throw failed();
    const whole = Buffer.concat([response.subarray(0, securityHeaderLength), challenge, response.subarray(securityHeaderLength)]);
    return unprotect({ key, authenticationKey, suite, systemTitle: peerSystemTitle }, peerSystemTitle, whole).invocationCounter;
  } catch (error) {
    if (error instanceof SecurityError || error instanceof DecodeError) throw failed();
    throw error;
  }
}

function titlesOf({ systemTitle, peerSystemTitle }: HlsExchange): [own: SystemTitle, peer: SystemTitle] {
  if (systemTitle === undefined || peerSystemTitle === undefined) {
    throw new SecurityError("policy", "this mechanism needs the system titles of both sides");
  }
  checkSystemTitle(systemTitle);
  checkSystemTitle(peerSystemTitle);
  return [systemTitle, peerSystemTitle];
}

function checkLength(challenge: Uint8Array): void {
  const { shortest, longest } = challengeLengths;
  if (challenge.length < shortest || challenge.length > longest) {
    throw new DecodeError("bad-length", "challenge", 0, `challenge: ${shortest} to ${longest} octets, not ${challenge.length}`);
  }
}

function expectEqual(expected: Uint8Array, actual: Uint8Array): void {
  if (!equalSecrets(expected, actual)) throw failed();
}

function failed(message = "the peer's answer to the challenge is wrong"): SecurityError {
  return new SecurityError("authentication-failed", message);
}
