import { StoreError } from "../errors.ts";
import { CaptureBuffer, isMeterState, type MeterState, type ProfileName } from "../meter-model/index.ts";
import type { MeterStore } from "../virtual-meter/store.ts";
import { LmdbFolder, type StoreDatabase, type StoreFormat, type StoreKey } from "./lmdb-folder.ts";

/** What a meter's folder contains: the state without rows under "core", and each row under "row", profile, sequence. */
export const meterStateFormat: StoreFormat = { kind: "meter-state", version: 1, migrations: new Map() };

/** What "core" keeps of a profile besides its state. */
interface StoredRows {
  readonly columns: readonly string[];
  readonly capacity: number;
  readonly first: number;
  readonly next: number;
}

/** Stamp, offset in minutes, status, values. */
type StoredRow = readonly number[];

/** The rows of a profile that are in the store. */
interface SavedRows {
  readonly rows: CaptureBuffer;
  readonly first: number;
  readonly next: number;
}

const coreKey: StoreKey = ["core"];
const largestCapacity = 1_000_000;

/** Keeps a meter in an LMDB folder. A save writes the core and the new rows in one transaction, durable on return. */
export class LmdbMeterStore implements MeterStore {
  readonly #folder: LmdbFolder;
  readonly #saved = new Map<string, SavedRows>();
  #failed = false;

  /** Opens or creates the folder at `path`; throws `StoreError` as `LmdbFolder` does. */
  constructor(path: string) {
    this.#folder = new LmdbFolder(path, meterStateFormat);
  }

  load(): MeterState | undefined {
    const { database } = this.#folder;
    const core = this.#read(() => database.get(coreKey));
    if (core === undefined) return undefined;
    if (!isMeterState(core)) throw corrupt("the state is incomplete");
    for (const [name, profile] of Object.entries(core.profiles)) {
      const rows = this.#read(() => loadRows(database, name, profile.rows as unknown));
      profile.rows = rows;
      this.#saved.set(name, { rows, first: rows.firstSequence, next: rows.nextSequence });
    }
    return core;
  }

  save(state: Readonly<MeterState>): void {
    // After a failed write it is unknown what reached the disk: only a new opening, which reads it, may go on.
    if (this.#failed) throw new StoreError("store-failed", "the store has failed before and was not opened again");
    const { database } = this.#folder;
    try {
      database.transactionSync(() => {
        database.putSync(coreKey, coreOf(state));
        for (const [name, { rows }] of Object.entries(state.profiles)) saveRows(database, name, rows, this.#saved.get(name));
      });
    } catch (cause) {
      this.#failed = true;
      throw new StoreError("store-failed", "the state could not be saved; the one saved before stands", {
        hint: "check the disk and its free space, then start again",
        cause,
      });
    }
    for (const [name, { rows }] of Object.entries(state.profiles)) {
      this.#saved.set(name, { rows, first: rows.firstSequence, next: rows.nextSequence });
    }
  }

  async close(): Promise<void> {
    await this.#folder.close();
  }

  #read<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      throw error instanceof StoreError ? error : corrupt("a record cannot be read", error);
    }
  }
}

function coreOf(state: Readonly<MeterState>): unknown {
  const profiles = Object.entries(state.profiles).map(([name, profile]) => {
    const { columns, capacity, firstSequence: first, nextSequence: next } = profile.rows;
    return [name, { ...profile, rows: { columns, capacity, first, next } satisfies StoredRows }];
  });
  return { ...state, profiles: Object.fromEntries(profiles) as Record<ProfileName, unknown> };
}

function saveRows(database: StoreDatabase, name: string, rows: CaptureBuffer, saved: SavedRows | undefined): void {
  const known = saved?.rows === rows ? saved : undefined;
  const { firstSequence: first, nextSequence: next } = rows;
  if (known === undefined) removeRows(database, name, 0, Number.MAX_SAFE_INTEGER);
  else removeRows(database, name, known.first, Math.min(first, known.next));
  for (let sequence = Math.max(first, known?.next ?? first); sequence < next; sequence++) {
    const { stamp, offsetMinutes, status, values } = rows.rowAt(sequence - first);
    database.putSync(rowKey(name, sequence), [stamp, offsetMinutes, status, ...values] satisfies StoredRow);
  }
}

function removeRows(database: StoreDatabase, name: string, from: number, to: number): void {
  if (from >= to) return;
  const keys = [...database.getKeys({ start: rowKey(name, from), end: rowKey(name, to) })];
  for (const key of keys) database.removeSync(key);
}

function loadRows(database: StoreDatabase, name: string, stored: unknown): CaptureBuffer {
  if (!isStoredRows(stored)) throw corrupt(`the profile ${name} is incomplete`);
  const { columns, capacity, first, next } = stored;
  const rows = new CaptureBuffer(columns, capacity, first);
  for (const { key, value } of database.getRange({ start: rowKey(name, first), end: rowKey(name, next) })) {
    const last = rows.lastStamp ?? Number.NEGATIVE_INFINITY;
    if (key[2] !== rows.nextSequence || !isStoredRow(value, columns.length) || value[0] <= last) {
      throw corrupt(`row ${rows.nextSequence} of the profile ${name} is damaged`);
    }
    const [stamp, offsetMinutes, status, ...values] = value;
    rows.append({ stamp, offsetMinutes, status, values });
  }
  if (rows.nextSequence !== next) throw corrupt(`row ${rows.nextSequence} of the profile ${name} is missing`);
  return rows;
}

function isStoredRows(value: unknown): value is StoredRows {
  if (typeof value !== "object" || value === null) return false;
  const { columns, capacity, first, next } = value as Partial<StoredRows>;
  return (
    Array.isArray(columns) &&
    columns.every((column) => typeof column === "string") &&
    [capacity, first, next].every(Number.isSafeInteger) &&
    capacity! >= 1 &&
    capacity! <= largestCapacity &&
    first! >= 0 &&
    next! >= first! &&
    next! - first! <= capacity!
  );
}

function isStoredRow(value: unknown, columns: number): value is [number, number, number, ...number[]] {
  return Array.isArray(value) && value.length === 3 + columns && value.every((part) => typeof part === "number" && !Number.isNaN(part));
}

function rowKey(name: string, sequence: number): StoreKey {
  return ["row", name, sequence];
}

function corrupt(why: string, cause?: unknown): StoreError {
  return new StoreError("store-corrupt", `the stored meter state cannot be used: ${why}`, {
    hint: "restore the folder from a copy, or name another folder to begin afresh",
    cause,
  });
}
