import type { MeterState } from "../meter-model/index.ts";

/** Where a virtual meter keeps its state. Throws `StoreError`. */
export interface MeterStore {
  /** The state last saved; undefined for a new meter. */
  load(): MeterState | undefined;
  /** Saves the whole state in one transaction: on return it is durable, and on failure the one before stands. */
  save(state: Readonly<MeterState>): void;
  close(): Promise<void>;
}

/** Where a virtual meter keeps its invocation counters. Throws `StoreError`. */
export interface CounterBook {
  /** The number stored under a name, 0 for a new one. */
  read(name: string): number;
  /** Stores a number; on return it is durable. */
  write(name: string, value: number): void;
}
