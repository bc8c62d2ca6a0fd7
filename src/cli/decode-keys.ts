import { type Command, Option } from "commander";
import { fromHex } from "../bytes/hex.ts";
import { associationOptions } from "../config/association-options.ts";
import { parseSecretReference, resolveSecret, secretExpected } from "../config/secret.ts";
import type { DecipheringKeys } from "../decode/key-ring.ts";
import { PrivateKey } from "../dlms/security/private-key.ts";
import { PublicKey } from "../dlms/security/public-key.ts";
import { SecretKey } from "../dlms/security/secret-key.ts";
import { parseSystemTitle } from "../dlms/security/system-title.ts";
import { ConfigError, DecodeError } from "../errors.ts";
import type { SecretPlaces } from "./target.ts";

/** The options as commander hands them over. */
export interface KeyOptions {
  readonly ek?: string;
  readonly ak?: string;
  readonly broadcastEk?: string;
  readonly dedicatedKey?: string;
  readonly masterKey?: string;
  readonly agreeKey?: string;
  readonly verifyKey?: string;
  readonly peerAgreeKey?: string;
  readonly systemTitle?: readonly string[];
}

interface KeyOption<T> {
  /** As a flag, behind "--". */
  readonly name: string;
  readonly description: string;
  /** Public keys are no secrets, and are written as hex digits. */
  readonly public?: true;
  /** @throws DecodeError for octets that can be no such key */
  readonly make: (octets: Uint8Array) => T;
}

const symmetric = (octets: Uint8Array) => SecretKey.from(octets);

const keyOptions = {
  ek: { name: "ek", description: "global unicast encryption key", make: symmetric },
  ak: { name: "ak", description: "authentication key; without it nothing is verified", make: symmetric },
  broadcastEk: { name: "broadcast-ek", description: "global broadcast encryption key", make: symmetric },
  dedicatedKey: {
    name: "dedicated-key",
    description: "dedicated key, where the input has no Initiate request that brings it",
    make: symmetric,
  },
  masterKey: { name: "master-key", description: "key under which general-ciphering wraps keys", make: symmetric },
  agreeKey: {
    name: "agree-key",
    description: "the recipient's private key of key agreement, 32 or 48 octets",
    make: (octets: Uint8Array) => PrivateKey.from(octets),
  },
  verifyKey: {
    name: "verify-key",
    description: "the sender's public key of signatures, 64 or 96 octets",
    public: true,
    make: (octets: Uint8Array) => PublicKey.from(octets),
  },
  peerAgreeKey: {
    name: "peer-agree-key",
    description: "the sender's public key of key agreement, 64 or 96 octets",
    public: true,
    make: (octets: Uint8Array) => PublicKey.from(octets),
  },
} as const satisfies Readonly<Record<string, KeyOption<unknown>>>;

/** Adds the options of keys and system titles. */
export function withKeyOptions(command: Command): Command {
  for (const option of Object.values(keyOptions) as readonly KeyOption<unknown>[]) {
    command.option(`--${option.name} <${option.public === true ? "hex" : "secret"}>`, option.description);
  }
  return command.addOption(
    new Option("--system-title <hex>", "system title of a sender that the input does not name; may be repeated").argParser(
      (text: string, before: readonly string[] = []) => [...before, text],
    ),
  );
}

/** The keys of the command line, and what to warn the user of. */
export interface GivenKeys {
  readonly keys: DecipheringKeys;
  readonly warnings: readonly string[];
}

/**
 * Fetches the keys.
 * @throws ConfigError naming the option, never the secret
 */
export function resolveKeys(options: KeyOptions, places: SecretPlaces): GivenKeys {
  const warnings: string[] = [];
  const take = <T>(option: KeyOption<T>, text: string | undefined): T | undefined => {
    if (text === undefined) return undefined;
    const path = `--${option.name}`;
    if (option.public === true) return made(path, () => option.make(fromHex(text)));
    const reference = parseSecretReference(text);
    // The text itself may be the secret, so it is not repeated.
    if (reference === undefined) throw new ConfigError(path, secretExpected, { hint: `for example ${path} env:METER_KEY` });
    const { bytes, visible } = resolveSecret(reference, { ...places, path, format: "key" });
    if (visible) warnings.push(`${path}: the command line is visible to others; use env:NAME or file:PATH`);
    return made(path, () => option.make(bytes));
  };
  const keys = {
    encryptionKey: take(keyOptions.ek, options.ek),
    authenticationKey: take(keyOptions.ak, options.ak),
    broadcastKey: take(keyOptions.broadcastEk, options.broadcastEk),
    dedicatedKey: take(keyOptions.dedicatedKey, options.dedicatedKey),
    masterKey: take(keyOptions.masterKey, options.masterKey),
    agreementKey: take(keyOptions.agreeKey, options.agreeKey),
    verificationKey: take(keyOptions.verifyKey, options.verifyKey),
    peerAgreementKey: take(keyOptions.peerAgreeKey, options.peerAgreeKey),
  };
  const { expected, example } = associationOptions.systemTitle;
  const systemTitles = (options.systemTitle ?? []).map((text) => {
    try {
      return parseSystemTitle(text);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      throw new ConfigError("--system-title", `${expected}, got ${JSON.stringify(text)}`, {
        hint: `for example --system-title ${example}`,
      });
    }
  });
  const given = Object.entries(keys).filter(([, key]) => key !== undefined);
  return { keys: { ...Object.fromEntries(given), systemTitles }, warnings };
}

function made<T>(path: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof DecodeError) throw new ConfigError(path, error.message);
    throw error;
  }
}
