import { ByteReader } from "../../bytes/byte-reader.ts";
import { ByteWriter } from "../../bytes/byte-writer.ts";
import { toHex } from "../../bytes/hex.ts";
import { DecodeError, SecurityError } from "../../errors.ts";
import { type GeneralHeader, type GlobalKeyId, generalCiphering, generalHeader, type KeyInfo } from "../xdlms/ciphering.ts";
import { apduTags } from "../xdlms/tags.ts";
import { type CipherOptions, protect, readSecurityHeader, type Unprotected, unprotect } from "./apdu-cipher.ts";
import { checkRecipient } from "./general-recipient.ts";
import { agreeKey, openEphemeralKey, signEphemeralKey } from "./key-agreement.ts";
import { unwrapKey, wrapKey } from "./key-wrap.ts";
import type { PrivateKey } from "./private-key.ts";
import type { PublicKey } from "./public-key.ts";
import type { SecretKey } from "./secret-key.ts";
import type { SecurityControl } from "./security-control.ts";
import type { PublicKeySuite, SecuritySuite } from "./suite.ts";
import type { SystemTitle } from "./system-title.ts";

/** The key of one general-ciphering APDU as its originator has it (Green Book 9.5, Key-Info). */
export type OriginatorKey =
  /** Both know which, and the APDU does not say. */
  | { readonly type: "absent"; readonly key: SecretKey }
  | { readonly type: "identified"; readonly keyId: GlobalKeyId; readonly key: SecretKey }
  /** A fresh key that goes along under the master key. */
  | { readonly type: "wrapped"; readonly masterKey: SecretKey; readonly key: SecretKey }
  /** One-pass Diffie-Hellman with a fresh ephemeral key. */
  | { readonly type: "1e1s"; readonly ephemeralKey: PrivateKey; readonly signingKey: PrivateKey; readonly recipientKey: PublicKey }
  /** Static keys of both; the transaction id of the header must be a new one. */
  | { readonly type: "0e2s"; readonly agreementKey: PrivateKey; readonly recipientKey: PublicKey };

/** What a general-ciphering APDU is made from, besides its content. */
export interface GeneralCipheringOptions {
  readonly header: GeneralHeader;
  readonly key: OriginatorKey;
  readonly authenticationKey: SecretKey | undefined;
  /** As in `agreeKey`. */
  readonly legacyAlgorithmId?: boolean;
}

/** Public keys of an originator, from its certificates. */
export interface OriginatorPublicKeys {
  /** Of the signature over its ephemeral keys. */
  readonly verificationKey?: PublicKey;
  /** Its static key of key agreement. */
  readonly agreementKey?: PublicKey;
}

/** What a recipient has to open general-ciphering APDUs with; what is missing makes the APDUs that need it unknown. */
export interface RecipientKeys {
  /** Of the recipient. */
  readonly systemTitle: SystemTitle;
  readonly authenticationKey: SecretKey | undefined;
  /** The key of APDUs that do not say which. */
  readonly presentKey?: SecretKey;
  readonly keyOf?: (id: GlobalKeyId) => SecretKey | undefined;
  readonly masterKey?: SecretKey;
  readonly agreementKey?: PrivateKey;
  readonly originator?: (systemTitle: SystemTitle) => OriginatorPublicKeys | undefined;
  readonly legacyAlgorithmId?: boolean;
  /** As in `CipherOptions`. */
  readonly suite?: SecuritySuite;
  /** As in `CipherOptions`. */
  readonly acceptUnauthenticated?: boolean;
}

/** A general-ciphering APDU without its protection. */
export interface OpenedGeneralCiphering extends Unprotected {
  readonly header: GeneralHeader;
  readonly keyInfo: KeyInfo | undefined;
  /** The key it was protected with, whatever its origin; following APDUs may leave it unnamed. */
  readonly key: SecretKey;
}

/** key-parameters of the two schemes of key agreement. */
const keyParameters = { "1e1s": 1, "0e2s": 2 } as const;

const scratch = new ByteWriter(4096);

/**
 * A whole general-ciphering APDU. A transported or agreed key is fresh, so its invocation counter begins at 0.
 * @throws SecurityError `policy` for the broadcast bit, which key-info makes void; as `protect` and `agreeKey` otherwise
 */
export function protectGeneral(
  options: GeneralCipheringOptions,
  control: SecurityControl,
  invocationCounter: number,
  plain: Uint8Array,
): Uint8Array {
  refuseBroadcast(control);
  const { header, authenticationKey } = options;
  const { key, keyInfo } = originate(options, control.suite);
  const cipher = { key, authenticationKey, systemTitle: header.originatorSystemTitle, additionalData: octetsOf(header) };
  const content = protect(cipher, control, invocationCounter, plain);
  scratch.truncate(0);
  scratch.u8(apduTags["general-ciphering"].plain);
  generalCiphering.write(scratch, { header, keyInfo, content });
  return scratch.finish();
}

/**
 * Opens a whole general-ciphering APDU. Its invocation counter has still to be accepted where the key has a life beyond it.
 * @throws DecodeError when `bytes` cannot be such an APDU
 * @throws SecurityError `unknown-key`, `policy` for another recipient, `signature-invalid`; as `unprotect` otherwise
 */
export function unprotectGeneral(keys: RecipientKeys, bytes: Uint8Array): OpenedGeneralCiphering {
  const reader = new ByteReader(bytes);
  if (reader.u8("general-ciphering") !== apduTags["general-ciphering"].plain)
    throw reader.error("bad-tag", "general-ciphering", undefined, 0);
  const { header, keyInfo, content } = generalCiphering.read(reader);
  reader.expectEnd("general-ciphering");
  checkRecipient(header, keys.systemTitle);
  const { control } = readSecurityHeader(content);
  refuseBroadcast(control);
  const key = keyFor(keys, header, keyInfo, control.suite);
  const { systemTitle, authenticationKey, suite, acceptUnauthenticated } = keys;
  const options: CipherOptions = {
    key,
    authenticationKey,
    systemTitle,
    additionalData: headerAsReceived(bytes),
    ...(suite !== undefined && { suite }),
    ...(acceptUnauthenticated !== undefined && { acceptUnauthenticated }),
  };
  return { ...unprotect(options, header.originatorSystemTitle, content), header, keyInfo, key };
}

function originate(
  { key, header, legacyAlgorithmId }: GeneralCipheringOptions,
  suite: SecuritySuite,
): { key: SecretKey; keyInfo: KeyInfo | undefined } {
  switch (key.type) {
    case "absent":
      return { key: key.key, keyInfo: undefined };
    case "identified":
      return { key: key.key, keyInfo: { type: "identified-key", keyId: key.keyId } };
    case "wrapped":
      return { key: key.key, keyInfo: { type: "wrapped-key", kekId: "master-key", keyCipheredData: wrapKey(key.masterKey, key.key) } };
    default: {
      const privateKey = key.type === "1e1s" ? key.ephemeralKey : key.agreementKey;
      const keyCipheredData = key.type === "1e1s" ? signEphemeralKey(key.signingKey, key.ephemeralKey.publicKey) : new Uint8Array();
      return {
        key: agree(key.type, header, suite, privateKey, key.recipientKey, legacyAlgorithmId),
        keyInfo: { type: "agreed-key", keyParameters: Uint8Array.of(keyParameters[key.type]), keyCipheredData },
      };
    }
  }
}

function keyFor(keys: RecipientKeys, header: GeneralHeader, info: KeyInfo | undefined, suite: SecuritySuite): SecretKey {
  if (info === undefined) return known(keys.presentKey, "of an APDU that names none");
  switch (info.type) {
    case "identified-key":
      return known(keys.keyOf?.(info.keyId), `${info.keyId}`);
    case "wrapped-key":
      return unwrapKey(known(info.kekId === "master-key" ? keys.masterKey : undefined, `${info.kekId}`), info.keyCipheredData);
    default:
      return agreedKey(keys, header, info, suite);
  }
}

function agreedKey(
  { agreementKey, originator, legacyAlgorithmId }: RecipientKeys,
  header: GeneralHeader,
  { keyParameters: parameters, keyCipheredData: data }: KeyInfo & { readonly type: "agreed-key" },
  suite: SecuritySuite,
): SecretKey {
  const scheme = (Object.keys(keyParameters) as (keyof typeof keyParameters)[]).find(
    (name) => parameters.length === 1 && parameters[0] === keyParameters[name],
  );
  if (scheme === undefined)
    throw new DecodeError("out-of-range", "key-parameters", 0, `key-parameters: unknown scheme ${toHex(parameters)}`);
  const privateKey = known(agreementKey, "of key agreement");
  const peer = originator?.(header.originatorSystemTitle);
  if (scheme === "1e1s") {
    const ephemeralKey = openEphemeralKey(known(peer?.verificationKey, "of the originator's signature"), data);
    return agree(scheme, header, suite, privateKey, ephemeralKey, legacyAlgorithmId);
  }
  if (data.length > 0) throw new DecodeError("trailing-data", "key-ciphered-data", 0);
  return agree(scheme, header, suite, privateKey, known(peer?.agreementKey, "of the originator's key agreement"), legacyAlgorithmId);
}

function agree(
  scheme: keyof typeof keyParameters,
  { transactionId, originatorSystemTitle, recipientSystemTitle }: GeneralHeader,
  suite: SecuritySuite,
  privateKey: PrivateKey,
  publicKey: PublicKey,
  legacyAlgorithmId = false,
): SecretKey {
  return agreeKey({
    scheme,
    transactionId,
    suite: withPublicKeys(suite),
    systemTitleU: originatorSystemTitle,
    systemTitleV: recipientSystemTitle,
    privateKey,
    publicKey,
    legacyAlgorithmId,
  });
}

function withPublicKeys(suite: SecuritySuite): PublicKeySuite {
  if (suite === 0) throw new SecurityError("suite-mismatch", "security suite 0 has no key agreement");
  return suite;
}

function known<T>(key: T | undefined, which: string): T {
  if (key === undefined) throw new SecurityError("unknown-key", `there is no key ${which}`);
  return key;
}

/** The key set is named by key-info here (Green Book 9.2.7.2.4.1). */
function refuseBroadcast({ broadcast }: SecurityControl): void {
  if (broadcast) throw new SecurityError("policy", "general-ciphering with the bit of the broadcast key");
}

/** The header as it is sent, which is also how it is authenticated. */
function octetsOf(header: GeneralHeader): Uint8Array {
  scratch.truncate(0);
  generalHeader.write(scratch, header);
  return scratch.finish();
}

/** The header as it came: its originator may have written lengths that we would write shorter. */
function headerAsReceived(bytes: Uint8Array): Uint8Array {
  const reader = new ByteReader(bytes, 1);
  generalHeader.read(reader);
  return reader.slice(1, reader.offset);
}
