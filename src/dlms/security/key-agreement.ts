import { createHash, diffieHellman } from "node:crypto";
import { DecodeError, SecurityError } from "../../errors.ts";
import { curves } from "./curve.ts";
import { keyObjectOf } from "./key-object.ts";
import type { PrivateKey } from "./private-key.ts";
import { PublicKey } from "./public-key.ts";
import { SecretKey } from "./secret-key.ts";
import { sign, verifySignature } from "./signature.ts";
import { type PublicKeySuite, securitySuites } from "./suite.ts";
import { checkSystemTitle, type SystemTitle } from "./system-title.ts";

/** What the agreed key is for: messages (GUEK, GBEK, GAK), or wrapping keys (KEK). */
export type KeyPurpose = "aes-gcm" | "aes-wrap";

/** What both sides know of each other; U is the client or the originator, V the server or the recipient. */
interface Parties {
  readonly suite: PublicKeySuite;
  readonly systemTitleU: SystemTitle;
  readonly systemTitleV: SystemTitle;
  /** `aes-gcm` when absent. */
  readonly purpose?: KeyPurpose;
  /** The AlgorithmID that edition 8 of the Green Book misprints (60 85 74 06 ...), as GBCS devices expect it. */
  readonly legacyAlgorithmId?: boolean;
}

/**
 * The schemes (NIST SP 800-56A, as the Green Book profiles it), which differ in whose keys go in and in what the parties are:
 * - 2e0s: ephemeral keys of both, for `key_agreement` of the security setup
 * - 1e1s: ephemeral key of the originator, static key of the recipient
 * - 0e2s: static keys of both, and the transaction id that makes the key differ each time
 */
export type KeyAgreement = Parties &
  ({ readonly scheme: "2e0s" | "1e1s" } | { readonly scheme: "0e2s"; readonly transactionId: Uint8Array }) & {
    /** Of this side. */
    readonly privateKey: PrivateKey;
    /** Of the other side. */
    readonly publicKey: PublicKey;
  };

/**
 * The key both sides agree on, without a message beyond their public keys.
 * @throws SecurityError `suite-mismatch` when a key is not of the curve of the suite
 * @throws DecodeError `bad-length` for a system title of other than 8 octets, or a transaction id of more than 255
 */
export function agreeKey(agreement: KeyAgreement): SecretKey {
  const { suite, privateKey, publicKey, systemTitleU, systemTitleV } = agreement;
  checkCurve(suite, privateKey);
  checkCurve(suite, publicKey);
  checkSystemTitle(systemTitleU);
  checkSystemTitle(systemTitleV);
  const { hash, keyLength } = securitySuites[suite];
  const shared = diffieHellman({ privateKey: keyObjectOf(privateKey), publicKey: keyObjectOf(publicKey) });
  // One iteration of the concatenation KDF is enough for any key (NIST SP 800-56A 5.8.1).
  const digest = createHash(hash)
    .update(Uint8Array.of(0, 0, 0, 1))
    .update(shared)
    .update(algorithmId(agreement))
    .update(systemTitleU)
    .update(agreement.scheme === "0e2s" ? withLength(agreement.transactionId) : new Uint8Array())
    .update(systemTitleV)
    .digest();
  return SecretKey.from(digest.subarray(0, keyLength));
}

const algorithms = { "aes-gcm": { 16: 0, 32: 1 }, "aes-wrap": { 16: 2, 32: 3 } } as const satisfies Record<KeyPurpose, object>;

/** 2.16.756.5.8.3.n, the algorithm identifiers of DLMS UA. */
function algorithmId({ suite, purpose = "aes-gcm", legacyAlgorithmId = false }: Parties): Uint8Array {
  return Uint8Array.of(0x60, 0x85, 0x74, legacyAlgorithmId ? 0x06 : 0x05, 0x08, 0x03, algorithms[purpose][securitySuites[suite].keyLength]);
}

/** PartyUInfo has the transaction id as general-ciphering carries it, with its length. */
function withLength(transactionId: Uint8Array): Uint8Array {
  if (transactionId.length > 0xff) throw new DecodeError("bad-length", "transaction id", 0);
  return Uint8Array.of(transactionId.length, ...transactionId);
}

function checkCurve(suite: PublicKeySuite, key: PrivateKey | PublicKey): void {
  if (key.curve !== securitySuites[suite].curve) {
    throw new SecurityError("suite-mismatch", `a key of ${key.curve} does not belong to security suite ${suite}`);
  }
}

/**
 * An ephemeral public key and the signature over it, as a peer gets it.
 * @param keyId what the agreed key will be, signed as well in `key_agreement` (Green Book Table C.1); absent in general-ciphering
 */
export function signEphemeralKey(signingKey: PrivateKey, ephemeralKey: PublicKey, keyId?: number): Uint8Array {
  const signature = sign(signingKey, signedPart(ephemeralKey.octets, keyId));
  return Uint8Array.of(...ephemeralKey.octets, ...signature);
}

/**
 * The ephemeral public key that a peer has signed.
 * @param verificationKey the peer's, which also tells the curve
 * @param keyId as in {@link signEphemeralKey}
 * @throws DecodeError `truncated`, or as `PublicKey.from`
 * @throws SecurityError `signature-invalid`
 */
export function openEphemeralKey(verificationKey: PublicKey, data: Uint8Array, keyId?: number): PublicKey {
  const keyLength = 2 * curves[verificationKey.curve].coordinateLength;
  if (data.length < keyLength) throw new DecodeError("truncated", "ephemeral key", data.length);
  const octets = data.subarray(0, keyLength);
  if (!verifySignature(verificationKey, signedPart(octets, keyId), data.subarray(keyLength))) {
    throw new SecurityError("signature-invalid", "the signature over the ephemeral key does not verify");
  }
  return PublicKey.from(octets);
}

function signedPart(ephemeralKey: Uint8Array, keyId: number | undefined): Uint8Array {
  return keyId === undefined ? ephemeralKey : Uint8Array.of(keyId, ...ephemeralKey);
}
