import { keyIds, type SetupKey } from "../../cosem-objects/classes/security-setup.ts";
import { agreeKey, openEphemeralKey, signEphemeralKey } from "../../dlms/security/key-agreement.ts";
import { unwrapKey } from "../../dlms/security/key-wrap.ts";
import { PrivateKey } from "../../dlms/security/private-key.ts";
import type { PublicKey } from "../../dlms/security/public-key.ts";
import type { SecretKey } from "../../dlms/security/secret-key.ts";
import type { RandomSource } from "../../dlms/security/secure-random.ts";
import { type PublicKeySuite, type SecuritySuite, securitySuites } from "../../dlms/security/suite.ts";
import type { SystemTitle } from "../../dlms/security/system-title.ts";
import { DecodeError, SecurityError } from "../../errors.ts";
import { type Outcome, refused } from "./refusal.ts";

/** A key in the list of key_transfer or key_agreement; a number where the standard gives it no name. */
export interface KeyItem {
  readonly keyId: SetupKey | number;
  readonly data: Uint8Array;
}

/** New keys by name. */
export type NewKeys = Readonly<Partial<Record<SetupKey, SecretKey>>>;

/** Which AlgorithmID goes into the key derivation, where installations differ (Green Book notes 7.4). */
export interface KeyDerivation {
  /** The identifiers that edition 8 of the Green Book misprints. */
  readonly legacyAlgorithmId?: boolean;
  /** What a master key is derived for; peers that know no difference take that of messages. */
  readonly masterKeyPurpose?: "aes-wrap" | "aes-gcm";
}

/** Every key of a list, unwrapped (RFC 3394); all or none. */
export function unwrapKeys(items: readonly KeyItem[], master: SecretKey, suite: SecuritySuite): Outcome<NewKeys> {
  return eachKey(items, (_, data) => {
    const key = unwrapKey(master, data);
    return key.length === securitySuites[suite].keyLength ? { value: key } : refused("key-length");
  });
}

/** What the server's side of a key agreement needs. */
export interface AgreementSide extends KeyDerivation {
  readonly suite: PublicKeySuite;
  readonly clientSystemTitle: SystemTitle;
  readonly serverSystemTitle: SystemTitle;
  /** Of the client's signature. */
  readonly verificationKey: PublicKey;
  readonly signingKey: PrivateKey;
  /** For ephemeral keys. */
  readonly random: RandomSource;
}

/** Agreed keys, and what makes the client arrive at the same ones. */
export interface AgreedKeys {
  readonly keys: NewKeys;
  readonly answers: readonly { readonly keyId: SetupKey; readonly keyData: Uint8Array }[];
}

/** Agrees on every key of a list with the ephemeral unified model, scheme 2e0s; all or none. */
export function agreeKeys(items: readonly KeyItem[], side: AgreementSide): Outcome<AgreedKeys> {
  const { suite, clientSystemTitle, serverSystemTitle, verificationKey, signingKey, random, legacyAlgorithmId = false } = side;
  const answers: { readonly keyId: SetupKey; readonly keyData: Uint8Array }[] = [];
  const outcome = eachKey(items, (keyId, data) => {
    const publicKey = openEphemeralKey(verificationKey, data, keyIds[keyId]);
    const privateKey = PrivateKey.generate(securitySuites[suite].curve, random);
    answers.push({ keyId, keyData: signEphemeralKey(signingKey, privateKey.publicKey, keyIds[keyId]) });
    const purpose = keyId === "master" ? (side.masterKeyPurpose ?? "aes-wrap") : "aes-gcm";
    const titles = { systemTitleU: clientSystemTitle, systemTitleV: serverSystemTitle };
    return { value: agreeKey({ scheme: "2e0s", suite, ...titles, privateKey, publicKey, purpose, legacyAlgorithmId }) };
  });
  return "refused" in outcome ? outcome : { value: { keys: outcome.value, answers } };
}

function eachKey(items: readonly KeyItem[], open: (keyId: SetupKey, data: Uint8Array) => Outcome<SecretKey>): Outcome<NewKeys> {
  const keys: Partial<Record<SetupKey, SecretKey>> = {};
  if (items.length === 0) return refused("key-list");
  for (const { keyId, data } of items) {
    if (typeof keyId === "number") return refused("no-such-key");
    if (keys[keyId] !== undefined) return refused("key-list");
    const opened = refusing(() => open(keyId, data));
    if ("refused" in opened) return opened;
    keys[keyId] = opened.value;
  }
  return { value: keys };
}

/** Octets that nobody could have meant, and what does not verify, are refusals like others. */
function refusing<T>(action: () => Outcome<T>): Outcome<T> {
  try {
    return action();
  } catch (error) {
    if (error instanceof DecodeError) return refused("malformed");
    if (!(error instanceof SecurityError)) throw error;
    return refused(error.code === "deciphering-failed" ? "wrong-wrap" : "wrong-signature");
  }
}
