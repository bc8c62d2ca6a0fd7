import { StoreError } from "../../src/errors.ts";

/** A book of counters in memory, which lives on when those who use it are made anew, as a file does. */
export class MemoryCounterBook {
  readonly values = new Map<string, number>();

  read(name: string): number {
    return this.values.get(name) ?? 0;
  }

  write(name: string, value: number): void {
    this.values.set(name, value);
  }

  note(name: string, value: number): void {
    this.write(name, Math.max(value, this.read(name)));
  }

  allot(name: string, count: number, least = 0): number {
    const first = Math.max(least, this.read(name));
    this.write(name, first + count);
    return first;
  }

  extend(name: string, from: number, upTo: number): void {
    if (this.read(name) !== from) throw new StoreError("store-busy", "somebody else was served");
    this.write(name, upTo);
  }
}
