import { closeSync, copyFileSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync } from "node:fs";
import { join, resolve } from "node:path";
import { open, type RootDatabase } from "lmdb";
import { DlmsError, StoreError } from "../errors.ts";
import { damageOf } from "./lmdb-file.ts";
import { isRunning, type Owner, thisProcess } from "./owner.ts";

/** Keys are lists; the first element is the kind of record. */
export type StoreKey = (string | number)[];

/** An open LMDB database of ours. */
export type StoreDatabase = RootDatabase<unknown, StoreKey>;

/** What a folder contains and how older forms of it become the present one. */
export interface StoreFormat {
  /** "meter-state" */
  readonly kind: string;
  /** The version this program writes; the first is 1. */
  readonly version: number;
  /** By version: turns that version into the next, within the transaction that is open. */
  readonly migrations: ReadonlyMap<number, (database: StoreDatabase) => void>;
}

interface FormatRecord {
  readonly kind: string;
  readonly version: number;
}

const formatKey: StoreKey = ["format"];
const ownerKey: StoreKey = ["owner"];
const dataFile = "data.mdb";
const ownFiles = new Set([dataFile, "lock.mdb"]);

/** Folders open in this process. */
const held = new Set<string>();

/** A folder with an LMDB database of a known format, held by one process at a time unless it is shared. */
export class LmdbFolder {
  readonly database: StoreDatabase;
  readonly #path: string;
  readonly #shared: boolean;

  /**
   * Opens or creates the folder. Throws `StoreError`: "store-busy" when somebody else holds it, "store-version" when it
   * is something else or of a version not known here, "store-corrupt" when it is damaged; nothing is changed then. An
   * older known version is copied beside the data file and migrated in one transaction.
   * @param options.shared other processes may have it open too: every change is then a transaction that looks first
   */
  constructor(path: string, format: StoreFormat, { shared = false }: { readonly shared?: boolean } = {}) {
    this.#path = resolve(path);
    this.#shared = shared;
    if (held.has(this.#path)) throw busy(this.#path, process.pid);
    checkFolder(this.#path, format);
    this.database = openDatabase(this.#path);
    held.add(this.#path);
    try {
      checkFormat(this.database, this.#path, format);
      if (!shared) this.#claim();
      this.#prepare(format);
    } catch (error) {
      held.delete(this.#path);
      void this.database.close();
      throw error instanceof DlmsError ? error : failed(`cannot open ${this.#path}`, error);
    }
  }

  /** Copies everything into a new folder, consistent while it is written to; nobody owns the copy. @throws StoreError */
  async backUp(path: string): Promise<void> {
    try {
      mkdirSync(path, { recursive: true });
      await this.database.backup(path, false);
      const copy = openDatabase(path);
      copy.removeSync(ownerKey);
      await copy.close();
    } catch (cause) {
      throw failed(`cannot copy ${this.#path} to ${path}`, cause);
    }
  }

  /** Gives the folder up. */
  async close(): Promise<void> {
    if (!held.has(this.#path)) return;
    try {
      this.#release();
    } finally {
      await this.database.close();
      held.delete(this.#path);
    }
  }

  /** LMDB lets one transaction write at a time, also across processes: of two that want the folder one sees the other. */
  #claim(): void {
    const owner = this.database.transactionSync(() => {
      const present = this.database.get(ownerKey) as Owner | undefined;
      if (present !== undefined && isRunning(present)) return present;
      this.database.putSync(ownerKey, thisProcess());
      return undefined;
    });
    if (owner !== undefined) throw busy(this.#path, owner.pid);
  }

  #prepare(format: StoreFormat): void {
    try {
      this.#migrate(format);
    } catch (error) {
      this.#release();
      throw error;
    }
  }

  #release(): void {
    if (this.#shared) return;
    this.database.transactionSync(() => this.database.removeSync(ownerKey));
  }

  #migrate(format: StoreFormat): void {
    const { database } = this;
    const present = database.get(formatKey) as FormatRecord | undefined;
    if (present?.version === format.version) return;
    if (present !== undefined) backUp(join(this.#path, dataFile), `${dataFile}.v${present.version}`);
    database.transactionSync(() => {
      for (let version = present?.version ?? format.version; version < format.version; version++)
        format.migrations.get(version)?.(database);
      database.putSync(formatKey, { kind: format.kind, version: format.version } satisfies FormatRecord);
    });
  }
}

/** The folder as the file system shows it: ours, or empty, or not there yet. */
function checkFolder(path: string, format: StoreFormat): void {
  try {
    mkdirSync(path, { recursive: true });
    if (existsSync(join(path, dataFile))) {
      const damage = damageOf(join(path, dataFile));
      if (damage === undefined) return;
      throw new StoreError("store-corrupt", `${join(path, dataFile)} cannot be used: ${damage}`, {
        hint: "restore the folder from a copy, or name another folder to begin afresh",
      });
    }
    const stranger = readdirSync(path).find((name) => !ownFiles.has(name));
    if (stranger !== undefined) throw foreign(path, format, `it contains ${stranger}`);
  } catch (error) {
    throw error instanceof DlmsError ? error : failed(`cannot use the folder ${path}`, error);
  }
}

function openDatabase(path: string): StoreDatabase {
  try {
    // A sync transaction returns when its data are on the disk.
    return open<unknown, StoreKey>({ path, noSubdir: false, overlappingSync: false });
  } catch (error) {
    throw failed(`cannot open ${path}`, error);
  }
}

/** Reads only: a folder that is refused stays as it was. */
function checkFormat(database: StoreDatabase, path: string, format: StoreFormat): void {
  let record: unknown;
  let empty: boolean;
  try {
    record = database.get(formatKey);
    empty = database.getKeysCount({ limit: 1 }) === 0;
  } catch (error) {
    throw foreign(path, format, "its records are not ours", error);
  }
  if (record === undefined && empty) return;
  if (!isFormatRecord(record)) throw foreign(path, format, "it is the database of another program");
  if (record.kind !== format.kind) throw foreign(path, format, `it is a ${record.kind} store`);
  if (record.version > format.version) {
    throw new StoreError("store-version", `${path} has format ${record.version}; this program knows up to ${format.version}`, {
      hint: "use the program version that wrote it or a later one, or name another folder",
      details: { found: record.version, known: format.version },
    });
  }
  for (let version = record.version; version < format.version; version++) {
    if (format.migrations.has(version)) continue;
    throw new StoreError("store-version", `${path} has format ${record.version}, which this program can no longer read`, {
      hint: "open it once with an earlier version of the program, or name another folder",
      details: { found: record.version, known: format.version },
    });
  }
}

function isFormatRecord(value: unknown): value is FormatRecord {
  if (typeof value !== "object" || value === null) return false;
  const { kind, version } = value as Partial<FormatRecord>;
  return typeof kind === "string" && Number.isInteger(version);
}

/** Copies beside the original; the copy has its name only once it is complete and on the disk. */
function backUp(file: string, name: string): void {
  const target = join(file, "..", name);
  if (existsSync(target)) return;
  const partial = `${target}.partial`;
  copyFileSync(file, partial);
  const handle = openSync(partial, "r+");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(partial, target);
}

function foreign(path: string, format: StoreFormat, why: string, cause?: unknown): StoreError {
  return new StoreError("store-version", `${path} is not a ${format.kind} store: ${why}`, {
    hint: "name an empty folder, or one that is not there yet",
    cause,
  });
}

function busy(path: string, pid: number): StoreError {
  return new StoreError("store-busy", `${path} is in use by process ${pid}`, {
    hint: "stop that process, or name another folder",
    details: { pid },
  });
}

function failed(what: string, cause: unknown): StoreError {
  return new StoreError("store-failed", `${what}: ${cause instanceof Error ? cause.message : String(cause)}`, {
    hint: "check the disk, its free space and the permissions of the folder",
    cause,
  });
}
