/**
 * What a meter makes of a token, by the names of IEC 62055-41, with the third and fourth section of a key change, the lock of the
 * keypad, and a meter that takes none now.
 */
export const keypadTokenResults = [
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

/** One of {@link keypadTokenResults}. */
export type KeypadTokenResult = (typeof keypadTokenResults)[number];
