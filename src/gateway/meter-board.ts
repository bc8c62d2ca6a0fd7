import type { MeterHealth } from "./operations.ts";

/** What is known of each meter now: for health, metrics and pages. */
export class MeterBoard {
  readonly #meters = new Map<string, MeterHealth>();

  /** Every meter, in the order of the configuration. */
  get meters(): readonly MeterHealth[] {
    return [...this.#meters.values()];
  }

  /** Has exactly these meters from now on. */
  update(meterIds: readonly string[]): void {
    for (const id of [...this.#meters.keys()]) if (!meterIds.includes(id)) this.#meters.delete(id);
    for (const meterId of meterIds) {
      if (this.#meters.has(meterId)) continue;
      this.#meters.set(meterId, { meterId, online: false, reason: undefined, lastRead: undefined, driftSeconds: undefined });
    }
  }

  read(meterId: string, at: number, driftSeconds: number | undefined): void {
    this.#change(meterId, { online: true, reason: undefined, lastRead: at, driftSeconds });
  }

  away(meterId: string, reason: string | undefined): void {
    this.#change(meterId, { online: false, reason });
  }

  #change(meterId: string, change: Partial<MeterHealth>): void {
    const known = this.#meters.get(meterId);
    if (known !== undefined) this.#meters.set(meterId, { ...known, ...change });
  }
}
