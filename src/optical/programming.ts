/** What a meter does in programming mode; levels are those of passwords, 1 and 2. */
export interface Programming {
  /** Whether an address says who the meter is, which anybody may read. */
  isIdentity(address: string): boolean;
  /** The level that a password opens (P1), or undefined. */
  login(password: string): number | undefined;
  /** The way in by a result computed from an operand (P2); a meter without it refuses every result. */
  readonly algorithm?: SecureAlgorithm;
  /** Each "value*unit" of an address, or undefined. */
  read(address: string): readonly string[] | undefined;
  /** Whether it was written. */
  write(address: string, value: string, level: number): boolean;
  /** How often passwords and results may be tried. */
  readonly limiter: PasswordLimiter;
}

/** What the standard leaves to the maker: an operand, and what only who knows a secret makes of it. */
export interface SecureAlgorithm {
  /** Another one for each session, printable and without brackets. */
  operand(): string;
  /** The level that a result opens, or undefined. */
  verify(operand: string, result: string): number | undefined;
}

/** Counts wrong passwords, and says when the next may be looked at; `now` in ms. */
export interface PasswordLimiter {
  mayTry(now: number): boolean;
  failed(now: number): void;
}
