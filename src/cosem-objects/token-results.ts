/**
 * What became of a token, by the bits of data_value in token_status. The numbering is this project's: the standard leaves the
 * bits to the manufacturer, and other meters say no more than the status code.
 */
export const tokenResultBits = [
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
] as const;

/** One of them. */
export type TokenResultName = (typeof tokenResultBits)[number];
