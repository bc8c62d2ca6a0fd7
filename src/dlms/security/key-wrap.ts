import { createCipheriv, createDecipheriv } from "node:crypto";
import { DecodeError, SecurityError } from "../../errors.ts";
import { keyObjectOf } from "./key-object.ts";
import { SecretKey } from "./secret-key.ts";
import { securitySuites } from "./suite.ts";

/** Octets by which a wrapped key is longer than the key. */
const integrityLength = 8;

/** The initial value that proves integrity (RFC 3394 2.2.3.1). */
const initialValue = new Uint8Array(integrityLength).fill(0xa6);

/** `key` under the key encrypting key `kek` (RFC 3394): 24 or 40 octets. */
export function wrapKey(kek: SecretKey, key: SecretKey): Uint8Array {
  const cipher = createCipheriv(algorithmOf(kek), keyObjectOf(kek), initialValue);
  return Uint8Array.from(Buffer.concat([cipher.update(key.exposeSecret()), cipher.final()]));
}

/**
 * The key that was wrapped under `kek`.
 * @throws DecodeError `bad-length` unless there are 24 or 40 octets
 * @throws SecurityError `deciphering-failed` when it was wrapped under another key, or changed
 */
export function unwrapKey(kek: SecretKey, wrapped: Uint8Array): SecretKey {
  const length = wrapped.length - integrityLength;
  if (length !== 16 && length !== 32)
    throw new DecodeError("bad-length", "wrapped key", 0, `wrapped key: 24 or 40 octets, not ${wrapped.length}`);
  const decipher = createDecipheriv(algorithmOf(kek), keyObjectOf(kek), initialValue);
  try {
    return SecretKey.from(Buffer.concat([decipher.update(wrapped), decipher.final()]));
  } catch {
    throw new SecurityError("deciphering-failed", "the wrapped key does not unwrap", { hint: "check the master key" });
  }
}

function algorithmOf(kek: SecretKey): string {
  return securitySuites[kek.length === 16 ? 0 : 2].keyWrap;
}
