import { ageOf, type IdentifierHistory } from "./identifier-history.ts";
import { type KeyType, keyTypes } from "./key-type.ts";
import { isKeyExpired } from "./token-identifier.ts";
import { placeOf, type Token } from "./token-layouts.ts";

/** What a meter compares an authentic token with. */
export interface ValidationContext {
  /** The meter's own code, of two or four digits, as a number. */
  readonly manufacturerCode: number;
  readonly history: IdentifierHistory;
  readonly keyType: KeyType;
  /** Absent in a meter whose keys do not expire. */
  readonly keyExpiryNumber?: number;
}

/** Why an authentic token is not valid (IEC 62055-41, AuthenticationResult and ValidationResult). */
export type ValidationFault = "mfr-code-error" | "old-error" | "used-error" | "key-expired-error" | "ddtk-error";

/** The first reason against an authentic token, in the order of the standard; undefined for a valid one. */
export function validateToken(token: Token, context: ValidationContext): ValidationFault | undefined {
  if ("manufacturerCode" in token && token.manufacturerCode !== 0 && token.manufacturerCode !== context.manufacturerCode) {
    return "mfr-code-error";
  }
  // Sections of a key change have no identifier, so neither age nor expiry of the old key is asked.
  if ("tokenIdentifier" in token) {
    const age = ageOf(token.tokenIdentifier, context.history);
    if (age === "old") return "old-error";
    if (age === "used") return "used-error";
    if (context.keyExpiryNumber !== undefined && isKeyExpired(token.tokenIdentifier, context.keyExpiryNumber)) return "key-expired-error";
  }
  if (placeOf(token).tokenClass === 0 && context.keyType === keyTypes.default) return "ddtk-error";
  return undefined;
}
