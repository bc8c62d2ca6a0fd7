import { parseSecretReference, SecretReference, secretExpected } from "./secret.ts";

/** How an option of the association is written; the same in the query of a target, as a flag and as a key of a file. */
export interface OptionDefinition<T> {
  /** As in the query and, behind "--", as a flag. */
  readonly name: string;
  /** "expected ..." */
  readonly expected: string;
  readonly example: string;
  readonly parse: (text: string) => T | undefined;
  /** All there is to choose from, for words. */
  readonly choices?: readonly string[];
  readonly secret?: boolean;
}

function number(name: string, example: number, least: number, most: number): OptionDefinition<number> {
  return {
    name,
    expected: `expected a whole number from ${least} to ${most}`,
    example: String(example),
    parse: (text) => (/^\d{1,9}$/.test(text) && Number(text) >= least && Number(text) <= most ? Number(text) : undefined),
  };
}

function word<const T extends string>(name: string, example: T, choices: readonly T[]): OptionDefinition<T> {
  const parse = (text: string) => choices.find((choice) => choice === text);
  return { name, expected: `expected one of ${choices.join(", ")}`, example, parse, choices };
}

function secret(name: string, example: string): OptionDefinition<SecretReference> & { readonly secret: true } {
  return { name, expected: secretExpected, example, parse: parseSecretReference, secret: true };
}

function file(name: string, example: string): OptionDefinition<string> {
  return { name, expected: "expected the path of a PEM file", example, parse: (text) => (text === "" ? undefined : text) };
}

/** Every option of an association, by its key in files. SAPs are 16 bits wide in the wrapper (IEC 62056-47). */
export const associationOptions = {
  client: number("client", 16, 1, 0xffff),
  server: number("server", 1, 0, 0xffff),
  physical: number("physical", 17, 0, 0x3fff),
  auth: word("auth", "lls", ["none", "lls", "manufacturer", "md5", "sha1", "gmac", "sha256", "ecdsa"]),
  password: secret("password", "env:METER_PASSWORD"),
  suite: number("suite", 0, 0, 2),
  ek: secret("ek", "file:secrets/meter.ek"),
  ak: secret("ak", "file:secrets/meter.ak"),
  systemTitle: {
    name: "system-title",
    expected: "expected the 8 bytes of a system title as 16 hex digits",
    example: "4D4D4D0000BC614E",
    parse: (text: string) => (/^[0-9a-fA-F]{16}$/.test(text) ? text.toUpperCase() : undefined),
  },
  dedicatedKey: {
    ...secret("dedicated-key", "random"),
    expected: `${secretExpected}, or random for a new one each time`,
    parse: (text: string) => (text === "random" ? new SecretReference("random", "") : parseSecretReference(text)),
  },
  policy: word("policy", "both", ["none", "auth", "encrypt", "both"]),
  signKey: secret("sign-key", "file:secrets/client-sign.key"),
  signCert: file("sign-cert", "client-sign.pem"),
  agreeKey: secret("agree-key", "file:secrets/client-agree.key"),
  agreeCert: file("agree-cert", "client-agree.pem"),
  ca: file("ca", "ca.pem"),
  referencing: word("referencing", "ln", ["ln", "sn"]),
  maxPdu: number("max-pdu", 1024, 12, 0xffff),
  window: number("window", 1, 1, 7),
  maxInfo: number("max-info", 128, 16, 2030),
} as const satisfies Readonly<Record<string, OptionDefinition<unknown>>>;

export type AssociationKey = keyof typeof associationOptions;

/** Options as somebody gave them; what is absent takes its default. Secrets are still references. */
export type AssociationOptions = { readonly [Key in AssociationKey]?: NonNullable<ReturnType<(typeof associationOptions)[Key]["parse"]>> };

/** The keys, in the order of the table. */
export const associationKeys = Object.keys(associationOptions) as readonly AssociationKey[];

/** The options that hold a secret. */
export type SecretKey = {
  [Key in AssociationKey]: (typeof associationOptions)[Key] extends OptionDefinition<SecretReference> ? Key : never;
}[AssociationKey];

/** The keys of the options that hold a secret, in the order of the table. */
export const secretKeys = associationKeys.filter((key): key is SecretKey => "secret" in associationOptions[key]);

/** The key of an option by the name it has in queries and flags. */
export function associationKeyOf(name: string): AssociationKey | undefined {
  return associationKeys.find((key) => associationOptions[key].name === name);
}
