import { createHash } from "node:crypto";
import type { SecretKey } from "../../dlms/security/secret-key.ts";

/** Name of a key in stores and messages: sixteen hex digits of a hash, from which the key cannot be found. */
export function keyId(key: SecretKey): string {
  return createHash("sha256").update("dlms-gateway key\0").update(key.exposeSecret()).digest("hex").slice(0, 16);
}
