import type { HlsCredentials } from "../../dlms/security/hls.ts";
import { SecretBytes } from "../../dlms/security/secret-bytes.ts";
import type { SecretKey } from "../../dlms/security/secret-key.ts";
import type { SecuritySuite } from "../../dlms/security/suite.ts";

/** The mechanisms of high level security that need no certificates, as `auth` names them. */
export const hlsMechanisms = { md5: "hls-md5", sha1: "hls-sha1", gmac: "hls-gmac", sha256: "hls-sha256" } as const;

export interface HlsMaterial {
  readonly suite: SecuritySuite;
  readonly key: SecretKey | undefined;
  readonly authenticationKey: SecretKey | undefined;
  /** Of the mechanisms with a digest. */
  readonly secret: Uint8Array | undefined;
}

/** Puts the secrets of a mechanism together; undefined where the one it needs is not there. */
export function hlsCredentials(auth: keyof typeof hlsMechanisms, material: HlsMaterial): HlsCredentials | undefined {
  const { suite, key, authenticationKey, secret } = material;
  if (auth === "gmac") return key && { mechanism: "hls-gmac", suite, key, authenticationKey };
  return secret && { mechanism: hlsMechanisms[auth], secret: SecretBytes.from(secret) };
}
