import type { SetupKey } from "../../cosem-objects/classes/security-setup.ts";
import type { LogicalName } from "../../cosem-objects/logical-name.ts";
import type { CertificatePurpose } from "../../dlms/security/certificate-extensions.ts";
import type { SecuritySuite } from "../../dlms/security/suite.ts";

/** What a security setup keeps, as octets: this is the one form in which key material leaves the key classes. */
export interface SetupRecord {
  readonly suite: SecuritySuite;
  /** Octet of version 1, see `protectionOfBits`. */
  readonly policy: number;
  readonly keys: Readonly<Partial<Record<SetupKey, Uint8Array>>>;
  /** Scalars of the private keys that have a certificate, or were there from the beginning. */
  readonly keyPairs: Readonly<Partial<Record<CertificatePurpose, Uint8Array>>>;
  /** Scalars of the private keys that wait for their certificate. */
  readonly newKeyPairs: Readonly<Partial<Record<CertificatePurpose, Uint8Array>>>;
  /** DER; trust anchors are not among them. */
  readonly certificates: readonly Uint8Array[];
}

/** Where security setups are kept. Throws `StoreError`. */
export interface KeyStore {
  /** The record of a setup; undefined for a new one. */
  load(setup: LogicalName): SetupRecord | undefined;
  /** Stores a record in one transaction: on return it is durable, and on failure the one before stands. */
  save(setup: LogicalName, record: SetupRecord): void;
}

/** A store for meters that forget everything when they end. */
export class MemoryKeyStore implements KeyStore {
  // Private, so that nothing that walks objects finds the octets.
  readonly #records = new Map<LogicalName, SetupRecord>();

  load(setup: LogicalName): SetupRecord | undefined {
    const record = this.#records.get(setup);
    return record && structuredClone(record);
  }

  save(setup: LogicalName, record: SetupRecord): void {
    this.#records.set(setup, structuredClone(record));
  }
}
