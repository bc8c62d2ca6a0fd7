import type { CertificateIdentification, CertificateInfo, CertificateType, SetupKey } from "../../cosem-objects/classes/security-setup.ts";
import type { LogicalName } from "../../cosem-objects/logical-name.ts";
import { protectionMask, protectionOfBits, type RequiredProtection } from "../../cosem-objects/required-protection.ts";
import type { Certificate } from "../../dlms/security/certificate.ts";
import type { CertificatePurpose } from "../../dlms/security/certificate-extensions.ts";
import { createCertificateRequest } from "../../dlms/security/certificate-request.ts";
import type { OriginatorPublicKeys } from "../../dlms/security/general-ciphering.ts";
import { PrivateKey } from "../../dlms/security/private-key.ts";
import type { RandomSource } from "../../dlms/security/secure-random.ts";
import { type SecuritySuite, securitySuites } from "../../dlms/security/suite.ts";
import { type SystemTitle, systemTitleOf } from "../../dlms/security/system-title.ts";
import { certificateOf, entityOf, findCertificate, infoOf, openCertificate, withCertificate } from "./certificate-book.ts";
import { type AgreedKeys, agreeKeys, type KeyDerivation, type KeyItem, unwrapKeys } from "./key-exchange.ts";
import { checkFits, type KeyRing, keyRing, recordOfRing, ringOfRecord } from "./key-ring.ts";
import type { KeyStore } from "./key-store.ts";
import { type Outcome, refused, type SetupRefusal } from "./refusal.ts";

/** Keys whose invocation counters have to begin anew. */
export type EncryptionKey = Extract<SetupKey, "global-unicast" | "global-broadcast">;

/** What a security setup is made of. */
export interface SecuritySetupOptions extends KeyDerivation {
  readonly logicalName: LogicalName;
  /** Of the class: 0 has neither public keys nor policies for each direction. */
  readonly version: 0 | 1;
  readonly suite: SecuritySuite;
  readonly serverSystemTitle: SystemTitle;
  /** What the meter leaves the factory with; what was stored since takes its place. */
  readonly initial?: Partial<KeyRing>;
  /** Authorities that are trusted as they are. */
  readonly trustAnchors?: readonly Certificate[];
  readonly store: KeyStore;
  /** For key pairs. */
  readonly random: RandomSource;
  /** The time in milliseconds since 1970; without it the validity of certificates is not checked. */
  readonly now?: () => number | undefined;
}

/**
 * A security setup (Blue Book 4.4.7): policy, keys and certificates, and how they are replaced.
 *
 * What an operation changes is stored before it is answered, seen by what follows in the same APDU, and protects APDUs from
 * {@link commit} on: the answer to a change is still protected by what was there before. A restart in between commits.
 */
export class SecuritySetup {
  readonly logicalName: LogicalName;
  readonly version: 0 | 1;
  readonly suite: SecuritySuite;
  readonly serverSystemTitle: SystemTitle;
  readonly trustAnchors: readonly Certificate[];
  /** Of the client of the association in use; undefined as long as there is none. */
  clientSystemTitle: SystemTitle | undefined;
  readonly #options: SecuritySetupOptions;
  #effective: KeyRing;
  #pending: KeyRing | undefined;

  /**
   * @throws StoreError when what is stored cannot be used
   * @throws InvariantError when a key does not fit the suite
   */
  constructor(options: SecuritySetupOptions) {
    const { logicalName, version, suite, serverSystemTitle, trustAnchors = [], store, initial = {} } = options;
    this.logicalName = logicalName;
    this.version = version;
    this.suite = suite;
    this.serverSystemTitle = systemTitleOf(serverSystemTitle);
    this.trustAnchors = trustAnchors;
    this.#options = options;
    const record = store.load(logicalName);
    this.#effective = record === undefined ? keyRing(initial) : ringOfRecord(record, suite);
    checkFits(this.#effective, suite);
  }

  /** What APDUs are protected with now. */
  get effective(): KeyRing {
    return this.#effective;
  }

  /** True between a change and the {@link commit} that lets it take effect. */
  get pending(): boolean {
    return this.#pending !== undefined;
  }

  /** What the attributes show: with what was changed, if that is not in effect yet. */
  get latest(): KeyRing {
    return this.#pending ?? this.#effective;
  }

  /** What the policy in effect asks of requests and answers. */
  get requiredProtection(): RequiredProtection {
    return protectionOfBits(this.#effective.policy);
  }

  /** certificates: the trust anchors first. */
  get certificates(): readonly CertificateInfo[] {
    return this.#allCertificates().map((certificate) => infoOf(certificate, this.serverSystemTitle));
  }

  /** The public keys of a device, from the certificates in effect. */
  peerKeys(systemTitle: SystemTitle): OriginatorPublicKeys | undefined {
    const { certificates } = this.#effective;
    const verificationKey = certificateOf(certificates, systemTitle, "digital-signature")?.fields.publicKey;
    const agreementKey = certificateOf(certificates, systemTitle, "key-agreement")?.fields.publicKey;
    if (verificationKey === undefined && agreementKey === undefined) return undefined;
    return { ...(verificationKey && { verificationKey }), ...(agreementKey && { agreementKey }) };
  }

  /**
   * Lets changes take effect. The server calls it when the answer to the APDU that made them is out, or at once where
   * nobody is answered.
   * @returns the encryption keys that became others: their invocation counters begin at 0. Keys that were sent again as they
   *   were are not among them, since a counter that began anew under the same key would repeat initialization vectors. For
   *   the same reason counters are to be kept by key: one that comes back after another goes on where it was.
   */
  commit(): readonly EncryptionKey[] {
    const [before, after] = [this.#effective, this.latest];
    this.#effective = after;
    this.#pending = undefined;
    return (["global-unicast", "global-broadcast"] as const).filter((name) => {
      const [old, present] = [before.keys[name], after.keys[name]];
      return present !== undefined && present !== old && !(old?.equals(present) ?? false);
    });
  }

  /** security_activate: `policy` is the octet of version 1; each of its bits may be set, none taken back. */
  activatePolicy(policy: number): SetupRefusal | undefined {
    const present = this.latest.policy;
    if ((present & ~policy) !== 0) return "policy-weakened";
    if ((policy & ~protectionMask) !== 0 || !this.#canKeep({ ...this.latest, policy })) return "policy-impossible";
    this.#change({ policy });
    return undefined;
  }

  /** key_transfer: installs all keys of the list or none; they come wrapped under the master key in effect. */
  transferKeys(items: readonly KeyItem[]): SetupRefusal | undefined {
    const { master } = this.#effective.keys;
    if (master === undefined) return "no-master-key";
    const outcome = unwrapKeys(items, master, this.suite);
    if ("refused" in outcome) return outcome.refused;
    this.#change({ keys: { ...this.latest.keys, ...outcome.value } });
    return undefined;
  }

  /** key_agreement: agrees on all keys of the list or none (Green Book 9.2.3.4.6.2). */
  agreeKeys(items: readonly KeyItem[]): Outcome<AgreedKeys["answers"]> {
    const { suite, clientSystemTitle, serverSystemTitle } = this;
    if (suite === 0) return refused("suite-without-public-keys");
    const verificationKey = clientSystemTitle && this.peerKeys(clientSystemTitle)?.verificationKey;
    if (clientSystemTitle === undefined || verificationKey === undefined) return refused("no-certificate");
    const signingKey = this.#effective.keyPairs["digital-signature"];
    if (signingKey === undefined) return refused("no-key-pair");
    const side = { ...this.#options, suite, clientSystemTitle, serverSystemTitle, verificationKey, signingKey };
    const outcome = agreeKeys(items, side);
    if ("refused" in outcome) return outcome;
    this.#change({ keys: { ...this.latest.keys, ...outcome.value.keys } });
    return { value: outcome.value.answers };
  }

  /** generate_key_pair: the pair replaces the one in use when its certificate is imported. */
  generateKeyPair(type: CertificateType | number): SetupRefusal | undefined {
    const { curve } = securitySuites[this.suite];
    if (curve === undefined) return "suite-without-public-keys";
    if (!isPurpose(type)) return "no-key-pair";
    this.#change({ newKeyPairs: { ...this.latest.newKeyPairs, [type]: PrivateKey.generate(curve, this.#options.random) } });
    return undefined;
  }

  /** generate_certificate_request: PKCS #10 in DER for the pair generated last, or else the one in use. */
  generateCsr(type: CertificateType | number): Outcome<Uint8Array> {
    if (this.suite === 0) return refused("suite-without-public-keys");
    if (!isPurpose(type)) return refused("no-key-pair");
    const pair = this.latest.newKeyPairs[type] ?? this.latest.keyPairs[type];
    return pair === undefined ? refused("no-key-pair") : { value: createCertificateRequest(pair, this.serverSystemTitle, type) };
  }

  /**
   * import_certificate: it has to lead to a trust anchor, and a certificate of this device to be of a key pair that it has.
   */
  importCertificate(octets: Uint8Array): SetupRefusal | undefined {
    if (this.suite === 0) return "suite-without-public-keys";
    const { certificates } = this.latest;
    const opened = openCertificate(octets, { anchors: this.trustAnchors, certificates, now: this.#options.now?.() });
    if ("refused" in opened) return opened.refused;
    const certificate = opened.value;
    const added = withCertificate(certificates, certificate);
    if ("refused" in added) return added.refused;
    const pairs = this.#pairsFor(certificate);
    if (pairs === undefined) return "unsuitable-certificate";
    this.#change({ certificates: added.value, ...pairs });
    return undefined;
  }

  /** export_certificate: DER, trust anchors too. */
  exportCertificate(identification: CertificateIdentification): Outcome<Uint8Array> {
    if (this.suite === 0) return refused("suite-without-public-keys");
    const found = findCertificate(this.#allCertificates(), identification, this.serverSystemTitle);
    return found === undefined ? refused("no-certificate") : { value: found.octets };
  }

  /** remove_certificate: that of this device takes its private key along. One that the policy needs has to be replaced instead. */
  removeCertificate(identification: CertificateIdentification): SetupRefusal | undefined {
    if (this.suite === 0) return "suite-without-public-keys";
    const { certificates, keyPairs } = this.latest;
    const found = findCertificate(certificates, identification, this.serverSystemTitle);
    if (found === undefined) {
      return findCertificate(this.trustAnchors, identification, this.serverSystemTitle) === undefined ? "no-certificate" : "trust-anchor";
    }
    const { purpose } = found;
    const own = entityOf(found, this.serverSystemTitle) === "server" && purpose !== undefined;
    const remaining = { certificates: certificates.filter((one) => one !== found), ...(own && { keyPairs: without(keyPairs, purpose) }) };
    if (!this.#canKeep({ ...this.latest, ...remaining })) return "policy-impossible";
    this.#change(remaining);
    return undefined;
  }

  #allCertificates(): readonly Certificate[] {
    return [...this.trustAnchors, ...this.latest.certificates];
  }

  /** Whether both sides would have the keys that the policy of a ring takes. */
  #canKeep({ policy, keys, keyPairs, certificates }: KeyRing): boolean {
    const { request, response } = protectionOfBits(policy);
    const ciphered = [request, response].some(({ authenticated, encrypted }) => authenticated || encrypted);
    const clientSigns = certificates.some(
      (certificate) => certificate.purpose === "digital-signature" && entityOf(certificate, this.serverSystemTitle) === "client",
    );
    return (
      (!ciphered || keys["global-unicast"] !== undefined) &&
      (!request.signed || clientSigns) &&
      (!response.signed || keyPairs["digital-signature"] !== undefined)
    );
  }

  /** The key pairs once a certificate is in; undefined when it is for this device and of none of its keys. */
  #pairsFor(certificate: Certificate): Pick<KeyRing, "keyPairs" | "newKeyPairs"> | undefined {
    const { keyPairs, newKeyPairs } = this.latest;
    const { purpose, fields } = certificate;
    if (fields.publicKey.curve !== securitySuites[this.suite].curve && !fields.authority) return undefined;
    if (purpose === undefined || entityOf(certificate, this.serverSystemTitle) !== "server") return { keyPairs, newKeyPairs };
    const fresh = newKeyPairs[purpose];
    if (fresh?.publicKey.equals(fields.publicKey) === true) {
      return { keyPairs: { ...keyPairs, [purpose]: fresh }, newKeyPairs: without(newKeyPairs, purpose) };
    }
    return keyPairs[purpose]?.publicKey.equals(fields.publicKey) === true ? { keyPairs, newKeyPairs } : undefined;
  }

  #change(changes: Partial<KeyRing>): void {
    const next = { ...this.latest, ...changes };
    this.#options.store.save(this.logicalName, recordOfRing(next, this.suite));
    this.#pending = next;
  }
}

function isPurpose(type: CertificateType | number): type is CertificatePurpose {
  return typeof type === "string" && type !== "other";
}

function without<K extends string, T>(values: Readonly<Partial<Record<K, T>>>, name: K): Partial<Record<K, T>> {
  const { [name]: _removed, ...others } = values;
  return others as Partial<Record<K, T>>;
}
