import { createHash } from "node:crypto";

/** SHA-256 of octets: 32 octets. */
export function sha256(octets: Uint8Array): Uint8Array {
  return new Uint8Array(createHash("sha256").update(octets).digest());
}
