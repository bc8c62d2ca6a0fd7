import { sign as signDigest, verify as verifyDigest } from "node:crypto";
import { curves } from "./curve.ts";
import { keyObjectOf } from "./key-object.ts";
import type { PrivateKey } from "./private-key.ts";
import type { PublicKey } from "./public-key.ts";

/**
 * ECDSA signature of `data` as R and S, 64 octets with P-256 and SHA-256, 96 with P-384 and SHA-384 (Green Book 9.2.3.4.5).
 * The one number drawn for it comes from OpenSSL itself: a source that repeats would give the key away.
 */
export function sign(key: PrivateKey, data: Uint8Array): Uint8Array {
  return signDigest(curves[key.curve].hash, data, { key: keyObjectOf(key), dsaEncoding: "ieee-p1363" });
}

/** Octets of a signature as R and S. */
export function signatureLength(key: PublicKey): number {
  return 2 * curves[key.curve].coordinateLength;
}

/**
 * Whether `signature` is one of `data` under `key`. Besides R and S, a DER sequence of both is understood, which some
 * meters send.
 */
export function verifySignature(key: PublicKey, data: Uint8Array, signature: Uint8Array): boolean {
  const { hash } = curves[key.curve];
  const object = keyObjectOf(key);
  if (signature.length === signatureLength(key) && verifyDigest(hash, data, { key: object, dsaEncoding: "ieee-p1363" }, signature))
    return true;
  return verifyDigest(hash, data, { key: object, dsaEncoding: "der" }, signature);
}
