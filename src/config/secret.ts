import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { fromHex } from "../bytes/hex.ts";
import { ConfigError } from "../errors.ts";
import { isKeyFileName, keyFileSecret } from "./key-file.ts";

/** Where a secret stands; `random` is one that is drawn when it is needed, and stands nowhere. */
export type SecretKind = "env" | "file" | "keyfile" | "hex" | "text" | "random";

/** What a secret in a configuration file may be: the secret itself stays out of the file. */
export const secretReferenceExpected = "expected a reference to a secret, env:NAME, file:PATH or keyfile:NAME";

/** What a secret on the command line, or in the configuration of a demonstration, may be. */
export const secretExpected = "expected a secret as env:NAME, file:PATH, keyfile:NAME, hex:... or text:...";

/** Where a secret is, or for `hex:` and `text:` the secret itself, which printing and serialising never shows. */
export class SecretReference {
  readonly kind: SecretKind;
  readonly #value: string;

  constructor(kind: SecretKind, value: string) {
    this.kind = kind;
    this.#value = value;
  }

  /** The name of the variable or of the secret in the key file, the path, or the secret in the open. */
  get value(): string {
    return this.#value;
  }

  /** True when the secret stands in the command line or file, where others may see it. */
  get visible(): boolean {
    return this.kind === "hex" || this.kind === "text";
  }

  /** The same secret, with a relative path counted from `directory`. */
  within(directory: string): SecretReference {
    return this.kind === "file" ? new SecretReference("file", resolve(directory, this.#value)) : this;
  }

  toString(): string {
    if (this.kind === "random") return "random";
    return this.visible ? `${this.kind}:...` : `${this.kind}:${this.#value}`;
  }

  toJSON(): string {
    return this.toString();
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return `<secret ${this.toString()}>`;
  }
}

/** "env:NAME", "file:PATH", "keyfile:NAME", "hex:00FF" or "text:00000000"; undefined for anything else. */
export function parseSecretReference(text: string): SecretReference | undefined {
  const [, kind, value] = /^(env|file|keyfile|hex|text):(.*)$/s.exec(text) ?? [];
  if (kind === undefined || value === undefined || value === "") return undefined;
  if (kind === "env" && !/^[A-Za-z_][A-Za-z0-9_]*$/.test(value)) return undefined;
  if (kind === "keyfile" && !isKeyFileName(value)) return undefined;
  if (kind === "hex" && !isHex(value)) return undefined;
  return new SecretReference(kind as SecretKind, value);
}

export interface SecretSource {
  /** The option or key that holds the reference, for errors: "--ek", "meters[0].password". */
  readonly path: string;
  /** `text`: the bytes are the text in UTF-8. `key`: the text is hex digits. What `hex:` and `text:` say themselves goes before. */
  readonly format: "text" | "key";
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The folder that relative paths start from. */
  readonly directory: string;
}

export interface ResolvedSecret {
  readonly bytes: Uint8Array;
  /** True when the secret stood in the open, so that a warning is due. */
  readonly visible: boolean;
}

const longestSecretFile = 65_536;

/**
 * Fetches the secret.
 * @throws ConfigError naming `path` and the place, never the secret: variable not set, file missing, open to others or
 *   too long, or a key that is not hex; SecurityError `deciphering-failed` for a passphrase that does not open the key file.
 */
export function resolveSecret(reference: SecretReference, source: SecretSource): ResolvedSecret {
  return { bytes: secretBytes(reference, source), visible: reference.visible };
}

function secretBytes(reference: SecretReference, source: SecretSource): Uint8Array {
  switch (reference.kind) {
    case "hex":
      return fromHex(reference.value);
    case "text":
      return new TextEncoder().encode(reference.value);
    case "env":
      return decodeSecret(fromEnvironment(reference, source), reference, source);
    case "file":
      return decodeSecret(fromFile(reference, source), reference, source);
    case "keyfile":
      return decodeSecret(fromKeyFile(reference, source), reference, source);
    case "random":
      throw new ConfigError(source.path, "expected a secret that stands somewhere, got random");
  }
}

function decodeSecret(text: string, reference: SecretReference, source: SecretSource): Uint8Array {
  if (source.format === "text") return new TextEncoder().encode(text);
  if (text === "" || !isHex(text))
    throw new ConfigError(source.path, `expected hex digits in ${reference}`, { hint: "a key of suite 0 is 32 hex digits" });
  return fromHex(text);
}

function fromEnvironment(reference: SecretReference, source: SecretSource): string {
  const text = source.environment[reference.value];
  if (text === undefined || text === "") {
    throw new ConfigError(source.path, `the environment variable ${reference.value} is not set`, {
      hint: `export ${reference.value} before the command`,
    });
  }
  return text;
}

function fromFile(reference: SecretReference, source: SecretSource): string {
  const path = resolve(source.directory, reference.value);
  try {
    const { mode, size } = statSync(path);
    if (size > longestSecretFile) throw new ConfigError(source.path, `${reference} is too long for a secret (${size} bytes)`);
    // Windows has no such mode bits: there the file's access list decides.
    if (process.platform !== "win32" && (mode & 0o077) !== 0) {
      throw new ConfigError(source.path, `${reference} can be read by others (mode ${(mode & 0o777).toString(8)})`, {
        hint: `chmod 600 ${path}`,
      });
    }
    // Editors end the last line; the line end is not part of a password.
    return readFileSync(path, "utf8").replace(/\r?\n$/, "");
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError(source.path, `cannot read ${reference}: ${(error as NodeJS.ErrnoException).code ?? "unknown failure"}`, {
      cause: error,
    });
  }
}

function fromKeyFile(reference: SecretReference, source: SecretSource): string {
  try {
    return keyFileSecret(reference.value, source.environment);
  } catch (cause) {
    if (!(cause instanceof ConfigError)) throw cause;
    throw new ConfigError(source.path, cause.message, { cause, ...(cause.hint !== undefined && { hint: cause.hint }) });
  }
}

function isHex(text: string): boolean {
  const digits = text.replace(/\s/g, "");
  return digits.length > 0 && digits.length % 2 === 0 && /^[0-9a-fA-F]+$/.test(digits);
}
