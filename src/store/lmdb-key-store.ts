import { chmodSync } from "node:fs";
import { StoreError } from "../errors.ts";
import type { KeyStore, SetupRecord } from "../virtual-meter/security/key-store.ts";
import { LmdbFolder, type StoreFormat, type StoreKey } from "./lmdb-folder.ts";

/** What a folder of keys contains: the record of each security setup under "setup" and its logical name. */
const keyFormat: StoreFormat = { kind: "meter-keys", version: 1, migrations: new Map() };

/** Keeps the security setups of a meter in an LMDB folder that only its owner may enter. */
export class LmdbKeyStore implements KeyStore {
  readonly #folder: LmdbFolder;

  /** Opens or creates the folder at `path`; throws `StoreError` as `LmdbFolder` does. */
  constructor(path: string) {
    this.#folder = new LmdbFolder(path, keyFormat);
    try {
      chmodSync(path, 0o700);
    } catch (cause) {
      void this.#folder.close();
      throw new StoreError("store-failed", "the folder of the keys cannot be closed to others", { cause });
    }
  }

  load(setup: string): SetupRecord | undefined {
    const record = this.#folder.database.get(keyOf(setup));
    if (record !== undefined && !isRecord(record)) {
      throw new StoreError("store-corrupt", `the stored keys of ${setup} cannot be used`, { hint: "restore the folder from a copy" });
    }
    return record;
  }

  save(setup: string, record: SetupRecord): void {
    try {
      this.#folder.database.transactionSync(() => this.#folder.database.putSync(keyOf(setup), record));
    } catch (cause) {
      throw new StoreError("store-failed", "the keys could not be stored; those before stand", {
        hint: "check the disk and its free space",
        cause,
      });
    }
  }

  async close(): Promise<void> {
    await this.#folder.close();
  }
}

const keyOf = (setup: string): StoreKey => ["setup", setup];

function isRecord(value: unknown): value is SetupRecord {
  if (typeof value !== "object" || value === null) return false;
  const { suite, policy, keys, keyPairs, newKeyPairs, certificates } = value as Partial<SetupRecord>;
  const sets = [keys, keyPairs, newKeyPairs].every(
    (set) => typeof set === "object" && set !== null && Object.values(set).every((octets) => octets instanceof Uint8Array),
  );
  const whole = Array.isArray(certificates) && certificates.every((octets) => octets instanceof Uint8Array);
  return [0, 1, 2].includes(suite as number) && Number.isInteger(policy) && sets && whole;
}
