import { createHash } from "node:crypto";
import type { SecretKey } from "./secret-key.ts";

const known = new WeakMap<SecretKey, string>();

/** Name of a key in stores and messages: sixteen hex digits of a hash, from which the key cannot be found. */
export function keyId(key: SecretKey): string {
  let id = known.get(key);
  if (id === undefined) {
    id = createHash("sha256").update("dlms-gateway key\0").update(key.exposeSecret()).digest("hex").slice(0, 16);
    known.set(key, id);
  }
  return id;
}
