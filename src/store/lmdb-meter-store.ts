import { StoreError } from "../errors.ts";
import type { CaptureBuffer, EarlierVersion, MeterState, StateCodec } from "../meter-model/index.ts";
import type { MeterStore } from "../virtual-meter/store.ts";
import { LmdbFolder, type StoreDatabase, type StoreFormat, type StoreKey } from "./lmdb-folder.ts";

/**
 * What a meter's folder contains: the state without rows and blocks under "core", each row under "row", profile, sequence,
 * and each block of the firmware image under "block" and its number.
 */
const meterStateFormat = (codec: StateCodec): StoreFormat => ({
  kind: "meter-state",
  version: 3,
  migrations: new Map([
    [1, (database) => upgrade(database, codec, 1)],
    [2, (database) => upgrade(database, codec, 2)],
  ]),
});

/** Rates, freezes and tariffs came with version 2, payment with version 3. */
function upgrade(database: StoreDatabase, codec: StateCodec, from: EarlierVersion): void {
  const core = database.get(coreKey);
  if (core !== undefined) database.putSync(coreKey, codec.upgrade(core, from));
}

const coreKey: StoreKey = ["core"];

/** The rows of a profile that are in the store. */
interface SavedRows {
  readonly rows: CaptureBuffer;
  readonly first: number;
  readonly next: number;
}

/** Keeps a meter in an LMDB folder. A save writes the core and the new rows in one transaction, durable on return. */
export class LmdbMeterStore implements MeterStore {
  readonly #folder: LmdbFolder;
  readonly #codec: StateCodec;
  readonly #saved = new Map<string, SavedRows>();
  /** The blocks that are in the store, of which image. */
  #savedBlocks: { readonly image: ReadonlyMap<number, Uint8Array>; readonly blocks: ReadonlyMap<number, Uint8Array> } | undefined;
  #failed = false;

  /** Opens or creates the folder at `path`; throws `StoreError` as `LmdbFolder` does. */
  constructor(path: string, codec: StateCodec) {
    this.#folder = new LmdbFolder(path, meterStateFormat(codec));
    this.#codec = codec;
  }

  load(): MeterState | undefined {
    const { database } = this.#folder;
    try {
      const core = database.get(coreKey);
      if (core === undefined) return undefined;
      const restored = this.#codec.restore(core, (profile, first, next) => readRows(database, profile, first, next), readBlocks(database));
      if ("damage" in restored) throw corrupt(restored.damage);
      this.#remember(restored.state);
      return restored.state;
    } catch (error) {
      throw error instanceof StoreError ? error : corrupt("a record cannot be read", error);
    }
  }

  save(state: Readonly<MeterState>): void {
    // After a failed write it is unknown what reached the disk: only a new opening, which reads it, may go on.
    if (this.#failed) throw new StoreError("store-failed", "the store has failed before and was not opened again");
    const { database } = this.#folder;
    try {
      database.transactionSync(() => {
        database.putSync(coreKey, this.#codec.core(state));
        for (const [name, rows] of this.#codec.rowsOf(state)) this.#saveRows(name, rows);
        this.#saveBlocks(this.#codec.blocksOf(state));
      });
    } catch (cause) {
      this.#failed = true;
      throw new StoreError("store-failed", "the state could not be saved; the one saved before stands", {
        hint: "check the disk and its free space, then start again",
        cause,
      });
    }
    this.#remember(state);
  }

  async close(): Promise<void> {
    await this.#folder.close();
  }

  #remember(state: Readonly<MeterState>): void {
    for (const [name, rows] of this.#codec.rowsOf(state)) {
      this.#saved.set(name, { rows, first: rows.firstSequence, next: rows.nextSequence });
    }
    const image = this.#codec.blocksOf(state);
    if (this.#savedBlocks?.image !== image || this.#savedBlocks.blocks.size !== image.size) {
      this.#savedBlocks = { image, blocks: new Map(image) };
    }
  }

  #saveBlocks(image: ReadonlyMap<number, Uint8Array>): void {
    const { database } = this.#folder;
    const saved = this.#savedBlocks?.image === image ? this.#savedBlocks.blocks : undefined;
    if (saved === undefined) for (const key of [...database.getKeys(allBlocks())]) database.removeSync(key);
    for (const [number, octets] of image) if (saved?.get(number) !== octets) database.putSync([...blockKey, number], octets);
  }

  #saveRows(name: string, rows: CaptureBuffer): void {
    const { database } = this.#folder;
    const { firstSequence: first, nextSequence: next } = rows;
    const saved = this.#saved.get(name);
    // Of another buffer than the one that was saved, nothing is known to be in the store.
    const known = saved?.rows === rows ? saved : undefined;
    if (known === undefined) removeRows(database, name, 0, Number.MAX_SAFE_INTEGER);
    else removeRows(database, name, known.first, Math.min(first, known.next));
    for (let sequence = Math.max(first, known?.next ?? first); sequence < next; sequence++) {
      database.putSync(rowKey(name, sequence), this.#codec.encodeRow(rows.rowAt(sequence - first)));
    }
  }
}

/** The rows there are, up to the first that is missing. */
function* readRows(database: StoreDatabase, profile: string, first: number, next: number): Iterable<unknown> {
  let expected = first;
  for (const { key, value } of database.getRange({ start: rowKey(profile, first), end: rowKey(profile, next) })) {
    if (key[2] !== expected++) return;
    yield value;
  }
}

function removeRows(database: StoreDatabase, name: string, from: number, to: number): void {
  if (from >= to) return;
  const keys = [...database.getKeys({ start: rowKey(name, from), end: rowKey(name, to) })];
  for (const key of keys) database.removeSync(key);
}

const blockKey: StoreKey = ["block"];
// A new one for each: lmdb writes into the options it is given.
const allBlocks = () => ({ start: [...blockKey, 0], end: [...blockKey, Number.MAX_SAFE_INTEGER] });

function* readBlocks(database: StoreDatabase): Iterable<readonly [unknown, unknown]> {
  for (const { key, value } of database.getRange(allBlocks())) yield [key[1], value];
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
