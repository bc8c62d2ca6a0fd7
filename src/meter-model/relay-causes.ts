/** Reasons of the meter itself to open, in the order in which one is shown where there are several. */
export const localCauses = [
  "out-of-credit",
  "low-credit-warning",
  "overload",
  "over-current",
  "over-voltage",
  "under-voltage",
  "meter-cover",
  "terminal-cover",
  "magnetic-field",
  "reverse-current",
  "differential-current",
] as const;
export type LocalCause = (typeof localCauses)[number];

/** Why the supply is off, as object 0.0.96.65.3 numbers it: 0 closed, 1 to 11 the local causes, then commands. */
export const openCauses = ["closed", ...localCauses, "remote-command", "manual-key", "schedule"] as const;
export type OpenCause = (typeof openCauses)[number];
