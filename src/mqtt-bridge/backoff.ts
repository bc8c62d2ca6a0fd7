/** When to try again, in milliseconds. */
export interface ReconnectOptions {
  readonly first: number;
  readonly longest: number;
}

/**
 * Milliseconds until attempt `attempt` (from 0) is repeated: doubling up to the longest, half of it random, so that the
 * gateways of a site do not all return in the same second.
 */
export function reconnectDelay(attempt: number, random: () => number, { first, longest }: ReconnectOptions): number {
  const full = Math.min(longest, first * 2 ** Math.min(attempt, 30));
  return full / 2 + (full / 2) * random();
}
