import { createCipheriv, createDecipheriv, scryptSync } from "node:crypto";
import { toHex } from "../bytes/hex.ts";
import { ConfigError, SecurityError } from "../errors.ts";

/** The secrets of a key file by their names; each as it would stand in a file of its own. */
export type NamedSecrets = ReadonlyMap<string, string>;

/** As many octets as asked for that nobody can foresee. */
export type RandomOctets = (length: number) => Uint8Array;

/** What one guess at a passphrase costs; memory is 128 n r octets (RFC 7914). */
export interface ScryptCost {
  readonly n: number;
  readonly r: 8;
  readonly p: number;
}

/** Of the equally strong settings that OWASP names the one with the least memory (32 MiB), since gateways are small. */
const usualCost: ScryptCost = { n: 2 ** 15, r: 8, p: 3 };
/** What a file may ask of this machine: nobody has proved yet that they know its passphrase. */
const mostMemory = 256 * 1024 * 1024;

const cipher = "aes-256-gcm";
const keyLength = 32;
const saltLength = 16;
const nonceLength = 12;
const tagLength = 16;

interface Header {
  readonly format: "dlms-key-file";
  readonly version: 1;
  readonly cipher: typeof cipher;
  readonly scrypt: ScryptCost & { readonly salt: string };
  readonly nonce: string;
}

// Checked by hand: every command that knows secrets comes by here, and what checks configuration files takes them longer
// to load than half of all the rest. Nobody is told what is wrong with a key file anyway.
function isFile(file: unknown): file is Header & { readonly sealed: string } {
  if (!hasKeys(file, ["format", "version", "cipher", "scrypt", "nonce", "sealed"])) return false;
  const { format, version, cipher: name, scrypt, nonce, sealed } = file;
  return (
    format === "dlms-key-file" &&
    version === 1 &&
    name === cipher &&
    hasKeys(scrypt, ["n", "r", "p", "salt"]) &&
    [10, 11, 12, 13, 14, 15, 16, 17].some((exponent) => scrypt.n === 2 ** exponent) &&
    scrypt.r === 8 &&
    [1, 2, 3, 4, 5, 6, 7, 8].some((p) => scrypt.p === p) &&
    isOctets(scrypt.salt, saltLength) &&
    isOctets(nonce, nonceLength) &&
    typeof sealed === "string" &&
    /^(?:[0-9a-zA-Z+/]{4})*(?:[0-9a-zA-Z+/]{2}==|[0-9a-zA-Z+/]{3}=)?$/.test(sealed)
  );
}

function isSecrets(value: unknown): value is Readonly<Record<string, string>> {
  return isSection(value) && Object.values(value).every((secret) => typeof secret === "string");
}

/** True for a section with these keys and no others. */
function hasKeys<Key extends string>(value: unknown, keys: readonly Key[]): value is Readonly<Record<Key, unknown>> {
  return isSection(value) && Object.keys(value).length === keys.length && keys.every((key) => Object.hasOwn(value, key));
}

function isSection(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isOctets(value: unknown, length: number): boolean {
  return typeof value === "string" && value.length === length * 2 && /^[0-9a-f]*$/.test(value);
}

/** A key file whose passphrase is known. */
export interface OpenKeyFile {
  readonly secrets: NamedSecrets;
  /** The text of the file with other secrets, under the same passphrase. */
  seal(secrets: NamedSecrets, random: RandomOctets): string;
}

/** An empty key file under a new passphrase. */
export function newKeyFile(passphrase: string, random: RandomOctets, cost: ScryptCost = usualCost): OpenKeyFile {
  const scrypt = { ...cost, salt: hex(random(saltLength)) };
  return withKey(new Map(), scrypt, keyOf(passphrase, scrypt));
}

/**
 * Opens the text of a key file; `place` is its name in errors.
 * @throws ConfigError for what is no key file, or one of a later version; SecurityError `deciphering-failed` for another
 *   passphrase, or a file that was changed.
 */
export function openKeyFile(text: string, passphrase: string, place: string): OpenKeyFile {
  const { sealed, ...header } = parseJson(text, isFile, place);
  const key = keyOf(passphrase, header.scrypt);
  const secrets = parseJson(decrypt(Buffer.from(sealed, "base64"), key, header, place).toString("utf8"), isSecrets, place);
  return withKey(new Map(Object.entries(secrets)), header.scrypt, key);
}

/** The salt stays with its passphrase; 96 random bits never come twice in as many changes as people make. */
function withKey(secrets: NamedSecrets, scrypt: Header["scrypt"], key: Buffer): OpenKeyFile {
  return {
    secrets,
    seal: (changed, random) => {
      const header: Header = { format: "dlms-key-file", version: 1, cipher, scrypt, nonce: hex(random(nonceLength)) };
      const sealed = encrypt(JSON.stringify(Object.fromEntries(changed)), key, header).toString("base64");
      return `${JSON.stringify({ ...header, sealed }, null, 2)}\n`;
    },
  };
}

function encrypt(text: string, key: Buffer, header: Header): Buffer {
  const encryption = createCipheriv(cipher, key, Buffer.from(header.nonce, "hex"), { authTagLength: tagLength });
  encryption.setAAD(associatedData(header));
  return Buffer.concat([encryption.update(text, "utf8"), encryption.final(), encryption.getAuthTag()]);
}

function decrypt(sealed: Buffer, key: Buffer, header: Header, place: string): Buffer {
  const end = sealed.length - tagLength;
  if (end < 0) throw new ConfigError("", `${place} is cut short`, { hint: "restore it from a copy" });
  const decryption = createDecipheriv(cipher, key, Buffer.from(header.nonce, "hex"), { authTagLength: tagLength });
  decryption.setAAD(associatedData(header));
  decryption.setAuthTag(sealed.subarray(end));
  try {
    return Buffer.concat([decryption.update(sealed.subarray(0, end)), decryption.final()]);
  } catch (cause) {
    throw new SecurityError("deciphering-failed", `the passphrase does not open ${place}`, {
      cause,
      hint: "type it again; if it is right the file was changed, and only a copy of it helps",
    });
  }
}

function parseJson<T>(text: string, fits: (value: unknown) => value is T, place: string): T {
  const value = jsonIn(text);
  if (fits(value)) return value;
  throw new ConfigError("", `${place} is no key file that this version understands`, { hint: "make one with dlms keys file create" });
}

/** Undefined for what is no JSON, without what the parser says of it: that may repeat the text. */
function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Composed and decomposed letters are the same to whoever types them. */
function keyOf(passphrase: string, { n, r, p, salt }: Header["scrypt"]): Buffer {
  return scryptSync(passphrase.normalize("NFKC"), Buffer.from(salt, "hex"), keyLength, { N: n, r, p, maxmem: mostMemory });
}

function hex(octets: Uint8Array): string {
  return toHex(octets).toLowerCase();
}

/** Everything but the cipher text, so that the tag covers the parameters too. */
function associatedData({ format, version, cipher: name, scrypt: { n, r, p, salt }, nonce }: Header): Buffer {
  return Buffer.from([format, version, name, n, r, p, salt, nonce].join("\n"));
}
