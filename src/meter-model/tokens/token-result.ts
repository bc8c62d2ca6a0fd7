/**
 * What became of a token: the results of IEC 62055-41 (AuthenticationResult, ValidationResult, TokenResult), with the third
 * and fourth section of a key change, the lock of the keypad, and a gateway that is asked too often.
 */
export const tokenResults = [
  "accepted",
  "first-kct",
  "second-kct",
  "third-kct",
  "fourth-kct",
  "old-error",
  "used-error",
  "key-expired-error",
  "ddtk-error",
  "overflow-error",
  "key-type-error",
  "format-error",
  "range-error",
  "function-error",
  "crc-error",
  "mfr-code-error",
  "locked-out",
  "not-ready",
] as const;

export type TokenResult = (typeof tokenResults)[number];

/** Where a token came from (Blue Book, class 115): over the network, at a local port, at the keypad. */
export const tokenDeliveries = ["remote", "local", "manual"] as const;
export type TokenDelivery = (typeof tokenDeliveries)[number];

/** Whether the meter did what the token says, or holds it until the others of its set are there. */
export function isSuccess(result: TokenResult): boolean {
  return result === "accepted" || result.endsWith("-kct");
}
