import { createHmac } from "node:crypto";
import type { HlsCredentials } from "../../dlms/security/hls.ts";
import { SecretBytes } from "../../dlms/security/secret-bytes.ts";

/** The mechanisms of high level security whose secret is a text that both sides know, as `auth` names them. */
const digests = { md5: "hls-md5", sha1: "hls-sha1", sha256: "hls-sha256" } as const;

export type SecretMechanism = keyof typeof digests | "manufacturer";

/** All mechanisms of high level security, as `auth` names them. */
export const hlsNames: ReadonlySet<string> = new Set([...Object.keys(digests), "manufacturer", "gmac", "ecdsa"]);

/**
 * What a mechanism makes of its secret. Mechanism 2 is each manufacturer's own: that of our meter answers a challenge with
 * the first 16 octets of its HMAC-SHA-256 under the secret.
 */
export function secretCredentials(auth: SecretMechanism, secret: Uint8Array): HlsCredentials {
  const kept = SecretBytes.from(secret);
  if (auth !== "manufacturer") return { mechanism: digests[auth], secret: kept };
  return {
    mechanism: "hls-manufacturer",
    transform: (challenge) => Uint8Array.from(createHmac("sha256", kept.exposeSecret()).update(challenge).digest().subarray(0, 16)),
  };
}
