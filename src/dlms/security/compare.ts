import { createHash, timingSafeEqual } from "node:crypto";

/**
 * Compares secrets in time that depends on neither: both are hashed first, so lengths do not show either and
 * `timingSafeEqual` never throws.
 */
export function equalSecrets(a: Uint8Array, b: Uint8Array): boolean {
  const left = createHash("sha256").update(a).digest();
  const right = createHash("sha256").update(b).digest();
  return timingSafeEqual(left, right);
}
