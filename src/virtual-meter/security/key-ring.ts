import type { SetupKey } from "../../cosem-objects/classes/security-setup.ts";
import { Certificate } from "../../dlms/security/certificate.ts";
import type { CertificatePurpose } from "../../dlms/security/certificate-extensions.ts";
import { PrivateKey } from "../../dlms/security/private-key.ts";
import { SecretKey } from "../../dlms/security/secret-key.ts";
import { type SecuritySuite, securitySuites } from "../../dlms/security/suite.ts";
import { DecodeError, InvariantError, StoreError } from "../../errors.ts";
import type { SetupRecord } from "./key-store.ts";

/** What a security setup protects with at one moment; it never changes, a new one takes its place. */
export interface KeyRing {
  /** Octet of version 1, see `protectionOfBits`. */
  readonly policy: number;
  readonly keys: Readonly<Partial<Record<SetupKey, SecretKey>>>;
  readonly keyPairs: Readonly<Partial<Record<CertificatePurpose, PrivateKey>>>;
  /** Generated, and used from when their certificate is imported. */
  readonly newKeyPairs: Readonly<Partial<Record<CertificatePurpose, PrivateKey>>>;
  /** Certificates that were verified when they came; trust anchors are not among them. */
  readonly certificates: readonly Certificate[];
}

/** The ring of a new meter. */
export function keyRing(parts: Partial<KeyRing>): KeyRing {
  return { policy: 0, keys: {}, keyPairs: {}, newKeyPairs: {}, certificates: [], ...parts };
}

/** @throws InvariantError when a key does not fit the suite */
export function checkFits(ring: KeyRing, suite: SecuritySuite): void {
  const { keyLength, curve } = securitySuites[suite];
  const pairs = [...Object.values(ring.keyPairs), ...Object.values(ring.newKeyPairs)];
  if (Object.values(ring.keys).some((key) => key.length !== keyLength) || pairs.some((pair) => pair.curve !== curve)) {
    throw new InvariantError(`a key does not fit security suite ${suite}`);
  }
}

/** The ring as a store keeps it. */
export function recordOfRing(ring: KeyRing, suite: SecuritySuite): SetupRecord {
  return {
    suite,
    policy: ring.policy,
    keys: mapValues(ring.keys, (key) => key.exposeSecret()),
    keyPairs: mapValues(ring.keyPairs, (key) => key.exposeSecret()),
    newKeyPairs: mapValues(ring.newKeyPairs, (key) => key.exposeSecret()),
    certificates: ring.certificates.map(({ octets }) => octets),
  };
}

/**
 * The ring that was stored.
 * @throws StoreError `store-corrupt` when it belongs to another suite, or its octets are no keys and certificates
 */
export function ringOfRecord(record: SetupRecord, suite: SecuritySuite): KeyRing {
  if (record.suite !== suite) {
    throw new StoreError("store-corrupt", `the stored keys belong to security suite ${record.suite}, not ${suite}`, {
      hint: "set the suite back, or remove the stored keys of the meter",
    });
  }
  try {
    return {
      policy: record.policy,
      keys: mapValues(record.keys, (octets) => SecretKey.from(octets)),
      keyPairs: mapValues(record.keyPairs, (octets) => PrivateKey.from(octets)),
      newKeyPairs: mapValues(record.newKeyPairs, (octets) => PrivateKey.from(octets)),
      certificates: record.certificates.map((octets) => Certificate.parse(octets)),
    };
  } catch (error) {
    if (error instanceof DecodeError) throw new StoreError("store-corrupt", "a stored key or certificate is none", { cause: error });
    throw error;
  }
}

function mapValues<K extends string, T, R>(values: Readonly<Partial<Record<K, T>>>, map: (value: T) => R): Partial<Record<K, R>> {
  return Object.fromEntries(
    Object.entries<T | undefined>(values).flatMap(([key, value]) => (value === undefined ? [] : [[key, map(value)]])),
  ) as Partial<Record<K, R>>;
}
