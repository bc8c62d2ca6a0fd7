import { StoreError } from "../errors.ts";
import { LmdbFolder, type StoreFormat, type StoreKey } from "./lmdb-folder.ts";

/** What a folder of counters contains: a number under "counter" and its name, and texts under "text" and theirs. */
const counterFormat: StoreFormat = { kind: "invocation-counters", version: 1, migrations: new Map() };

/** The value that no invocation counter may take (Green Book 9.2.7.2.4): nothing goes beyond it. */
const end = 0xffff_ffff;

/**
 * Invocation counters by name, in an LMDB folder that several processes may share. Names hold fingerprints of keys, never
 * keys. What has returned is on the disk; every method throws `StoreError` where it cannot be.
 */
export class LmdbCounterStore {
  readonly #folder: LmdbFolder;
  readonly #noting = new Map<string, number>();
  readonly #writing = new Set<Promise<void>>();

  /** Opens or creates the folder at `path`; throws `StoreError` as `LmdbFolder` does. */
  constructor(path: string) {
    this.#folder = new LmdbFolder(path, counterFormat, { shared: true });
  }

  /** The number stored under a name, 0 for a new one. */
  read(name: string): number {
    const value = this.#folder.database.get(counterKey(name)) ?? 0;
    if (!Number.isInteger(value) || (value as number) < 0 || (value as number) > end) throw corrupt(name);
    return value as number;
  }

  /**
   * Sets `count` values aside that nobody was given before.
   * @returns the first of them, not below `least`
   */
  allot(name: string, count: number, least = 0): number {
    return this.#write(() => {
      const first = Math.max(this.read(name), least);
      this.#put(name, Math.min(first + count, end));
      return first;
    });
  }

  /**
   * Sets more values aside, following those up to `from`.
   * @throws StoreError `store-busy` where another process was given values in between
   */
  extend(name: string, from: number, upTo: number): void {
    this.#write(() => {
      if (this.read(name) !== from) {
        throw new StoreError("store-busy", "another process uses the same key, and the invocation counters that would follow", {
          hint: "try again: the next association goes on above them",
        });
      }
      this.#put(name, upTo);
    });
  }

  /** Stores a number, even a lower one: for what was reserved ahead and not used. */
  write(name: string, value: number): void {
    this.#write(() => this.#put(name, value));
  }

  /** Stores a number unless a higher one is there, soon and without waiting: of several in a row the last counts. */
  note(name: string, value: number): void {
    const idle = !this.#noting.has(name);
    this.#noting.set(name, value);
    if (!idle) return;
    const writing = this.#keepNoting(name).finally(() => this.#writing.delete(writing));
    this.#writing.add(writing);
  }

  /** A text under a name, made and stored by the first who asks. */
  text(name: string, make: () => string): string {
    const key: StoreKey = ["text", name];
    const { database } = this.#folder;
    return this.#write(() => {
      const known = database.get(key);
      if (typeof known === "string") return known;
      const made = make();
      database.putSync(key, made);
      return made;
    });
  }

  /** Ends when what was noted is written. */
  async close(): Promise<void> {
    await Promise.all(this.#writing);
    await this.#folder.close();
  }

  async #keepNoting(name: string): Promise<void> {
    const { database } = this.#folder;
    try {
      for (let value = this.#noting.get(name); value !== undefined; value = this.#next(name, value)) {
        const noted = value;
        await database.transaction(() => {
          if (this.read(name) < noted) void database.put(counterKey(name), noted);
        });
      }
    } catch {
      // A note is no promise: what has to be durable is written before it is used.
      this.#noting.delete(name);
    }
  }

  /** What came while the last one was written; otherwise nothing is being noted any more. */
  #next(name: string, written: number): number | undefined {
    const latest = this.#noting.get(name);
    if (latest !== written) return latest;
    this.#noting.delete(name);
    return undefined;
  }

  #put(name: string, value: number): void {
    this.#folder.database.putSync(counterKey(name), value);
  }

  #write<T>(change: () => T): T {
    try {
      return this.#folder.database.transactionSync(change);
    } catch (cause) {
      if (cause instanceof StoreError) throw cause;
      throw new StoreError("store-failed", "an invocation counter could not be stored", {
        hint: "check the disk, its free space and the permissions of the folder",
        cause,
      });
    }
  }
}

function counterKey(name: string): StoreKey {
  return ["counter", name];
}

function corrupt(name: string): StoreError {
  return new StoreError("store-corrupt", `the invocation counter ${name} cannot be read`, {
    hint: "give the meters new keys: a counter that is used again reveals what is sent",
  });
}
