import { resolve } from "node:path";
import { ConfigError } from "../errors.ts";
import { didYouMean } from "./did-you-mean.ts";
import { type NamedSecrets, openSecrets, sealSecrets } from "./key-file-format.ts";
import { keyFileVariables, newPassphraseFor, passphraseFor } from "./key-file-passphrase.ts";
import { createKeyFile, readKeyFile, replaceKeyFile } from "./key-file-store.ts";

type Environment = Readonly<Record<string, string | undefined>>;

interface OpenedKeyFile {
  readonly file: string;
  /** What `secrets` came from: a file that was changed is opened again. */
  readonly text: string;
  readonly passphrase: string;
  readonly secrets: NamedSecrets;
}

/** A passphrase is asked for once in a process, and its key derived once. */
const openedFiles = new WeakMap<Environment, OpenedKeyFile>();

/** What a secret in a key file may be called. */
export function isKeyFileName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name);
}

/**
 * The key file of this environment.
 * @throws ConfigError when none is named
 */
export function keyFilePath(environment: Environment): string {
  const file = environment[keyFileVariables.file];
  if (file !== undefined && file !== "") return resolve(file);
  throw new ConfigError("", "no key file is named", { hint: `give --key-file FILE or set ${keyFileVariables.file}` });
}

/**
 * All secrets of the key file.
 * @throws ConfigError when there is no key file or no passphrase; SecurityError `deciphering-failed` for a wrong one
 */
export function keyFileSecrets(environment: Environment): NamedSecrets {
  return open(environment).secrets;
}

/**
 * One secret of the key file, as it would stand in a file of its own.
 * @throws ConfigError also when the file has no such secret; otherwise as `keyFileSecrets`
 */
export function keyFileSecret(name: string, environment: Environment): string {
  const { file, secrets } = open(environment);
  const secret = secrets.get(name);
  if (secret !== undefined) return secret;
  const nearest = didYouMean(name, [...secrets.keys()]);
  const question = nearest === undefined ? "" : `, did you mean ${nearest}?`;
  throw new ConfigError("", `${file} has no secret ${name}${question}`, { hint: `add it with dlms keys file set ${name}` });
}

/** Makes an empty key file under a new passphrase, and says where. @throws ConfigError also when there is one */
export function createEmptyKeyFile(environment: Environment): string {
  const file = keyFilePath(environment);
  createKeyFile(file, () => sealSecrets(new Map(), newPassphraseFor(file, environment, keyFileVariables.passphrase)));
  return file;
}

/** Changes the secrets, under the same passphrase. @throws as `keyFileSecrets`; what `change` throws leaves the file alone */
export function changeKeyFile(environment: Environment, change: (secrets: Map<string, string>) => void): void {
  const { file, passphrase } = open(environment);
  replaceKeyFile(file, (text) => {
    const secrets = new Map(openSecrets(text, passphrase, file));
    change(secrets);
    return sealSecrets(secrets, passphrase);
  });
}

/** Seals the same secrets under a new passphrase. @throws as `keyFileSecrets` */
export function changePassphrase(environment: Environment): void {
  const { file, passphrase } = open(environment);
  const fresh = newPassphraseFor(file, environment, keyFileVariables.newPassphrase);
  replaceKeyFile(file, (text) => sealSecrets(openSecrets(text, passphrase, file), fresh));
  openedFiles.delete(environment);
}

function open(environment: Environment): OpenedKeyFile {
  const file = keyFilePath(environment);
  const before = openedFiles.get(environment);
  const text = readKeyFile(file);
  if (before?.file === file && before.text === text) return before;
  const passphrase = before?.file === file ? before.passphrase : passphraseFor(file, environment);
  const opened = { file, text, passphrase, secrets: openSecrets(text, passphrase, file) };
  openedFiles.set(environment, opened);
  return opened;
}
