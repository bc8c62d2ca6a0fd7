import {
  type AssociationKey,
  type AssociationOptions,
  associationKeys,
  associationOptions,
  type SecretKey,
  secretKeys,
} from "../config/association-options.ts";
import { didYouMean } from "../config/did-you-mean.ts";
import type { MeterConfig } from "../config/meter-entry.ts";
import { resolveSecret } from "../config/secret.ts";
import { parseAssociationOption, parseTarget, type TargetAddress, targetExpected } from "../config/target.ts";
import { ConfigError } from "../errors.ts";

/** The options of an association with the defaults of the interface; secrets are still references. */
export type AssociationRequest = AssociationOptions & {
  readonly [Key in "client" | "server" | "auth" | "suite" | "policy" | "referencing"]-?: NonNullable<AssociationOptions[Key]>;
};

/** A meter to talk to: where it is, by which link, and as whom. */
export type Target = TargetAddress & { readonly association: AssociationRequest };

/** The address book, read only when a target names a meter of it. `directory` is where its relative paths start. */
export interface AddressBookSource {
  readonly directory: string;
  load(): { readonly meters: readonly Pick<MeterConfig, "id" | "address" | "association">[] };
}

/** Flags by their name without "--"; undefined is a flag that was not given. */
export type Flags = Readonly<Record<string, string | undefined>>;

const defaults = { client: 16, server: 1, auth: "none", suite: 0, referencing: "ln" } as const;

/** What a mechanism cannot do without (Green Book 9.2.7.4). */
const neededBy: Readonly<Record<AssociationRequest["auth"], readonly SecretKey[]>> = {
  none: [],
  lls: ["password"],
  manufacturer: ["password"],
  md5: ["password"],
  sha1: ["password"],
  gmac: ["ek", "ak"],
  sha256: ["password"],
  ecdsa: ["signKey"],
};

/**
 * TARGET and flags to what is to be connected; flags go before the query, the query before the address book.
 * @throws ConfigError naming the option, what was expected and an example.
 */
export function resolveTarget(text: string, flags: Flags, book: AddressBookSource): Target {
  const { address: written, association: query } = parseTarget(text, "TARGET");
  if (written === undefined) throw new ConfigError("TARGET", `${targetExpected}, got options only`);
  const fromBook = written.kind === "meter" ? lookUp(written.name, book) : undefined;
  const address = written.kind === "meter" ? fromBook?.address : written;
  if (address === undefined) throw new ConfigError("TARGET", targetExpected);
  return { ...address, association: withDefaults({ ...fromBook?.association, ...query, ...associationFlags(flags) }) };
}

function lookUp(name: string, book: AddressBookSource): Pick<MeterConfig, "address" | "association"> {
  const { meters } = book.load();
  const meter = meters.find(({ id }) => id === name);
  if (meter === undefined) {
    const ids = meters.map(({ id }) => id);
    if (ids.length === 0) {
      throw new ConfigError("TARGET", "the address book is empty", {
        hint: "find a meter and put it there with dlms scan PLACE --save FILE",
      });
    }
    const nearest = didYouMean(name, ids);
    const known = nearest === undefined ? `; it has ${ids.slice(0, 10).join(", ")}` : `, did you mean meter:${nearest}?`;
    throw new ConfigError("TARGET", `the address book has no meter ${JSON.stringify(name)}${known}`, {
      hint: "name another book with --book FILE",
    });
  }
  return { address: meter.address, association: locatedIn(book.directory, meter.association) };
}

/** With the paths of its secrets as seen from the file that has them. */
function locatedIn(directory: string, association: AssociationOptions): AssociationOptions {
  const located = secretKeys.flatMap((key) => {
    const reference = association[key];
    return reference === undefined ? [] : [[key, reference.within(directory)] as const];
  });
  return { ...association, ...Object.fromEntries(located) };
}

/**
 * Another association with the device of a target, as a file in that directory has it.
 * @throws ConfigError for a secret that is missing
 */
export function besideTarget(target: Target, association: AssociationOptions, directory: string): Target {
  const { server, physical, maxPdu, maxInfo, window } = target.association;
  const link = { server, physical, maxPdu, maxInfo, window };
  const known = Object.fromEntries(Object.entries(link).filter(([, value]) => value !== undefined));
  return { ...target, association: withDefaults({ ...known, ...locatedIn(directory, association) }) };
}

function associationFlags(flags: Flags): AssociationOptions {
  const given = associationKeys.flatMap((key): (readonly [AssociationKey, unknown])[] => {
    const { name } = associationOptions[key];
    const text = flags[name];
    return text === undefined ? [] : [[key, parseAssociationOption(key, text, `--${name}`)]];
  });
  return Object.fromEntries(given) as AssociationOptions;
}

function withDefaults(options: AssociationOptions): AssociationRequest {
  const auth = options.auth ?? defaults.auth;
  const missing = neededBy[auth].find((key) => options[key] === undefined);
  if (missing !== undefined) {
    const { name, example } = associationOptions[missing];
    throw new ConfigError(`--${name}`, `expected a secret for auth ${auth}, got nothing`, { hint: `for example --${name} ${example}` });
  }
  const policy = options.policy ?? (options.ek === undefined ? "none" : "both");
  if (policy !== "none" && options.ek === undefined) {
    throw new ConfigError("--ek", `expected a secret for policy ${policy}, got nothing`, {
      hint: `for example --ek ${associationOptions.ek.example}`,
    });
  }
  return { ...defaults, ...options, policy };
}

export interface SecretPlaces {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The folder that relative paths of the command line start from. */
  readonly directory: string;
}

/** The secrets of an association as bytes, and what to warn the user of. */
export interface AssociationSecrets {
  readonly secrets: { readonly [Key in SecretKey]?: Uint8Array };
  readonly warnings: readonly string[];
}

/** Symmetric keys are written in hex; passwords and PEM files are taken as they stand. */
const keysInHex: ReadonlySet<SecretKey> = new Set(["ek", "ak", "dedicatedKey"]);

/**
 * Fetches the secrets an association refers to.
 * @throws ConfigError naming the option, never the secret; also for a key whose length does not fit the suite.
 */
export function resolveAssociationSecrets(association: AssociationRequest, places: SecretPlaces): AssociationSecrets {
  const resolved = secretKeys.flatMap((key) => {
    const reference = association[key];
    if (reference === undefined || reference.kind === "random") return [];
    const path = `--${associationOptions[key].name}`;
    const { bytes, visible } = resolveSecret(reference, { ...places, path, format: keysInHex.has(key) ? "key" : "text" });
    if (keysInHex.has(key)) checkKeyLength(bytes, association.suite, path);
    return [{ key, bytes, warning: visible ? `${path}: the command line is visible to others; use env:NAME or file:PATH` : undefined }];
  });
  return {
    secrets: Object.fromEntries(resolved.map(({ key, bytes }) => [key, bytes])),
    warnings: resolved.flatMap(({ warning }) => warning ?? []),
  };
}

/** Suites 0 and 1 use AES-128, suite 2 AES-256 (Green Book 9.2.3.7). */
function checkKeyLength(bytes: Uint8Array, suite: number, path: string): void {
  const wanted = suite === 2 ? 32 : 16;
  if (bytes.length === wanted) return;
  throw new ConfigError(path, `expected a key of ${wanted} bytes for suite ${suite}, got ${bytes.length}`, {
    hint: `write it as ${wanted * 2} hex digits`,
  });
}
