import { chmodSync } from "node:fs";
import { DlmsError, StoreError } from "../errors.ts";
import { LmdbFolder, type StoreFormat, type StoreKey } from "../store/lmdb-folder.ts";
import { type BaseDate, baseDates } from "../sts/index.ts";
import type { GivenIdentifiers, Issue, IssueBook, NewIssue } from "./issue.ts";

/**
 * What a folder of issued tokens contains: each issue under "issue", its meter and its number; that number under "identifier",
 * the meter, the base date and the identifier.
 */
const issueFormat: StoreFormat = { kind: "issued-tokens", version: 1, migrations: new Map() };

/** Keeps what was issued in an LMDB folder that several processes may share, and only its owner may enter. */
export class LmdbIssueBook implements IssueBook {
  readonly #folder: LmdbFolder;
  #inTransaction = false;

  /** Opens or creates the folder at `path`; throws `StoreError` as `LmdbFolder` does. */
  constructor(path: string) {
    this.#folder = new LmdbFolder(path, issueFormat, { shared: true });
    try {
      chmodSync(path, 0o700);
    } catch (cause) {
      void this.#folder.close();
      throw new StoreError("store-failed", `the folder of issued tokens ${path} cannot be closed to others`, { cause });
    }
  }

  add(meter: string, make: (given: GivenIdentifiers) => NewIssue): Issue {
    return this.#transaction(() => {
      const made = make(this.#given(meter));
      const issue: Issue = { ...made, number: (this.#lastNumber(meter) ?? 0) + 1 };
      const { database } = this.#folder;
      database.putSync(issueKey(meter, issue.number), issue);
      if (issue.identifier === undefined) return issue;
      const { baseDate, tokenIdentifier } = issue.identifier;
      database.putSync(identifierKey(meter, baseDate, tokenIdentifier), issue.number);
      return issue;
    });
  }

  together<Result>(work: () => Result): Result {
    return this.#transaction(work);
  }

  find(meter: string, tokenIdentifier: number): Issue | undefined {
    for (const baseDate of baseDates) {
      const number = this.#folder.database.get(identifierKey(meter, baseDate, tokenIdentifier));
      if (number !== undefined) return this.#issue(meter, number);
    }
    return undefined;
  }

  last(meter: string): Issue | undefined {
    const number = this.#lastNumber(meter);
    return number === undefined ? undefined : this.#issue(meter, number);
  }

  *all(meter: string): Iterable<Issue> {
    for (let number = 1, last = this.#lastNumber(meter) ?? 0; number <= last; number++) yield this.#issue(meter, number);
  }

  async close(): Promise<void> {
    await this.#folder.close();
  }

  #given(meter: string): GivenIdentifiers {
    const { database } = this.#folder;
    return {
      latest: (baseDate) => this.#lastBelow(["identifier", meter, baseDate]),
      has: (tokenIdentifier) => baseDates.some((baseDate) => database.doesExist(identifierKey(meter, baseDate, tokenIdentifier))),
    };
  }

  #lastNumber(meter: string): number | undefined {
    return this.#lastBelow(["issue", meter]);
  }

  /** The highest number that follows the beginning of a key. */
  #lastBelow(beginning: StoreKey): number | undefined {
    const range = { start: [...beginning, Number.MAX_SAFE_INTEGER], end: [...beginning, -1], reverse: true, limit: 1 };
    for (const key of this.#folder.database.getKeys(range)) return key.at(-1) as number;
    return undefined;
  }

  #issue(meter: string, number: unknown): Issue {
    const issue = typeof number === "number" ? this.#folder.database.get(issueKey(meter, number)) : undefined;
    if (!isIssue(issue)) throw corrupt(meter);
    return issue;
  }

  /** A sync transaction of LMDB waits for those of other processes, and returns when its data are on the disk. */
  #transaction<Result>(work: () => Result): Result {
    if (this.#inTransaction) return work();
    this.#inTransaction = true;
    try {
      return this.#folder.database.transactionSync(work);
    } catch (error) {
      throw error instanceof DlmsError ? error : failed(error);
    } finally {
      this.#inTransaction = false;
    }
  }
}

function issueKey(meter: string, number: number): StoreKey {
  return ["issue", meter, number];
}

function identifierKey(meter: string, baseDate: BaseDate, tokenIdentifier: number): StoreKey {
  return ["identifier", meter, baseDate, tokenIdentifier];
}

function isIssue(value: unknown): value is Issue {
  if (typeof value !== "object" || value === null) return false;
  const { meter, number, service, tokens, issued } = value as Partial<Issue>;
  const named = typeof meter === "string" && typeof service === "string" && Number.isInteger(number) && Number.isInteger(issued);
  return named && Array.isArray(tokens) && tokens.every((token) => typeof token === "string");
}

function failed(cause: unknown): StoreError {
  return new StoreError("store-failed", "the token could not be stored, so it was not issued", {
    hint: "check the disk, its free space and the permissions of the folder",
    cause,
  });
}

function corrupt(meter: string): StoreError {
  return new StoreError("store-corrupt", `what was issued for ${meter} cannot be read`, { hint: "restore the folder from a copy" });
}
