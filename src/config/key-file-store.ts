import { closeSync, fsyncSync, openSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { ConfigError } from "../errors.ts";

const longestKeyFile = 4 * 1024 * 1024;

/**
 * The text of a key file.
 * @throws ConfigError when it is missing, too long or open to others
 */
export function readKeyFile(file: string): string {
  try {
    const { mode, size } = statSync(file);
    if (size > longestKeyFile) throw new ConfigError("", `${file} is too long for a key file (${size} bytes)`);
    // Windows has no such mode bits: there the file's access list decides.
    if (process.platform !== "win32" && (mode & 0o077) !== 0) {
      throw new ConfigError("", `${file} can be read by others (mode ${(mode & 0o777).toString(8)})`, { hint: `chmod 600 ${file}` });
    }
    return readFileSync(file, "utf8");
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause;
    const missing = codeOf(cause) === "ENOENT";
    throw new ConfigError("", missing ? `there is no key file ${file}` : `cannot read ${file}: ${codeOf(cause)}`, {
      cause,
      hint: missing ? `make one with dlms keys file create --key-file ${file}` : "only its owner may read it: run as that user",
    });
  }
}

/**
 * Makes a key file that only its owner may read.
 * @throws ConfigError when there is one already, or it cannot be written
 */
export function createKeyFile(file: string, text: () => string): void {
  exchange(file, () => {
    if (exists(file)) throw new ConfigError("", `${file} is there already`, { hint: "change it with dlms keys file set, or name another" });
    return text();
  });
}

/**
 * Replaces a key file by what `change` makes of it: afterwards it is the old file or the new one, whatever happens.
 * @throws ConfigError when it is missing, or another process is changing it, or it cannot be written
 */
export function replaceKeyFile(file: string, change: (text: string) => string): void {
  readKeyFile(file);
  const place = realpathSync(file);
  exchange(place, () => change(readKeyFile(place)));
}

/** The new file stands beside the old one while it is made, and keeps other processes from changing the same file. */
function exchange(file: string, makeText: () => string): void {
  const fresh = `${file}.new`;
  const handle = claim(fresh, file);
  try {
    try {
      writeSync(handle, makeText());
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(fresh, file);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw error;
  }
  syncFolder(dirname(file));
}

function claim(fresh: string, file: string): number {
  try {
    return openSync(fresh, "wx", 0o600);
  } catch (cause) {
    const taken = codeOf(cause) === "EEXIST";
    throw new ConfigError("", taken ? `${file} is being changed by another process` : `cannot write ${file}: ${codeOf(cause)}`, {
      cause,
      hint: taken ? `try again; if no dlms is running, remove ${fresh}` : "check that the folder is there and yours",
    });
  }
}

/** A name survives a power cut when its folder has been written. Windows opens no folders. */
function syncFolder(folder: string): void {
  if (process.platform === "win32") return;
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function exists(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false }) !== undefined;
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? "unknown failure";
}
