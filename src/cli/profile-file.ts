import { createHash, type Hash } from "node:crypto";
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { ConfigError, StoreError } from "../errors.ts";

/** How far a file has come: what its sidecar says besides what is being written. */
interface Progress {
  /** Octets that are whole; whatever stands behind them was half written. */
  readonly bytes: number;
  /** Of those octets, hex. */
  readonly sha256: string;
}

/** The sidecar as JSON: `format` is bumped whenever its meaning changes. */
interface Sidecar<State> extends Progress {
  readonly format: number;
  readonly state: State;
}

const format = 1;

/**
 * A file that grows piece by piece and can be gone on with after a crash at any moment: `FILE.resume` beside it says how
 * many octets are whole, and what they are. It is replaced after the octets are on the disk, never before.
 */
export class ResumableFile<State> {
  readonly path: string;
  #state: State;
  #bytes: number;
  #hash: Hash;

  private constructor(path: string, state: State, bytes: number, hash: Hash) {
    this.path = path;
    this.#state = state;
    this.#bytes = bytes;
    this.#hash = hash;
  }

  /**
   * A file that was begun before, cut off behind what is whole; undefined where there is no sidecar.
   * @throws ConfigError where the sidecar makes no sense, or the file has been changed since
   */
  static reopen<State>(path: string, isState: (value: unknown) => value is State): ResumableFile<State> | undefined {
    const sidecar = sidecarOf(path);
    if (!existsSync(sidecar)) return undefined;
    return atWork(path, () => {
      const kept = parse(readFileSync(sidecar, "utf8"));
      if (!isSidecar(kept, isState)) {
        throw new ConfigError("--resume", `${sidecar} makes no sense to this version`, { hint: startAnew(path) });
      }
      const whole = existsSync(path) ? readFileSync(path).subarray(0, kept.bytes) : new Uint8Array();
      const hash = createHash("sha256").update(whole);
      if (whole.length < kept.bytes || digest(hash) !== kept.sha256) {
        throw new ConfigError("--resume", `${path} has been changed since it was interrupted`, { hint: startAnew(path) });
      }
      if (existsSync(path)) truncateSync(path, kept.bytes);
      return new ResumableFile(path, kept.state, kept.bytes, hash);
    });
  }

  /** Begins a file. @throws ConfigError where there is one already, StoreError where it cannot be written */
  static begin<State>(path: string, state: State): ResumableFile<State> {
    if (existsSync(path)) {
      throw new ConfigError("--out", `${path} exists, and no ${sidecarOf(path)} that tells how to go on`, {
        hint: "it is complete, or no such file: remove it or name another one",
      });
    }
    const file = new ResumableFile(path, state, 0, createHash("sha256"));
    atWork(path, () => file.#note());
    return file;
  }

  /** What was kept with the last piece. */
  get state(): State {
    return this.#state;
  }

  /** True until the first piece. */
  get empty(): boolean {
    return this.#bytes === 0;
  }

  /** Adds a piece, which is there as a whole or not at all. @throws StoreError where it cannot be written */
  append(text: string, state: State): void {
    const bytes = Buffer.from(text);
    atWork(this.path, () => {
      sync(this.path, "a", bytes);
      this.#hash.update(bytes);
      this.#bytes += bytes.length;
      this.#state = state;
      this.#note();
    });
  }

  /** The file is complete. */
  finish(): void {
    atWork(this.path, () => rmSync(sidecarOf(this.path)));
  }

  /** Renaming is atomic, so that there is always one sidecar that is whole. */
  #note(): void {
    const sidecar = sidecarOf(this.path);
    const kept: Sidecar<State> = { format, bytes: this.#bytes, sha256: digest(this.#hash), state: this.#state };
    sync(`${sidecar}.new`, "w", Buffer.from(`${JSON.stringify(kept)}\n`));
    renameSync(`${sidecar}.new`, sidecar);
  }
}

/** Where it stands how to go on with a file. */
export function sidecarOf(path: string): string {
  return `${path}.resume`;
}

function sync(path: string, flags: "a" | "w", bytes: Uint8Array): void {
  const descriptor = openSync(path, flags);
  try {
    writeFileSync(descriptor, bytes);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function digest(hash: Hash): string {
  return hash.copy().digest("hex");
}

function startAnew(path: string): string {
  return `remove ${path} and ${sidecarOf(path)} to begin anew`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isSidecar<State>(value: unknown, isState: (value: unknown) => value is State): value is Sidecar<State> {
  if (typeof value !== "object" || value === null) return false;
  const { format: version, bytes, sha256, state } = value as Partial<Record<string, unknown>>;
  return version === format && Number.isSafeInteger(bytes) && (bytes as number) >= 0 && typeof sha256 === "string" && isState(state);
}

/** What the file system refuses, in the words of the interface. */
function atWork<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (!(cause instanceof Error) || !("syscall" in cause)) throw cause;
    throw new StoreError("store-failed", `${path}: ${cause.message}`, { cause, hint: "make room or choose another --out" });
  }
}
