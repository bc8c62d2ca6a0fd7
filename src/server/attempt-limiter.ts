import type { AttemptLimiter } from "../dlms/association/server-options.ts";

export interface AttemptLimits {
  /** Wrong secrets that are looked at without delay. */
  readonly burst: number;
  /** Milliseconds until another may be looked at. */
  readonly interval: number;
  /** Clients and sources that are remembered; the one unheard of for longest gives way. */
  readonly remembered: number;
}

/** A client that mistypes is not held up, and nobody tries more than one secret a second for long. */
export const defaultAttemptLimits: AttemptLimits = { burst: 5, interval: 1000, remembered: 4096 };

interface Allowance {
  /** Attempts left, in fractions as time goes by. */
  readonly left: number;
  readonly since: number;
}

/**
 * How often secrets may be tried, for each client from each source, so that nobody can lock another out. What is tried
 * too early is not looked at, and answered like a wrong secret.
 */
export class AttemptBook {
  readonly #limits: AttemptLimits;
  readonly #allowances = new Map<string, Allowance>();

  constructor(limits: AttemptLimits = defaultAttemptLimits) {
    this.#limits = limits;
  }

  /** The limiter of one client from one source. */
  limiterOf(clientSap: number, source: string): AttemptLimiter {
    const key = `${clientSap}@${source}`;
    return {
      mayTry: (now) => this.#left(key, now) >= 1,
      failed: (now) => this.#note(key, { left: Math.max(0, this.#left(key, now) - 1), since: now }),
    };
  }

  #left(key: string, now: number): number {
    const { burst, interval } = this.#limits;
    const known = this.#allowances.get(key);
    return known === undefined ? burst : Math.min(burst, known.left + (now - known.since) / interval);
  }

  #note(key: string, allowance: Allowance): void {
    this.#allowances.delete(key);
    this.#allowances.set(key, allowance);
    if (this.#allowances.size <= this.#limits.remembered) return;
    const [oldest] = this.#allowances.keys();
    this.#allowances.delete(oldest as string);
  }
}
