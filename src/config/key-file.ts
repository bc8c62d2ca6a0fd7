import { resolve } from "node:path";
import { ConfigError } from "../errors.ts";
import { didYouMean } from "./did-you-mean.ts";
import { type NamedSecrets, newKeyFile, type OpenKeyFile, openKeyFile, type RandomOctets, type ScryptCost } from "./key-file-format.ts";
import { keyFileVariables, newPassphraseFor, passphraseFor } from "./key-file-passphrase.ts";
import { createKeyFile, readKeyFile, replaceKeyFile } from "./key-file-store.ts";

type Environment = Readonly<Record<string, string | undefined>>;

interface OpenedKeyFile {
  readonly file: string;
  /** What `content` came from: a file that was changed is opened again. */
  readonly text: string;
  readonly passphrase: string;
  readonly content: OpenKeyFile;
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
  return open(environment).content.secrets;
}

/**
 * One secret of the key file, as it would stand in a file of its own.
 * @throws ConfigError also when the file has no such secret; otherwise as `keyFileSecrets`
 */
export function keyFileSecret(name: string, environment: Environment): string {
  const { file, content } = open(environment);
  const { secrets } = content;
  const secret = secrets.get(name);
  if (secret !== undefined) return secret;
  const nearest = didYouMean(name, [...secrets.keys()]);
  const question = nearest === undefined ? "" : `, did you mean ${nearest}?`;
  throw new ConfigError("", `${file} has no secret ${name}${question}`, { hint: `add it with dlms keys file set ${name}` });
}

/** Makes an empty key file under a new passphrase, and says where. @throws ConfigError also when there is one */
export function createEmptyKeyFile(environment: Environment, random: RandomOctets, cost?: ScryptCost): string {
  const file = keyFilePath(environment);
  createKeyFile(file, () =>
    newKeyFile(newPassphraseFor(file, environment, keyFileVariables.passphrase), random, cost).seal(new Map(), random),
  );
  return file;
}

/** Changes the secrets, under the same passphrase. @throws as `keyFileSecrets`; what `change` throws leaves the file alone */
export function changeKeyFile(environment: Environment, change: (secrets: Map<string, string>) => void, random: RandomOctets): void {
  const { file } = open(environment);
  replaceKeyFile(file, (text) => {
    const { content } = openText(text, file, environment);
    const secrets = new Map(content.secrets);
    change(secrets);
    return content.seal(secrets, random);
  });
}

/** Seals the same secrets under a new passphrase. @throws as `keyFileSecrets` */
export function changePassphrase(environment: Environment, random: RandomOctets, cost?: ScryptCost): void {
  const { file } = open(environment);
  const fresh = newKeyFile(newPassphraseFor(file, environment, keyFileVariables.newPassphrase), random, cost);
  replaceKeyFile(file, (text) => fresh.seal(openText(text, file, environment).content.secrets, random));
  openedFiles.delete(environment);
}

function open(environment: Environment): OpenedKeyFile {
  const file = keyFilePath(environment);
  return openText(readKeyFile(file), file, environment);
}

function openText(text: string, file: string, environment: Environment): OpenedKeyFile {
  const before = openedFiles.get(environment);
  if (before?.file === file && before.text === text) return before;
  const passphrase = before?.file === file ? before.passphrase : passphraseFor(file, environment);
  const opened = { file, text, passphrase, content: openKeyFile(text, passphrase, file) };
  openedFiles.set(environment, opened);
  return opened;
}
