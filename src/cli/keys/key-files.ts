import { closeSync, fsyncSync, mkdirSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { toHex } from "../../bytes/hex.ts";
import { keyId } from "../../dlms/security/key-id.ts";
import { SecretKey } from "../../dlms/security/secret-key.ts";
import type { RandomSource } from "../../dlms/security/secure-random.ts";
import { type SecuritySuite, securitySuites } from "../../dlms/security/suite.ts";
import { ConfigError } from "../../errors.ts";

/** The keys of a meter: global unicast and broadcast encryption, global authentication, key encryption (Green Book 9.2.5.2). */
const keyNames = ["guek", "gbek", "gak", "kek"] as const;

/** A key that was written: where, for what, and its name, which does not say what it is. */
export interface KeyFile {
  readonly file: string;
  readonly suite: SecuritySuite;
  readonly key: (typeof keyNames)[number];
  readonly id: string;
}

/** Writes the keys of a meter for each suite below `folder`. @throws ConfigError, before anything that is there is touched */
export function writeKeySets(folder: string, random: RandomSource): readonly KeyFile[] {
  return ([0, 1, 2] as const).flatMap((suite) =>
    keyNames.map((key) => {
      const file = join(folder, `suite${suite}`, key);
      const bytes = random(securitySuites[suite].keyLength);
      makeFolder(join(folder, `suite${suite}`));
      writeKeyFile(file, bytes, "--demo");
      return { file, suite, key, id: keyId(SecretKey.from(bytes)) };
    }),
  );
}

/**
 * Writes a key in hex to a new file that only its owner may read; what is there is never overwritten, since a meter may
 * have no other key.
 * @throws ConfigError naming `path`
 */
export function writeKeyFile(file: string, key: Uint8Array, path: string): void {
  try {
    writeFileSync(file, `${toHex(key)}\n`, { mode: 0o600, flag: "wx" });
  } catch (cause) {
    throw failed(file, cause, path);
  }
}

/** A key file that was made and waits for its key; `close` removes it where none was written. */
export interface ReservedKeyFile {
  write(key: Uint8Array): void;
  close(): void;
}

/** Makes an empty file for a key that is still to come. @throws ConfigError naming `path` */
export function reserveKeyFile(file: string, path: string): ReservedKeyFile {
  let written = false;
  let descriptor: number;
  try {
    descriptor = openSync(file, "wx", 0o600);
  } catch (cause) {
    throw failed(file, cause, path);
  }
  return {
    write(key) {
      writeSync(descriptor, `${toHex(key)}\n`);
      fsyncSync(descriptor);
      written = true;
    },
    close() {
      closeSync(descriptor);
      if (!written) rmSync(file, { force: true });
    },
  };
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw failed(folder, cause, "--demo");
  }
}

function failed(file: string, cause: unknown, path: string): ConfigError {
  const { code } = cause as NodeJS.ErrnoException;
  return new ConfigError(path, `cannot write ${file}: ${code === "EEXIST" ? "it is there already" : (code ?? "unknown failure")}`, {
    cause,
  });
}
