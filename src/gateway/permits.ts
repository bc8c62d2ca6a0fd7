import type { Timers } from "../session/timers.ts";

/** How much is done at once (`limits` of the configuration). */
export interface PermitLimits {
  /** Meters talked to at once. */
  readonly concurrent: number;
  /** Of these, meters of one cell of the network. */
  readonly perCell: number;
  /** Connections begun in a second. */
  readonly newPerSecond: number;
}

interface Waiting {
  readonly cell: string | undefined;
  start(): void;
}

/** Keeps the gateway from asking more of a network at once than it carries. */
export class Permits {
  readonly #limits: PermitLimits;
  readonly #timers: Timers;
  readonly #waiting = new Set<Waiting>();
  readonly #cells = new Map<string, number>();
  #running = 0;
  /** The first moment at which the next connection may begin. */
  #nextConnection = Number.NEGATIVE_INFINITY;

  constructor(limits: PermitLimits, timers: Timers) {
    this.#limits = limits;
    this.#timers = timers;
  }

  /** Meters that are talked to now. */
  get running(): number {
    return this.#running;
  }

  /** Does `work` when there is room for it, whoever came first with room in its cell going first. */
  async run<T>(cell: string | undefined, work: () => Promise<T>): Promise<T> {
    if (!this.#hasRoom(cell)) {
      await new Promise<void>((resolve) => {
        this.#waiting.add({ cell, start: resolve });
      });
    } else this.#enter(cell);
    try {
      return await work();
    } finally {
      this.#leave(cell);
    }
  }

  /** Resolves when a connection may begin. */
  connection(): Promise<void> {
    const now = this.#timers.now();
    const at = Math.max(now, this.#nextConnection);
    this.#nextConnection = at + 1000 / this.#limits.newPerSecond;
    if (at <= now) return Promise.resolve();
    return new Promise((resolve) => {
      this.#timers.schedule(at - now, resolve);
    });
  }

  #hasRoom(cell: string | undefined): boolean {
    const { concurrent, perCell } = this.#limits;
    return this.#running < concurrent && (cell === undefined || (this.#cells.get(cell) ?? 0) < perCell);
  }

  #enter(cell: string | undefined): void {
    this.#running += 1;
    if (cell !== undefined) this.#cells.set(cell, (this.#cells.get(cell) ?? 0) + 1);
  }

  #leave(cell: string | undefined): void {
    this.#running -= 1;
    if (cell !== undefined) this.#cells.set(cell, (this.#cells.get(cell) ?? 1) - 1);
    for (const waiting of this.#waiting) {
      if (!this.#hasRoom(waiting.cell)) continue;
      this.#waiting.delete(waiting);
      this.#enter(waiting.cell);
      waiting.start();
      return;
    }
  }
}
