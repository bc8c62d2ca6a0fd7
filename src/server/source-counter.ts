/** Counts what each source holds, up to a limit for each. */
export class SourceCounter {
  readonly #limit: number;
  readonly #held = new Map<string, number>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** One more for a source; false where it has as many as it may. */
  take(source: string): boolean {
    const held = this.#held.get(source) ?? 0;
    if (held >= this.#limit) return false;
    this.#held.set(source, held + 1);
    return true;
  }

  /** One that was taken is free again. */
  release(source: string): void {
    const held = this.#held.get(source) ?? 0;
    if (held > 1) this.#held.set(source, held - 1);
    else this.#held.delete(source);
  }
}
